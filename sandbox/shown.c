/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Showing files by mounting: see shown.h.  A file that takes the place of another one is mounted
 * on it.  Where there is none, and in folders that sandboxes cover, whose copies would not have
 * what is mounted in them, the folder is mounted once more, with the files on top.
 */
#include "sandbox/shown.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/path.h"
#include "sandbox/setup.h"

/* A place that every system has and no program needs; there, folders without what is shown in them.
 */
#define PLACE "/mnt"
#define COVERED PLACE "/covered"

enum { PERMISSIONS = 0777 };

struct showing {
	const struct upset_shown *shown;
	bool *differs; /* [count] */
	char **covers; /* [count]: a folder to be mounted with files on top; NULL: another one's */
	struct upset_error *error;
};

/* --- which ones ------------------------------------------------------------------------------- */

static bool has_same_link(const char *a, const char *b)
{
	char one[PATH_MAX], other[PATH_MAX];
	ssize_t n = readlink(a, one, sizeof(one));

	return n >= 0 && readlink(b, other, sizeof(other)) == n &&
	       memcmp(one, other, (size_t)n) == 0;
}

/* Whether what is at @path here is what lies at @file. */
static bool is_same(const char *path, const char *file)
{
	char one[UPSET_HASH_HEX_SIZE], other[UPSET_HASH_HEX_SIZE];
	struct stat here, there;

	if (lstat(path, &here) != 0 || lstat(file, &there) != 0 ||
		((here.st_mode ^ there.st_mode) & S_IFMT) != 0)
		return false;
	if (S_ISLNK(here.st_mode))
		return has_same_link(path, file);
	return ((here.st_mode ^ there.st_mode) & PERMISSIONS) == 0 &&
	       here.st_size == there.st_size && upset_hash_file(path, one, NULL) == 0 &&
	       upset_hash_file(file, other, NULL) == 0 && strcmp(one, other) == 0;
}

static int in_tree(const struct showing *s, const char *path, char *file)
{
	if (snprintf(file, PATH_MAX, "%s%s", s->shown->tree, path) < PATH_MAX)
		return 0;
	return upset_error_set(
		s->error, ENAMETOOLONG, "the name %.40s... is too long to be shown", path);
}

static int compare(struct showing *s, bool *any)
{
	char file[PATH_MAX];

	*any = false;
	for (size_t i = 0; i < s->shown->count; i++) {
		if (in_tree(s, s->shown->paths[i], file) != 0)
			return -ENAMETOOLONG;
		s->differs[i] = !is_same(s->shown->paths[i], file);
		*any |= s->differs[i];
	}
	return 0;
}

/* --- where ------------------------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The folder that is there, and that @path is or would be in. */
static char *existing_folder(const char *path)
{
	char *folder = strdup(path), *slash;

	while (folder != NULL && (slash = strrchr(folder, '/')) != NULL) {
		*slash = '\0';
		if (slash == folder || is_folder(folder))
			break;
	}
	return folder;
}

static bool is_file(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* What is to be mounted for @path: "": it itself; NULL: no memory. */
static char *choose(const struct showing *s, const char *path)
{
	const char *covered[] = {"/tmp", s->shown->folder};
	char file[PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		if (upset_path_is_below(path, covered[i]) && is_folder(covered[i]))
			return strdup(covered[i]);
	}
	if (in_tree(s, path, file) == 0 && is_file(path) && is_file(file))
		return strdup("");
	return existing_folder(path);
}

static int choose_all(struct showing *s)
{
	for (size_t i = 0; i < s->shown->count; i++) {
		const char *path = s->shown->paths[i];

		if (!s->differs[i])
			continue;
		s->covers[i] = choose(s, path);
		if (s->covers[i] == NULL)
			return upset_error_set(s->error, ENOMEM, "out of memory");
		if (s->covers[i][0] == '\0' && !is_file(path))
			return upset_error_set(s->error, ENOTSUP,
				"%s cannot be shown here, where its folder is missing in /: make "
				"the folder on this machine",
				path);
	}
	return 0;
}

/* Whether one of the folders to be mounted, other than @i's, has @path in it. */
static bool is_covered(const struct showing *s, size_t i, const char *path)
{
	for (size_t k = 0; k < s->shown->count; k++) {
		const char *folder = s->covers[k];

		if (k == i || folder == NULL || folder[0] == '\0' ||
			!upset_path_is_below(path, folder))
			continue;
		/* Of equal ones the first. */
		if (strcmp(path, folder) != 0 || k < i)
			return true;
	}
	return false;
}

/* --- a namespace ------------------------------------------------------------------------------ */

static int cannot_show(const struct showing *s, const char *what)
{
	return upset_error_set(s->error, ENOSYS,
		"the files that the plan takes along cannot be shown here: %s: %s; see `upset "
		"doctor`",
		what, strerror(errno));
}

static int map_self(const struct showing *s, uid_t uid, gid_t gid)
{
	char text[64];

	(void)sandbox_write_file("/proc/self/setgroups", "deny");
	(void)snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
	if (sandbox_write_file("/proc/self/uid_map", text) != 0)
		return cannot_show(s, "a user namespace");
	(void)snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
	return sandbox_write_file("/proc/self/gid_map", text) == 0
		       ? 0
		       : cannot_show(s, "a user namespace");
}

static int enter_namespace(const struct showing *s, bool *new_user)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	*new_user = false;
	if (unshare(CLONE_NEWNS) != 0) {
		if (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
			return cannot_show(s, "namespaces");
		*new_user = true;
		if (map_self(s, uid, gid) != 0)
			return -ENOSYS;
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
		       ? 0
		       : cannot_show(s, "a mount namespace");
}

/* Sandboxes are made as without this. */
static int leave_privileges(const struct showing *s)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	return syscall(SYS_capset, &header, none) == 0 ? 0 : cannot_show(s, "its privileges");
}

/* --- mounting --------------------------------------------------------------------------------- */

/* A path among overlayfs's options. */
static void print_escaped(const char *path, char text[2 * PATH_MAX])
{
	for (; *path != '\0'; path++) {
		if (strchr(":,\\", *path) != NULL)
			*text++ = '\\';
		*text++ = *path;
	}
	*text = '\0';
}

/* The folder in the tree looks as the one that it is put on. */
static int imitate(const struct showing *s, const char *file, const char *path)
{
	int fd = open(file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return upset_error_set(s->error, ENOTSUP,
			"%s is a folder here and was a link where the plan was made: make the plan "
			"with the names of files that the link leads to",
			path);
	if (stat(path, &info) == 0) {
		(void)fchmod(fd, info.st_mode & PERMISSIONS);
		(void)futimens(fd, (struct timespec[2]){info.st_atim, info.st_mtim});
	}
	(void)close(fd);
	return 0;
}

static int mount_folder(const struct showing *s, const char *folder)
{
	char file[PATH_MAX], top[2 * PATH_MAX], under[2 * PATH_MAX];
	char *options = NULL;
	int rc = in_tree(s, folder, file);

	if (rc == 0)
		rc = imitate(s, file, folder);
	if (rc != 0)
		return rc;
	print_escaped(file, top);
	print_escaped(folder, under);
	if (asprintf(&options, "lowerdir=%s:%s", top, under) < 0)
		return upset_error_set(s->error, ENOMEM, "out of memory");
	if (mount("overlay", folder, "overlay", MS_NOSUID | MS_NODEV, options) != 0)
		rc = upset_error_set(s->error, ENOTSUP,
			"the files that the plan takes along cannot be shown in %s: %s; bring them "
			"there, or make the folders that they are in",
			folder, strerror(errno));
	free(options);
	return rc;
}

static int mount_file(const struct showing *s, const char *path)
{
	char file[PATH_MAX];
	int rc = in_tree(s, path, file);

	if (rc == 0 && mount(file, path, NULL, MS_BIND, NULL) != 0)
		rc = upset_error_set(s->error, ENOTSUP,
			"the file %s that the plan takes along cannot be shown: %s; bring it there",
			path, strerror(errno));
	return rc;
}

static int mount_all(const struct showing *s)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->shown->count; i++) {
		const char *folder = s->covers[i], *path = s->shown->paths[i];

		if (folder == NULL || is_covered(s, i, folder[0] == '\0' ? path : folder))
			continue;
		rc = folder[0] == '\0' ? mount_file(s, path) : mount_folder(s, folder);
	}
	return rc;
}

/* --- folders that stay ------------------------------------------------------------------------ */

static int make_folders(char *path)
{
	for (char *at = strchr(path + sizeof(PLACE), '/'); at != NULL; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

static int keep_folder(const struct showing *s, const char *prefix, const char *folder, int fd)
{
	char path[PATH_MAX], from[40];

	if (snprintf(path, sizeof(path), "%s%s", prefix, folder) >= (int)sizeof(path))
		return upset_error_set(
			s->error, ENAMETOOLONG, "the name %.40s... is too long", folder);
	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	if (make_folders(path) != 0 || mount(from, path, NULL, MS_BIND | MS_REC, NULL) != 0)
		return upset_error_set(s->error, ENOTSUP, "cannot write to the folder %s: %s",
			folder, strerror(errno));
	return 0;
}

/* Open folders before others are mounted upon them. */
static int open_folders(const struct showing *s, const char *const *folders, size_t count, int *fds)
{
	for (size_t i = 0; i < count; i++) {
		fds[i] = open(folders[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[i] < 0)
			return upset_error_set(s->error, errno, "cannot use the folder %s: %s",
				folders[i], strerror(errno));
	}
	return 0;
}

/*
 * See @folders[@count] below PLACE: the first @covered of them are those that sandboxes cover,
 * with nothing mounted in them, the others are to stay.
 */
static int keep_folders(
	const struct showing *s, const char *const *folders, size_t count, size_t covered)
{
	int *fds = malloc((count + 1) * sizeof(*fds)), rc;

	if (fds == NULL)
		return upset_error_set(s->error, ENOMEM, "out of memory");
	memset(fds, -1, (count + 1) * sizeof(*fds));
	rc = open_folders(s, folders, count, fds);
	if (rc == 0 &&
		mount("tmpfs", PLACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700,size=1m") != 0)
		rc = cannot_show(s, "a file system in memory");
	for (size_t i = 0; i < count; i++) {
		if (rc == 0)
			rc = keep_folder(
				s, i < covered ? COVERED : UPSET_SHOWN_KEPT, folders[i], fds[i]);
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	free(fds);
	return rc;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int keep_all(const struct showing *s, const char *const *kept, size_t count)
{
	const char **all = calloc(count + 2, sizeof(*all));
	size_t covered = 1;
	int rc;

	if (all == NULL)
		return upset_error_set(s->error, ENOMEM, "out of memory");
	all[0] = "/tmp";
	if (!upset_path_is_below(s->shown->folder, "/tmp") && is_folder(s->shown->folder))
		all[covered++] = s->shown->folder;
	memcpy(all + covered, kept, count * sizeof(*all));
	rc = keep_folders(s, all, covered + count, covered);
	free(all);
	return rc;
}

static int enter(struct showing *s, const char *const *kept, size_t kept_count)
{
	bool new_user = false;
	int rc = choose_all(s);

	if (rc == 0)
		rc = enter_namespace(s, &new_user);
	if (rc == 0)
		rc = keep_all(s, kept, kept_count);
	if (rc == 0)
		rc = mount_all(s);
	return rc == 0 && new_user ? leave_privileges(s) : rc;
}

/* Of this process; "": nothing is shown. */
static char shown_tree[PATH_MAX];

static void name_folder(const char *prefix, const char *path, char *name)
{
	if (snprintf(name, PATH_MAX, "%s%s", prefix, path) >= PATH_MAX || !is_folder(name))
		name[0] = '\0';
}

bool sandbox_shown_layers(const char *path, char top[PATH_MAX], char under[PATH_MAX])
{
	if (shown_tree[0] == '\0')
		return false;
	name_folder(shown_tree, path, top);
	name_folder(COVERED, path, under);
	return true;
}

int upset_shown_enter(const struct upset_shown *shown, const char *const *kept, size_t kept_count,
	bool *any, struct upset_error *error)
{
	struct showing s = {.shown = shown,
		.differs = calloc(shown->count + 1, sizeof(bool)),
		.covers = calloc(shown->count + 1, sizeof(char *)),
		.error = error};
	int rc;

	if (s.differs == NULL || s.covers == NULL) {
		free(s.covers);
		free(s.differs);
		return upset_error_set(error, ENOMEM, "out of memory");
	}
	rc = compare(&s, any);
	if (rc == 0 && *any)
		rc = enter(&s, kept, kept_count);
	if (rc == 0 && *any)
		(void)snprintf(shown_tree, sizeof(shown_tree), "%s", shown->tree);
	for (size_t i = 0; i < shown->count; i++)
		free(s.covers[i]);
	free(s.covers);
	free(s.differs);
	return rc;
}
