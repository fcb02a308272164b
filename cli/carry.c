/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files that a plan takes along are while shards are made: see carry.h. */
#include "cli/carry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/qemu/libraries.h"
#include "sandbox/shown.h"
#include "store/carried.h"

static const char prefix[] = "upset-carried-";

struct paths {
	char **items;
	size_t count;
};

/* --- private folders -------------------------------------------------------------------------- */

/* Remove what is in the open folder, which is closed. */
static void empty(int fd)
{
	DIR *stream;
	const struct dirent *entry;

	/* It may look like a folder that nobody may write to. */
	(void)fchmod(fd, S_IRWXU);
	stream = fdopendir(fd);
	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		int inner;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			unlinkat(fd, entry->d_name, 0) == 0)
			continue;
		inner = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (inner >= 0)
			empty(inner);
		(void)unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	}
	if (stream != NULL)
		(void)closedir(stream);
	else
		(void)close(fd);
}

/* Of a process that was killed: nobody holds it any more. */
static void remove_left(int base_fd, const char *name)
{
	int fd = openat(base_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return;
	if (fstat(fd, &info) != 0 || info.st_uid != geteuid() ||
		flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		return;
	}
	empty(dup(fd));
	(void)unlinkat(base_fd, name, AT_REMOVEDIR);
	(void)close(fd);
}

static void remove_others(const char *base)
{
	DIR *stream = opendir(base);
	const struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) == 0)
			remove_left(dirfd(stream), entry->d_name);
	}
	if (stream != NULL)
		(void)closedir(stream);
}

/* Not in folders that files are shown in: what is mounted there cannot come from there. */
const char *campaign_carry_base(const char *working_folder)
{
	/* Sandboxes put others on these, and so does whoever keeps folders. */
	static const char *const covered[] = {"/tmp", "/mnt", "/dev", "/run"};
	const char *named = getenv("TMPDIR");
	bool usable =
		named != NULL && named[0] == '/' && !upset_path_is_below(named, working_folder);

	for (size_t i = 0; usable && i < sizeof(covered) / sizeof(covered[0]); i++)
		usable = !upset_path_is_below(named, covered[i]);
	return usable ? named : "/var/tmp";
}

/* Lock the new folder: until then another command may take it for one that was left. */
static bool hold(struct campaign_carried *c)
{
	c->folder_fd = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->folder_fd >= 0 && flock(c->folder_fd, LOCK_SH) == 0 &&
		mkdirat(c->folder_fd, "files", 0755) == 0)
		return true;
	if (c->folder_fd >= 0)
		(void)close(c->folder_fd);
	c->folder_fd = -1;
	return false;
}

static int make_folder(struct campaign_carried *c, const char *base, struct upset_error *error)
{
	if (snprintf(c->folder, sizeof(c->folder), "%s/%sXXXXXX", base, prefix) >=
			(int)sizeof(c->folder) - 16 ||
		mkdtemp(c->folder) == NULL) {
		c->folder[0] = '\0';
		return upset_error_set(error, errno,
			"cannot make a folder in %s for the files of the plan: %s; name another "
			"one in TMPDIR",
			base, strerror(errno));
	}
	if (!hold(c))
		return errno == ENOENT ? make_folder(c, base, error)
				       : upset_error_set(error, errno, "cannot use %s: %s",
						 c->folder, strerror(errno));
	if (mkdirat(c->folder_fd, "qemu", 0700) != 0)
		return upset_error_set(
			error, errno, "cannot use %s: %s", c->folder, strerror(errno));
	return 0;
}

/* --- unpacking -------------------------------------------------------------------------------- */

static int note_path(void *context, const char *path)
{
	struct paths *p = context;
	char **grown = reallocarray(p->items, p->count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	p->items = grown;
	grown[p->count] = strdup(path);
	return grown[p->count] == NULL ? -ENOMEM : (p->count++, 0);
}

static int unpack(struct campaign_carried *c, struct upset_store *store, struct paths *paths,
	struct upset_error *error)
{
	int fd = openat(c->folder_fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? upset_error_set(
				  error, errno, "cannot use %s: %s", c->folder, strerror(errno))
			: upset_carried_unpack(store, fd, note_path, paths, error);

	if (rc == -ENOMEM)
		(void)campaign_record_no_memory(error);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The working folder may be missing, and empty where nothing is in it. */
static int add_working_folder(struct campaign_carried *c, struct paths *paths,
	const struct campaign_record *r, struct upset_error *error)
{
	char path[2 * PATH_MAX];

	if (access(r->folder, F_OK) == 0)
		return 0;
	if (r->folder[0] != '/' || strstr(r->folder, "/../") != NULL)
		return upset_error_set(
			error, EIO, "the plan is damaged: it was made in '%.80s'", r->folder);
	(void)snprintf(path, sizeof(path), "%s/files%s/", c->folder, r->folder);
	for (char *at = strchr(path + strlen(c->folder) + 1, '/'); at != NULL;
		at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return upset_error_set(
				error, errno, "cannot make %s: %s", path, strerror(errno));
		*at = '/';
	}
	return note_path(paths, r->folder) == 0 ? 0 : campaign_record_no_memory(error);
}

static int show(struct campaign_carried *c, const struct campaign_record *r,
	const struct paths *paths, const char *const *kept, size_t count, struct upset_error *error)
{
	char tree[PATH_MAX + 8], libraries[PATH_MAX + 8];
	const struct upset_shown shown = {.tree = tree,
		.paths = (const char *const *)paths->items,
		.count = paths->count,
		.folder = r->folder};
	struct statvfs info;
	int rc;

	if (r->isa == NULL)
		return upset_error_set(error, ENOTSUP,
			"the plan is for an instruction set that this upset does not know");
	(void)snprintf(tree, sizeof(tree), "%s/files", c->folder);
	(void)snprintf(libraries, sizeof(libraries), "%s/qemu", c->folder);
	rc = upset_qemu_keep_libraries(r->isa, libraries, error);
	if (rc == 0)
		rc = upset_shown_enter(&shown, kept, count, &c->shown, error);
	if (rc == 0 && c->shown && fstatvfs(c->folder_fd, &info) == 0 && info.f_flag & ST_NOEXEC)
		rc = upset_error_set(error, EACCES,
			"nothing may be executed in %s, where the files of the plan are: name "
			"another folder in TMPDIR",
			c->folder);
	if (rc == 0)
		upset_qemu_use_libraries();
	return rc;
}

/* --- all of it -------------------------------------------------------------------------------- */

int campaign_carry_enter(struct campaign_carried *c, const char *path,
	const struct campaign_record *r, const char *const *kept, size_t count,
	struct upset_error *error)
{
	struct upset_store *store = NULL;
	struct paths paths = {0};
	bool any = false;
	int rc = upset_store_open(&store, path, error);

	*c = (struct campaign_carried){.folder_fd = -1};
	if (rc == 0)
		rc = upset_carried_any(store, &any, error);
	if (rc == 0 && any) {
		remove_others(campaign_carry_base(r->folder));
		rc = make_folder(c, campaign_carry_base(r->folder), error);
		if (rc == 0)
			rc = unpack(c, store, &paths, error);
		if (rc == 0)
			rc = add_working_folder(c, &paths, r, error);
		if (rc == 0)
			rc = show(c, r, &paths, kept, count, error);
	}
	upset_store_close(store);
	for (size_t i = 0; i < paths.count; i++)
		free(paths.items[i]);
	free(paths.items);
	return rc;
}

void campaign_carry_leave(struct campaign_carried *c)
{
	if (c->folder[0] == '\0')
		return;
	if (c->folder_fd >= 0)
		empty(c->folder_fd);
	(void)rmdir(c->folder);
	*c = (struct campaign_carried){.folder_fd = -1};
}
