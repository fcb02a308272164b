/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was done to files: see changes.h.  Paths are taken from a list, folder by
 * folder, so that neither depth nor number of files is a matter of stack or of
 * descriptors.  Every path is made of folders that were looked at before, so no
 * symbolic link is followed.
 */
#include "sandbox/changes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
	PERMISSIONS = 07777,
	READ_BYTES = 64 * 1024,
	ENTRY_BYTES = 64, /* that a path costs, besides its own */
	PATHS_MOST_BYTES = 32 << 20,
};

/* Of all files together, holes included. */
static const uint64_t data_most_bytes = 1ULL << 30;

struct entry {
	char *path; /* in the layer; "." for its root */
	bool over;  /* a file at the same path of the lower folder is what was there before */
};

struct walk {
	const struct sandbox_layer *layer;
	struct upset_hash *changes; /* of all layers */
	struct upset_hash *content; /* of one file */
	uint8_t *buffer;	    /* [READ_BYTES] */
	struct entry *entries;
	size_t count, room;
	uint64_t path_bytes, data_bytes; /* so far */
};

/* A file as far as it is told. */
struct description {
	char type;
	unsigned int mode;
	char content[UPSET_HASH_HEX_SIZE];
};

/* --- what overlayfs notes --------------------------------------------------------------------- */

static bool is_whiteout(const struct stat *info)
{
	return S_ISCHR(info->st_mode) && info->st_rdev == makedev(0, 0);
}

/* Attribute "overlay.@name" of a folder, by whoever may set up sandboxes; its size, 0: none. */
static size_t read_note(int fd, const char *name, char *value, size_t size)
{
	static const char *const kinds[] = {"trusted", "user"};
	char attribute[64];
	ssize_t n = -1;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && n < 0; i++) {
		(void)snprintf(attribute, sizeof(attribute), "%s.overlay.%s", kinds[i], name);
		n = fgetxattr(fd, attribute, value, size);
	}
	return n < 0 ? 0 : (size_t)n;
}

/*
 * What stands for what lies below a folder: nothing, which is to say what lay
 * there; "y", nothing any more; or the name of the folder that was moved here.
 */
static size_t read_origin(int fd, char origin[PATH_MAX])
{
	size_t n = read_note(fd, "redirect", origin, PATH_MAX);

	if (n == 0)
		n = read_note(fd, "opaque", origin, PATH_MAX);
	return n;
}

/* --- the list --------------------------------------------------------------------------------- */

static bool add_entry(struct walk *w, const char *folder, const char *name, bool over)
{
	char *path;

	if (w->count == w->room) {
		size_t room = w->room * 2 + 16;
		struct entry *grown = reallocarray(w->entries, room, sizeof(*grown));

		if (grown == NULL)
			return false;
		w->entries = grown;
		w->room = room;
	}
	if (asprintf(&path, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name) < 0)
		return false;
	w->entries[w->count++] = (struct entry){path, over};
	w->path_bytes += strlen(path) + ENTRY_BYTES;
	return w->path_bytes <= PATHS_MOST_BYTES;
}

static bool is_folder(int fd, const char *path)
{
	struct stat info;

	return fstatat(fd, path, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

static int open_in(int fd, const char *path, int flags)
{
	return openat(fd, path, flags | O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* Add what the folder @entry holds. */
static bool list_folder(struct walk *w, const struct entry entry)
{
	int fd = open_in(w->layer->upper_fd, entry.path, O_DIRECTORY);
	const char *folder = strcmp(entry.path, ".") == 0 ? "" : entry.path;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *file;
	char origin[PATH_MAX];
	bool over, good = true;

	if (stream == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	over = entry.over && read_origin(fd, origin) == 0 &&
	       is_folder(w->layer->lower_fd, entry.path);
	errno = 0;
	while (good && (file = readdir(stream)) != NULL) {
		if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0)
			good = add_entry(w, folder, file->d_name, over);
	}
	good = good && errno == 0;
	(void)closedir(stream);
	return good;
}

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static bool list_all(struct walk *w)
{
	if (!add_entry(w, "", ".", true))
		return false;
	for (size_t i = 0; i < w->count; i++) {
		if (is_folder(w->layer->upper_fd, w->entries[i].path) &&
			!list_folder(w, w->entries[i]))
			return false;
	}
	/* Its own permissions are upset's. */
	free(w->entries[0].path);
	w->entries[0] = w->entries[--w->count];
	qsort(w->entries, w->count, sizeof(*w->entries), by_path);
	return true;
}

/* --- one file --------------------------------------------------------------------------------- */

static bool hash_data(struct walk *w, int fd)
{
	ssize_t n;

	while ((n = read(fd, w->buffer, READ_BYTES)) > 0) {
		upset_hash_update(w->content, w->buffer, (size_t)n);
		w->data_bytes += (uint64_t)n;
		if (w->data_bytes > data_most_bytes)
			return false;
	}
	return n == 0;
}

/* Hash what the file at @path is about into w->content; only regular files and folders are opened.
 */
static bool hash_content(struct walk *w, int root, const char *path, mode_t mode, bool over)
{
	char text[PATH_MAX];
	ssize_t n = 0;
	int fd = -1;
	bool good = true;

	if (S_ISLNK(mode)) {
		n = readlinkat(root, path, text, sizeof(text));
	} else if (S_ISREG(mode) || S_ISDIR(mode)) {
		fd = open_in(root, path, S_ISDIR(mode) ? O_DIRECTORY : 0);
		good = fd >= 0 && (S_ISDIR(mode) || hash_data(w, fd));
	}
	/* A new folder is opaque as well. */
	if (fd >= 0 && S_ISDIR(mode) && over && is_folder(w->layer->lower_fd, path))
		n = (ssize_t)read_origin(fd, text);
	else if (fd >= 0 && S_ISDIR(mode))
		n = (ssize_t)read_note(fd, "redirect", text, sizeof(text));
	if (fd >= 0)
		(void)close(fd);
	if (n > 0)
		upset_hash_update(w->content, text, (size_t)n);
	return good && n >= 0;
}

static char type_of(const struct stat *info)
{
	static const struct {
		mode_t mode;
		char type;
	} types[] = {{S_IFREG, 'f'}, {S_IFDIR, 'd'}, {S_IFLNK, 'l'}, {S_IFIFO, 'p'},
		{S_IFSOCK, 's'}, {S_IFCHR, 'c'}, {S_IFBLK, 'b'}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if ((info->st_mode & S_IFMT) == types[i].mode)
			return types[i].type;
	}
	return '?';
}

static bool describe(struct walk *w, int root, const char *path, const struct stat *info, bool over,
	struct description *d)
{
	bool good = true;

	*d = (struct description){.type = '-'};
	if (!is_whiteout(info)) {
		d->type = type_of(info);
		d->mode = info->st_mode & PERMISSIONS;
		good = hash_content(w, root, path, info->st_mode, over);
	}
	upset_hash_finish(w->content, d->content);
	return good;
}

/* Whether the file described by @d and @info was the same before. */
static bool was_so(struct walk *w, const struct entry *entry, const struct stat *info,
	const struct description *d)
{
	struct description old;
	struct stat before;

	if (!entry->over)
		return false;
	if (fstatat(w->layer->lower_fd, entry->path, &before, AT_SYMLINK_NOFOLLOW) != 0)
		return d->type == '-' && errno == ENOENT;
	if (before.st_mode != info->st_mode ||
		(S_ISREG(before.st_mode) && before.st_size != info->st_size))
		return false;
	return describe(w, w->layer->lower_fd, entry->path, &before, false, &old) &&
	       strcmp(old.content, d->content) == 0;
}

/* Add @entry to the hash of changes, if it is one. */
static bool tell(struct walk *w, const struct entry *entry)
{
	struct description d;
	struct stat info;
	char text[128];

	if (fstatat(w->layer->upper_fd, entry->path, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
		!describe(w, w->layer->upper_fd, entry->path, &info, entry->over, &d))
		return false;
	if (was_so(w, entry, &info, &d))
		return true;
	upset_hash_update(w->changes, w->layer->folder, strlen(w->layer->folder));
	upset_hash_update(w->changes, "/", 1);
	upset_hash_update(w->changes, entry->path, strlen(entry->path) + 1);
	(void)snprintf(text, sizeof(text), "%c %o %s\n", d.type, d.mode, d.content);
	upset_hash_update(w->changes, text, strlen(text));
	return true;
}

/* --- all of them ------------------------------------------------------------------------------ */

static bool walk_layer(struct walk *w, const struct sandbox_layer *layer)
{
	bool good;

	w->layer = layer;
	good = list_all(w);
	for (size_t i = 0; i < w->count; i++) {
		good = good && tell(w, &w->entries[i]);
		free(w->entries[i].path);
	}
	w->count = 0;
	return good;
}

bool sandbox_changes(
	const struct sandbox_layer *layers, size_t count, char hex[UPSET_HASH_HEX_SIZE])
{
	struct walk w = {.changes = upset_hash_new(),
		.content = upset_hash_new(),
		.buffer = malloc(READ_BYTES)};
	bool good = w.changes != NULL && w.content != NULL && w.buffer != NULL;

	for (size_t i = 0; i < count && good; i++)
		good = walk_layer(&w, &layers[i]);
	hex[0] = '\0';
	if (good)
		upset_hash_finish(w.changes, hex);
	upset_hash_free(w.changes);
	upset_hash_free(w.content);
	free(w.buffer);
	free(w.entries);
	return good;
}
