/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to the file at a study's path. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/internal.h"

enum { BUSY_TIMEOUT_MS = 60 * 1000 };

int upset_store_connect(struct upset_store *store, int flags, struct upset_error *error)
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

int upset_store_check_application(struct upset_store *store, struct upset_error *error)
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
	return upset_store_check_application(store, error);
}
_Static_assert(UPSET_STORE_APPLICATION == 1431327572, "the number in claim_new()");

/* Whether a transaction that changes something can be started. */
static int check_writable(struct upset_store *store, struct upset_error *error)
{
	int result = upset_store_exec(store, "BEGIN IMMEDIATE; PRAGMA user_version = 5", error);
	int rolled_back = upset_store_exec(store, "ROLLBACK", NULL);

	return result != 0 ? result : rolled_back;
}
_Static_assert(UPSET_STORE_VERSION == 5, "the number in check_writable()");

int upset_store_connect_for_writing(struct upset_store *store, struct upset_error *error)
{
	bool is_new = access(store->path, F_OK) != 0;
	int result = upset_store_connect(store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

	store->is_new = is_new;
	if (result == 0)
		result = claim_new(store, error);
	if (result == 0)
		result = upset_store_migrate(
			store, upset_store_migrations, UPSET_STORE_VERSION, error);
	return result == 0 ? check_writable(store, error) : result;
}

void upset_store_close(struct upset_store *store)
{
	if (store == NULL)
		return;
	(void)sqlite3_close(store->db);
	free(store->path);
	free(store);
}
