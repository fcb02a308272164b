/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a plan takes along, piece by piece: see carried.h. */
#include "store/carried.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { PIECE_BYTES = 1 << 20, PERMISSIONS = 0777, SECOND_NS = 1000000000 };

/* --- into the study --------------------------------------------------------------------------- */

struct adding {
	struct upset_store *store;
	const struct upset_carried_file *files;
	size_t count;
	uint8_t *piece;
	sqlite3_stmt *file, *data;
};

static int cannot_read(const char *path, struct upset_error *error)
{
	return upset_error_set(
		error, errno, "cannot read %s to take it along: %s", path, strerror(errno));
}

/* Step @statement for its effect, and make it ready for the next row. */
static int step(struct upset_store *store, sqlite3_stmt *statement, struct upset_error *error)
{
	int result = sqlite3_step(statement);

	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE ? 0 : upset_store_failed(store, "cannot write to", error);
}

static ssize_t fill(int fd, uint8_t *piece)
{
	size_t size = 0;
	ssize_t n;

	while (size < PIECE_BYTES && (n = read(fd, piece + size, PIECE_BYTES - size)) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			size += (size_t)n;
	}
	return (ssize_t)size;
}

/* Pieces of the file, under the hash that it is to have; what it is goes to @hash. */
static int add_pieces(struct adding *a, int fd, const char *path, const char *sha256,
	struct upset_hash *hash, struct upset_error *error)
{
	ssize_t n;
	int rc = 0;

	for (int64_t i = 0; rc == 0 && (n = fill(fd, a->piece)) != 0; i++) {
		if (n < 0)
			return cannot_read(path, error);
		upset_hash_update(hash, a->piece, (size_t)n);
		(void)sqlite3_bind_text(a->data, 1, sha256, -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(a->data, 2, i);
		(void)sqlite3_bind_blob(a->data, 3, a->piece, (int)n, SQLITE_STATIC);
		rc = step(a->store, a->data, error);
	}
	return rc;
}

static int add_content(struct adding *a, const struct upset_carried_file *f, const char *sha256,
	struct upset_error *error)
{
	struct upset_hash *hash = upset_hash_new();
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char seen[UPSET_HASH_HEX_SIZE] = "";
	int rc = hash == NULL ? upset_error_set(error, ENOMEM, "out of memory")
		 : fd < 0     ? cannot_read(f->path, error)
			      : add_pieces(a, fd, f->path, sha256, hash, error);

	if (rc == 0) {
		upset_hash_finish(hash, seen);
		if (strcmp(seen, sha256) != 0 ||
			(f->sha256[0] != '\0' && strcmp(seen, f->sha256) != 0))
			rc = upset_error_set(error, ESTALE,
				"%s was changed since the golden run: make the plan again",
				f->path);
	}
	if (fd >= 0)
		(void)close(fd);
	upset_hash_free(hash);
	return rc;
}

/* Bind what a link leads to, or the hash of a file, whose content is added. */
static int add_what(struct adding *a, const struct upset_carried_file *f, const struct stat *info,
	struct upset_error *error)
{
	char sha256[UPSET_HASH_HEX_SIZE], target[PATH_MAX];
	ssize_t n;
	int rc = 0;

	if (S_ISLNK(info->st_mode)) {
		n = readlink(f->path, target, sizeof(target) - 1);
		if (n < 0)
			return cannot_read(f->path, error);
		target[n] = '\0';
		(void)sqlite3_bind_text(a->file, 5, target, -1, SQLITE_TRANSIENT);
		return 0;
	}
	if (upset_hash_file(f->path, sha256, NULL) != 0)
		return cannot_read(f->path, error);
	(void)sqlite3_bind_text(a->file, 4, sha256, -1, SQLITE_TRANSIENT);
	rc = add_content(a, f, sha256, error);
	return rc;
}

static int add_file(struct adding *a, const struct upset_carried_file *f, struct upset_error *error)
{
	struct stat info;
	int rc;

	if (lstat(f->path, &info) != 0)
		return cannot_read(f->path, error);
	if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))
		return upset_error_set(error, ENOTSUP,
			"%s is no regular file, and cannot be taken along", f->path);
	(void)upset_bind_text(a->file, 1, f->path);
	(void)sqlite3_bind_int64(a->file, 2, info.st_mode & PERMISSIONS);
	(void)sqlite3_bind_int64(
		a->file, 3, (int64_t)info.st_mtim.tv_sec * SECOND_NS + info.st_mtim.tv_nsec);
	rc = add_what(a, f, &info, error);
	return rc == 0 ? step(a->store, a->file, error) : rc;
}

static int add_all(void *context, struct upset_error *error)
{
	static const char file[] = "INSERT INTO carried VALUES (?, ?, ?, ?, ?)";
	/* Two files may have the same content. */
	static const char data[] = "INSERT OR IGNORE INTO carried_data VALUES (?, ?, ?)";
	struct adding *a = context;
	int rc = upset_store_exec(a->store, "DELETE FROM carried; DELETE FROM carried_data", error);

	if (rc == 0 &&
		(sqlite3_prepare_v2(a->store->db, file, -1, &a->file, NULL) != SQLITE_OK ||
			sqlite3_prepare_v2(a->store->db, data, -1, &a->data, NULL) != SQLITE_OK))
		rc = upset_store_failed(a->store, "cannot write to", error);
	for (size_t i = 0; rc == 0 && i < a->count; i++)
		rc = add_file(a, &a->files[i], error);
	sqlite3_finalize(a->file);
	sqlite3_finalize(a->data);
	return rc;
}

int upset_carried_add(struct upset_store *store, const struct upset_carried_file *files,
	size_t count, struct upset_error *error)
{
	struct adding a = {
		.store = store, .files = files, .count = count, .piece = malloc(PIECE_BYTES)};
	int rc = a.piece == NULL ? upset_error_set(error, ENOMEM, "out of memory")
				 : upset_store_transact(store, add_all, &a, error);

	free(a.piece);
	return rc;
}

int upset_carried_any(struct upset_store *store, bool *any, struct upset_error *error)
{
	int64_t count = 0;
	int rc = upset_store_query_integer(
		store, "SELECT EXISTS (SELECT 1 FROM carried)", &count, error);

	*any = count != 0;
	return rc;
}

/* --- out of it -------------------------------------------------------------------------------- */

struct unpacking {
	struct upset_store *store;
	struct upset_hash *hash;
	int folder_fd;
	struct upset_error *error;
};

static int damaged(const struct unpacking *u, const char *path)
{
	return upset_error_set(u->error, EIO,
		"the file %s that %s takes along is damaged: make the plan again", path,
		u->store->path);
}

static int cannot_unpack(const struct unpacking *u, const char *path)
{
	return upset_error_set(u->error, errno,
		"cannot unpack %s of %s: %s; name a folder with room in TMPDIR", path,
		u->store->path, strerror(errno));
}

/* The folder for the last name of @path, made where it is missing; no link is followed. */
static int open_folder(const struct unpacking *u, const char *path, const char **last)
{
	int fd = dup(u->folder_fd);
	char name[NAME_MAX + 1];
	const char *end;

	for (path++; fd >= 0 && (end = strchr(path, '/')) != NULL; path = end + 1) {
		size_t n = (size_t)(end - path);
		int next;

		if (n == 0 || n > NAME_MAX) {
			(void)close(fd);
			errno = EINVAL;
			return -1;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		(void)mkdirat(fd, name, 0755);
		next = strcmp(name, "..") == 0
			       ? -1
			       : openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		(void)close(fd);
		fd = next;
	}
	*last = path;
	return fd;
}

static bool write_whole(int fd, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
	return true;
}

static int write_pieces(
	const struct unpacking *u, sqlite3_stmt *data, int fd, const char *path, const char *sha256)
{
	int64_t next = 0;
	int result;

	(void)sqlite3_bind_text(data, 1, sha256, -1, SQLITE_STATIC);
	while ((result = sqlite3_step(data)) == SQLITE_ROW) {
		const uint8_t *bytes = sqlite3_column_blob(data, 1);
		size_t size = (size_t)sqlite3_column_bytes(data, 1);

		if (sqlite3_column_int64(data, 0) != next++)
			return damaged(u, path);
		upset_hash_update(u->hash, bytes, size);
		if (!write_whole(fd, bytes, size))
			return cannot_unpack(u, path);
	}
	return result == SQLITE_DONE ? 0 : upset_store_failed(u->store, "cannot read", u->error);
}

static int write_content(const struct unpacking *u, int fd, const char *path, const char *sha256)
{
	static const char sql[] =
		"SELECT position, bytes FROM carried_data WHERE sha256 = ? ORDER BY position";
	sqlite3_stmt *data = NULL;
	char seen[UPSET_HASH_HEX_SIZE];
	int rc = sqlite3_prepare_v2(u->store->db, sql, -1, &data, NULL) == SQLITE_OK
			 ? write_pieces(u, data, fd, path, sha256)
			 : upset_store_failed(u->store, "cannot read", u->error);

	sqlite3_finalize(data);
	upset_hash_finish(u->hash, seen);
	return rc == 0 && strcmp(seen, sha256) != 0 ? damaged(u, path) : rc;
}

/* One row of carried. */
static int unpack_in(const struct unpacking *u, int folder, const char *name, sqlite3_stmt *row)
{
	const char *path = (const char *)sqlite3_column_text(row, 0);
	const char *sha256 = (const char *)sqlite3_column_text(row, 3);
	const int64_t ns = sqlite3_column_int64(row, 2);
	const struct timespec times[2] = {
		{.tv_nsec = UTIME_OMIT}, {ns / SECOND_NS, ns % SECOND_NS}};
	int fd, rc;

	if (sha256 == NULL) {
		if (sqlite3_column_text(row, 4) == NULL)
			return damaged(u, path);
		return symlinkat((const char *)sqlite3_column_text(row, 4), folder, name) == 0
			       ? 0
			       : cannot_unpack(u, path);
	}
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return cannot_unpack(u, path);
	rc = write_content(u, fd, path, sha256);
	if (rc == 0 && (fchmod(fd, (mode_t)sqlite3_column_int(row, 1) & PERMISSIONS) != 0 ||
			       futimens(fd, times) != 0))
		rc = cannot_unpack(u, path);
	if (close(fd) != 0 && rc == 0)
		rc = cannot_unpack(u, path);
	return rc;
}

static int unpack_row(const struct unpacking *u, sqlite3_stmt *row)
{
	const char *path = (const char *)sqlite3_column_text(row, 0), *name;
	int folder, rc;

	if (path == NULL || path[0] != '/')
		return damaged(u, path == NULL ? "" : path);
	folder = open_folder(u, path, &name);
	if (folder < 0)
		return cannot_unpack(u, path);
	if (name[0] == '\0' || strcmp(name, "..") == 0)
		rc = damaged(u, path);
	else
		rc = unpack_in(u, folder, name, row);
	(void)close(folder);
	return rc;
}

int upset_carried_unpack(struct upset_store *store, int folder_fd, upset_carried_visit *visit,
	void *context, struct upset_error *error)
{
	static const char sql[] =
		"SELECT path, mode, modified_ns, sha256, target FROM carried ORDER BY path";
	struct unpacking u = {
		.store = store, .hash = upset_hash_new(), .folder_fd = folder_fd, .error = error};
	sqlite3_stmt *row = NULL;
	int result = SQLITE_DONE, rc = 0;

	if (u.hash == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	if (sqlite3_prepare_v2(store->db, sql, -1, &row, NULL) != SQLITE_OK)
		rc = upset_store_failed(store, "cannot read", error);
	while (rc == 0 && (result = sqlite3_step(row)) == SQLITE_ROW) {
		rc = unpack_row(&u, row);
		if (rc == 0)
			rc = visit(context, (const char *)sqlite3_column_text(row, 0));
	}
	if (rc == 0 && result != SQLITE_DONE)
		rc = upset_store_failed(store, "cannot read", error);
	sqlite3_finalize(row);
	upset_hash_free(u.hash);
	return rc;
}
