/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The versions of the schema: an empty study has version 0, and step i brings
 * version i to i + 1.  What a released step does to tables is never changed, only
 * followed; the last step ends with the views.
 */
#include <errno.h>
#include <stdio.h>

#include "store/internal.h"

static const char schema_1[] = {
#include "schema.inc"
	0};

static const char schema_2[] = {
#include "schema_2.inc"
	0};

static const char schema_3[] = {
#include "schema_3.inc"
	0};

static const char schema_4[] = {
#include "schema_4.inc"
	0};

static const char schema_5[] = {
#include "schema_5.inc"

#include "views.inc"
	0};

const char *const upset_store_migrations[UPSET_STORE_VERSION] = {
	schema_1, schema_2, schema_3, schema_4, schema_5};

static int read_version(struct upset_store *store, int *version, struct upset_error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return result == SQLITE_ROW ? 0 : upset_store_failed(store, "cannot read", error);
}

static int run_steps(struct upset_store *store, const char *const *steps, int version, int count,
	struct upset_error *error)
{
	char pragma[64];
	int result = 0;

	for (int i = version; result == 0 && i < count; i++)
		result = upset_store_exec(store, steps[i], error);
	if (result != 0)
		return result;
	(void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", count);
	return upset_store_exec(store, pragma, error);
}

int upset_store_migrate(
	struct upset_store *store, const char *const *steps, int count, struct upset_error *error)
{
	int version = 0;
	int result = read_version(store, &version, error);

	if (result == 0 && version > count)
		return upset_error_set(error, ENOTSUP,
			"%s was written by a newer upset: its schema version is %d, this one knows "
			"up to %d; use the newer upset",
			store->path, version, count);
	if (result != 0 || version == count)
		return result;
	result = upset_store_exec(store, "BEGIN IMMEDIATE", error);
	if (result != 0)
		return result;
	result = read_version(store, &version, error); /* another process may have been faster */
	if (result == 0 && version < count)
		result = run_steps(store, steps, version, count, error);
	if (result == 0)
		result = upset_store_exec(store, "COMMIT", error);
	if (result != 0)
		(void)upset_store_exec(store, "ROLLBACK", NULL);
	return result;
}
