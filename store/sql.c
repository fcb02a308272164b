/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements of one line, and SQLite's errors turned into upset's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "store/internal.h"

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
