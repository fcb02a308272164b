/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a study, made beside its place and put there when it is whole. */
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int upset_copy_begin(
	struct upset_copy *copy, const char *from, const char *to, struct upset_error *error)
{
	struct upset_store *source = NULL;
	sqlite3_backup *backup;
	int rc;

	*copy = (struct upset_copy){.to = to};
	if (access(to, F_OK) == 0)
		return upset_error_set(
			error, EEXIST, "%s is there already; name another file with -o", to);
	if (snprintf(copy->path, sizeof(copy->path), "%s.new-%d", to, (int)getpid()) >=
		(int)sizeof(copy->path)) {
		copy->path[0] = '\0';
		return upset_error_set(error, ENAMETOOLONG,
			"the name %.40s... is too long; name another file with -o", to);
	}
	rc = upset_store_open(&source, from, error);
	if (rc == 0)
		rc = upset_store_create(&copy->store, copy->path, error);
	/* Its name in messages. */
	if (rc == 0) {
		free(copy->store->path);
		copy->store->path = strdup(to);
		if (copy->store->path == NULL)
			rc = upset_error_set(error, ENOMEM, "out of memory");
	}
	if (rc == 0) {
		backup = sqlite3_backup_init(copy->store->db, "main", source->db, "main");
		if (backup != NULL)
			(void)sqlite3_backup_step(backup, -1);
		if (backup == NULL || sqlite3_backup_finish(backup) != SQLITE_OK)
			rc = upset_store_failed(copy->store, "cannot write", error);
	}
	upset_store_close(source);
	return rc;
}

/* The folder's entry, too, is on the disk. */
static int sync_folder(const char *path)
{
	const char *end = strrchr(path, '/');
	char *folder = end == NULL ? strdup(".") : strndup(path, (size_t)(end - path) + 1);
	int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) != 0 ? -1 : 0;

	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return rc;
}

/* Its content is on the disk. */
static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) != 0 ? -1 : 0;

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* A link tells when there is another file meanwhile; not all file systems have them. */
static int put_in_place(const struct upset_copy *copy)
{
	if (link(copy->path, copy->to) == 0)
		return 0;
	if ((errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) &&
		access(copy->to, F_OK) != 0)
		return rename(copy->path, copy->to);
	return -1;
}

int upset_copy_end(struct upset_copy *copy, int rc, struct upset_error *error)
{
	upset_store_close(copy->store);
	if (rc == 0 && (sync_file(copy->path) != 0 || put_in_place(copy) != 0 ||
			       sync_folder(copy->to) != 0))
		rc = upset_error_set(error, errno, "cannot make %s: %s", copy->to, strerror(errno));
	if (copy->path[0] != '\0')
		(void)unlink(copy->path);
	*copy = (struct upset_copy){0};
	return rc;
}

int upset_store_copy(const char *from, const char *to, struct upset_error *error)
{
	struct upset_copy copy;
	int rc = upset_copy_begin(&copy, from, to, error);

	return upset_copy_end(&copy, rc, error);
}
