/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and closing a study, and turning SQLite's errors into upset's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { BUSY_TIMEOUT_MS = 60 * 1000 };

/* SQLite does not always keep the number of an error. */
static bool is_too_large(int system)
{
	struct rlimit limit;

	return (system == EFBIG || system == 0) && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       limit.rlim_cur != RLIM_INFINITY;
}

static int failed_otherwise(struct upset_store *store, const char *what, struct upset_error *error)
{
	int system = sqlite3_system_errno(store->db);

	return upset_error_set(error, EIO, "%s %s: %s%s%s", what, store->path,
		sqlite3_errmsg(store->db), system != 0 ? ": " : "",
		system != 0 ? strerror(system) : "");
}

int upset_store_failed(struct upset_store *store, const char *what, struct upset_error *error)
{
	int code = sqlite3_errcode(store->db);
	int system = sqlite3_system_errno(store->db);

	switch (code) {
	case SQLITE_NOTADB:
		return upset_error_set(error, ENOTSUP,
			"%s is not a study: it is no SQLite file; name a file that `upset golden` "
			"made",
			store->path);
	case SQLITE_CORRUPT:
		return upset_error_set(error, EIO,
			"%s is damaged (%s); restore it from a copy or make the run again",
			store->path, sqlite3_errmsg(store->db));
	case SQLITE_FULL:
		return upset_error_set(error, ENOSPC,
			"%s %s: no space left; free some and try again, the study is as it was",
			what, store->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return upset_error_set(error, EROFS,
			"%s %s: it is read-only; make it and its folder writable or use another "
			"file "
			"with -o",
			what, store->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return upset_error_set(error, EBUSY,
			"%s %s: another process has been using it for over a minute; try again "
			"later",
			what, store->path);
	case SQLITE_IOERR:
		if (is_too_large(system))
			return upset_error_set(error, EFBIG,
				"%s %s: it would be larger than files may be; raise the limit "
				"(ulimit -f) and try again, the study is as it was",
				what, store->path);
		return failed_otherwise(store, what, error);
	case SQLITE_NOMEM:
		return upset_error_set(error, ENOMEM, "%s %s: out of memory", what, store->path);
	default:
		return failed_otherwise(store, what, error);
	}
}

int upset_store_exec(struct upset_store *store, const char *sql, struct upset_error *error)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot write", error);
	return 0;
}

bool upset_store_is_duplicate(struct upset_store *store)
{
	int code = sqlite3_extended_errcode(store->db);

	return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE;
}

/* Whether a file can be made at @path, where there is none. */
static int check_folder(const char *path, struct upset_error *error)
{
	const char *end = strrchr(path, '/');
	char *folder = end == NULL ? strdup(".") : strndup(path, (size_t)(end - path) + 1);
	int code = folder == NULL ? ENOMEM : access(folder, W_OK | X_OK) == 0 ? 0 : errno;

	free(folder);
	if (code == 0)
		return 0;
	return upset_error_set(error, code,
		"cannot make %s in its folder: %s; use another file with -o", path, strerror(code));
}

/* A message for what SQLite would only call "unable to open database file". */
static int check_path(const char *path, bool writing, struct upset_error *error)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		int code = errno;

		if (writing && code == ENOENT)
			return check_folder(path, error);
		return upset_error_set(error, code,
			code == ENOENT
				? "%s: %s; make a study with `upset golden -o FILE -- PROGRAM`"
				: "cannot open %s: %s",
			path, strerror(code));
	}
	if (S_ISDIR(status.st_mode))
		return upset_error_set(error, EISDIR,
			"%s is a folder, not a study; name a file, such as %s/NAME.upset", path,
			path);
	if (!S_ISREG(status.st_mode))
		return upset_error_set(error, ENOTSUP, "%s is no regular file; name a study", path);
	if (access(path, writing ? R_OK | W_OK : R_OK) != 0) {
		int code = errno;

		return upset_error_set(error, code, "cannot %s %s: %s; %s",
			writing ? "write to" : "read", path, strerror(code),
			writing ? "use another file with -o" : "check its permissions");
	}
	return 0;
}

/* Connect @store to the file that is at its path now. */
static int connect_to_file(struct upset_store *store, int flags, struct upset_error *error)
{
	/* EXTRA: also the folder is on the disk once the journal is gone from it. */
	static const char settings[] = "PRAGMA synchronous = EXTRA; "
				       "PRAGMA cache_size = -65536; " /* KiB */
				       "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";

	if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
		SQLITE_OK) {
		if (store->db == NULL)
			return upset_error_set(
				error, ENOMEM, "cannot open %s: out of memory", store->path);
		return upset_store_failed(store, "cannot open", error);
	}
	sqlite3_extended_result_codes(store->db, 0);
	sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	return sqlite3_exec(store->db, settings, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : upset_store_failed(store, "cannot open", error);
}

static struct upset_store *new_store(const char *path, struct upset_error *error)
{
	struct upset_store *store = calloc(1, sizeof(*store));

	if (store != NULL && (store->path = strdup(path)) != NULL)
		return store;
	free(store);
	(void)upset_error_set(error, ENOMEM, "cannot open %s: out of memory", path);
	return NULL;
}

static int open_database(
	struct upset_store **store, const char *path, int flags, struct upset_error *error)
{
	*store = new_store(path, error);
	return *store == NULL ? -ENOMEM : connect_to_file(*store, flags, error);
}

int upset_store_query_integer(
	struct upset_store *store, const char *sql, int64_t *value, struct upset_error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return result == SQLITE_ROW ? 0 : upset_store_failed(store, "cannot read", error);
}

int upset_store_next_id(
	struct upset_store *store, const char *table, int64_t *id, struct upset_error *error)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql), "SELECT coalesce(max(id), 0) + 1 FROM %s", table);
	return upset_store_query_integer(store, sql, id, error);
}

/* Whether the file is an upset study, of any version. */
static int check_application(struct upset_store *store, struct upset_error *error)
{
	int64_t application = 0;
	int result = upset_store_query_integer(store, "PRAGMA application_id", &application, error);

	if (result == 0 && application != UPSET_STORE_APPLICATION)
		return upset_error_set(error, ENOTSUP,
			"%s is not a study: an SQLite file of another kind; name a file that "
			"`upset "
			"golden` made",
			store->path);
	return result;
}

/* A new, empty file becomes a study of version 0; an existing one must be a study. */
static int claim_new(struct upset_store *store, struct upset_error *error)
{
	static const char settings[] =
		"PRAGMA page_size = 8192; PRAGMA application_id = 1431327572";
	int64_t pages = 0;
	int result = upset_store_query_integer(store, "PRAGMA page_count", &pages, error);

	if (result != 0)
		return result;
	if (pages == 0)
		return upset_store_exec(store, settings, error);
	return check_application(store, error);
}
_Static_assert(UPSET_STORE_APPLICATION == 1431327572, "the number in claim_new()");

int upset_store_open(struct upset_store **store, const char *path, struct upset_error *error)
{
	struct upset_store *opened = NULL;
	int64_t version = 0;
	int result = check_path(path, false, error);

	*store = NULL;
	if (result == 0)
		result = open_database(&opened, path, SQLITE_OPEN_READONLY, error);
	if (result == 0)
		result = check_application(opened, error);
	if (result == 0)
		result = upset_store_query_integer(opened, "PRAGMA user_version", &version, error);
	if (result == 0 && version < UPSET_STORE_VERSION) {
		upset_store_close(opened);
		opened = NULL;
		result = open_database(&opened, path, SQLITE_OPEN_READWRITE, error);
	}
	if (result == 0)
		result = upset_store_migrate(
			opened, upset_store_migrations, UPSET_STORE_VERSION, error);
	if (result != 0) {
		upset_store_close(opened);
		return result;
	}
	*store = opened;
	return 0;
}

/* Whether a transaction that changes something can be started. */
static int check_writable(struct upset_store *store, struct upset_error *error)
{
	int result = upset_store_exec(store, "BEGIN IMMEDIATE; PRAGMA user_version = 5", error);
	int rolled_back = upset_store_exec(store, "ROLLBACK", NULL);

	return result != 0 ? result : rolled_back;
}
_Static_assert(UPSET_STORE_VERSION == 5, "the number in check_writable()");

/* Make the file at the path a study of the present version, or see that it is one. */
int upset_store_connect_for_writing(struct upset_store *store, struct upset_error *error)
{
	bool is_new = access(store->path, F_OK) != 0;
	int result = connect_to_file(store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

	store->is_new = is_new;
	if (result == 0)
		result = claim_new(store, error);
	if (result == 0)
		result = upset_store_migrate(
			store, upset_store_migrations, UPSET_STORE_VERSION, error);
	return result == 0 ? check_writable(store, error) : result;
}

int upset_store_create(struct upset_store **store, const char *path, struct upset_error *error)
{
	struct upset_store *opened = NULL;
	int result = check_path(path, true, error);

	*store = NULL;
	if (result != 0)
		return result;
	opened = new_store(path, error);
	if (opened == NULL)
		return -ENOMEM;
	result = upset_store_connect_for_writing(opened, error);
	if (result != 0) {
		upset_store_discard(opened, 0);
		return result;
	}
	*store = opened;
	return 0;
}

bool upset_store_is_new(const struct upset_store *store)
{
	return store->is_new;
}

void upset_store_close(struct upset_store *store)
{
	if (store == NULL)
		return;
	(void)sqlite3_close(store->db);
	free(store->path);
	free(store);
}

static int explain_missing_run(struct upset_store *store, int64_t wanted, struct upset_error *error)
{
	int64_t count = 0, last = 0;
	int result = upset_store_query_integer(store, "SELECT count(*) FROM run", &count, error);

	if (result == 0)
		result = upset_store_query_integer(
			store, "SELECT coalesce(max(id), 0) FROM run", &last, error);
	if (result != 0)
		return result;
	if (count == 0)
		return upset_error_set(error, ENOENT,
			"%s holds no runs; add one with `upset golden -o FILE -- PROGRAM`",
			store->path);
	return upset_error_set(error, ENOENT,
		"%s has no run %lld: it holds %lld, the last is %lld; list them with `upset show "
		"FILE "
		"runs`",
		store->path, (long long)wanted, (long long)count, (long long)last);
}

int upset_store_find_run(
	struct upset_store *store, int64_t wanted, int64_t *run, struct upset_error *error)
{
	char sql[96] = "SELECT coalesce(max(id), 0) FROM run";
	int result;

	if (wanted != 0)
		(void)snprintf(sql, sizeof(sql),
			"SELECT coalesce(max(id), 0) FROM run WHERE id = %lld", (long long)wanted);
	result = upset_store_query_integer(store, sql, run, error);
	if (result == 0 && *run == 0)
		return explain_missing_run(store, wanted, error);
	return result;
}
