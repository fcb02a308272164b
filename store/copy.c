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

#include "store/carried.h"

static int copy_pages(struct upset_copy *copy, struct upset_store *from, struct upset_error *error)
{
	/* Nothing is to be saved of it when it does not come to its end. */
	static const char settings[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF";
	sqlite3_backup *backup;
	int rc = upset_store_exec(copy->store, settings, error);

	if (rc != 0)
		return rc;
	backup = sqlite3_backup_init(copy->store->db, "main", from->db, "main");
	if (backup != NULL)
		(void)sqlite3_backup_step(backup, -1);
	if (backup == NULL || sqlite3_backup_finish(backup) != SQLITE_OK)
		return upset_store_failed(copy->store, "cannot write", error);
	return 0;
}

/* Make the file beside the place. */
static int make_beside(struct upset_copy *copy, struct upset_error *error)
{
	int rc;

	if (snprintf(copy->path, sizeof(copy->path), "%s.new-%d", copy->to, (int)getpid()) >=
		(int)sizeof(copy->path)) {
		copy->path[0] = '\0';
		return upset_error_set(error, ENAMETOOLONG,
			"the name %.40s... is too long; name another file with -o", copy->to);
	}
	(void)unlink(copy->path);
	rc = upset_store_create(&copy->store, copy->path, error);
	if (rc != 0)
		return rc;
	/* Its name in messages. */
	free(copy->store->path);
	copy->store->path = strdup(copy->to);
	return copy->store->path != NULL ? 0 : upset_error_set(error, ENOMEM, "out of memory");
}

int upset_copy_begin(struct upset_copy *copy, const char *from, const char *to, bool replace,
	struct upset_error *error)
{
	struct upset_store *source = NULL;
	int rc;

	*copy = (struct upset_copy){.to = to, .replace = replace};
	if (!replace && access(to, F_OK) == 0)
		return upset_error_set(
			error, EEXIST, "%s is there already; name another file with -o", to);
	rc = upset_store_open(&source, from, error);
	if (rc == 0)
		rc = make_beside(copy, error);
	if (rc == 0)
		rc = copy_pages(copy, source, error);
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
	if (copy->replace)
		return rename(copy->path, copy->to);
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

int upset_store_copy(const char *from, const char *to, bool replace, struct upset_error *error)
{
	struct upset_copy copy;
	int rc = upset_copy_begin(&copy, from, to, replace, error);

	return upset_copy_end(&copy, rc, error);
}

int upset_store_copy_plan(const char *from, const char *to, struct upset_error *error)
{
	struct upset_copy copy;
	bool carries = false;
	int rc = upset_copy_begin(&copy, from, to, false, error);

	if (rc == 0)
		rc = upset_carried_any(copy.store, &carries, error);
	if (rc == 0 && carries)
		rc = upset_store_exec(
			copy.store, "DELETE FROM carried; DELETE FROM carried_data; VACUUM", error);
	return upset_copy_end(&copy, rc, error);
}
