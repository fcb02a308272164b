/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions in the file that is at the study's path, also where several processes
 * make, write and remove one study: nobody removes what others have stored, and nobody
 * writes into a file that has been removed.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "store/internal.h"

/* Whether the file that is open is no longer the one at the path. */
static bool has_moved(struct upset_store *store)
{
	int moved = 0;

	(void)sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved != 0;
}

/* Another process removed the file before anything was stored in it: make it anew. */
static int go_on_with_new_file(struct upset_store *store, struct upset_error *error)
{
	if (store->has_stored)
		return upset_error_set(error, ESTALE,
			"%s was removed or replaced by another process while it was written to; "
			"what this command had stored in it went with it",
			store->path);
	(void)sqlite3_close(store->db);
	store->db = NULL;
	return upset_store_connect_for_writing(store, error);
}

static int begin(struct upset_store *store, struct upset_error *error)
{
	int result = upset_store_exec(store, "BEGIN IMMEDIATE", error);

	while (result == 0 && has_moved(store)) {
		result = upset_store_exec(store, "ROLLBACK", error);
		if (result == 0)
			result = go_on_with_new_file(store, error);
		if (result == 0)
			result = upset_store_exec(store, "BEGIN IMMEDIATE", error);
	}
	return result;
}

int upset_store_transact(struct upset_store *store,
	int (*write)(void *context, struct upset_error *error), void *context,
	struct upset_error *error)
{
	int result = begin(store, error);

	if (result != 0)
		return result;
	result = write(context, error);
	if (result == 0)
		result = upset_store_exec(store, "COMMIT", error);
	if (result != 0)
		(void)upset_store_exec(store, "ROLLBACK", NULL);
	else
		store->has_stored = true;
	return result;
}

/* Whether the study holds nothing but the run. */
static bool holds_only(struct upset_store *store, int64_t run)
{
	int64_t version = 0, others = 0;
	char sql[128];

	if (upset_store_query_integer(store, "PRAGMA user_version", &version, NULL) != 0)
		return false;
	if (version == 0)
		return true;
	(void)snprintf(sql, sizeof(sql),
		"SELECT (SELECT count(*) FROM campaign) + "
		"(SELECT count(*) FROM run WHERE id <> %lld)",
		(long long)run);
	return upset_store_query_integer(store, sql, &others, NULL) == 0 && others == 0;
}

void upset_store_discard(struct upset_store *store, int64_t run)
{
	/* Who waits for the lock sees that the file has moved. */
	if (store != NULL && store->is_new && store->db != NULL &&
		upset_store_exec(store, "BEGIN EXCLUSIVE", NULL) == 0 && !has_moved(store) &&
		holds_only(store, run))
		(void)unlink(store->path);
	upset_store_close(store);
}
