/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether studies hold parts of one campaign: see merge_campaign.h. */
#include "store/merge_campaign.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What must be the same, and how that is said when it is not; the most telling first. */
static const struct {
	const char *column, *what;
} same[] = {
	{"program", "the program's path"},
	{"program_sha256", "the program"},
	{"options", "its options"},
	{"seed", "the seed"},
	{"folder", "the folder"},
	{"engine", "the engine"},
	{"engine_version", "the engine's version"},
	{"upset_version", "upset's version"},
	{"golden_end", "how it ends without faults"},
	{"golden_status", "its exit status without faults"},
	{"stdout_sha256", "what it writes to standard output without faults"},
	{"stderr_sha256", "what it writes to standard error without faults"},
	{"golden_instructions", "the instructions that it executes without faults"},
	{"population", "the size of the fault space"},
	{"planned", "the number of experiments"},
	{"identity", "its arguments, environment or input"},
};

enum { SAME = sizeof(same) / sizeof(same[0]) };

/* All of those columns of the one row of @store that @condition holds for. */
static int read_row(struct upset_store *store, const char *condition, sqlite3_stmt **row,
	struct upset_error *error)
{
	char sql[512];
	int n = snprintf(sql, sizeof(sql), "SELECT ");

	for (size_t i = 0; i < SAME; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, "%s, ", same[i].column);
	(void)snprintf(sql + n, sizeof(sql) - (size_t)n, "id FROM campaign %s", condition);
	*row = NULL;
	if (sqlite3_prepare_v2(store->db, sql, -1, row, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot read", error);
	return 0;
}

static bool is_equal(sqlite3_stmt *a, sqlite3_stmt *b, int i)
{
	bool same_type = sqlite3_column_type(a, i) == sqlite3_column_type(b, i);
	int size = sqlite3_column_bytes(a, i);

	return same_type && size == sqlite3_column_bytes(b, i) &&
	       (size == 0 || memcmp(sqlite3_column_blob(a, i), sqlite3_column_blob(b, i),
				     (size_t)size) == 0);
}

/* A hash says nothing to people. */
static void print(sqlite3_stmt *row, int i, char *text, size_t size)
{
	const unsigned char *value = sqlite3_column_text(row, i);

	(void)snprintf(text, size, "%.150s", value == NULL ? "nothing" : (const char *)value);
}

static int tell(struct upset_store *into, struct upset_store *part, sqlite3_stmt *whole,
	sqlite3_stmt *row, int i, struct upset_error *error)
{
	char here[160], there[160];

	print(whole, i, here, sizeof(here));
	print(row, i, there, sizeof(there));
	if (strstr(same[i].column, "sha256") != NULL || strcmp(same[i].column, "identity") == 0)
		return upset_error_set(error, ENOTSUP,
			"%s is no part of the campaign in %s: they differ in %s", part->path,
			into->path, same[i].what);
	return upset_error_set(error, ENOTSUP,
		"%s is no part of the campaign in %s: they differ in %s, which is %s, not %s",
		part->path, into->path, same[i].what, there, here);
}

int upset_merge_match(struct upset_store *into, struct upset_store *part, int64_t campaign,
	int64_t *found, struct upset_error *error)
{
	sqlite3_stmt *whole = NULL, *row = NULL;
	char condition[64];
	int rc, i = 0;

	(void)snprintf(condition, sizeof(condition), "WHERE id = %lld", (long long)campaign);
	rc = read_row(into, condition, &whole, error);
	if (rc == 0)
		rc = read_row(part, "ORDER BY id DESC LIMIT 1", &row, error);
	if (rc == 0 && sqlite3_step(whole) != SQLITE_ROW)
		rc = upset_store_failed(into, "cannot read", error);
	if (rc == 0 && sqlite3_step(row) != SQLITE_ROW)
		rc = upset_error_set(error, ENOTSUP, "%s holds no campaign", part->path);
	while (rc == 0 && i < SAME && is_equal(whole, row, i))
		i++;
	if (rc == 0 && i < SAME)
		rc = tell(into, part, whole, row, i, error);
	*found = rc == 0 ? sqlite3_column_int64(row, SAME) : 0;
	sqlite3_finalize(whole);
	sqlite3_finalize(row);
	return rc;
}

int upset_merge_whole(struct upset_store *into, int64_t *campaign, struct upset_error *error)
{
	int64_t count = 0;
	int rc = upset_store_query_integer(into, "SELECT count(*) FROM campaign", &count, error);

	if (rc == 0 && count != 1)
		return upset_error_set(error, count == 0 ? ENOENT : ENOTSUP,
			count == 0 ? "%s holds no campaign"
				   : "%s holds more than one campaign: merge into a new file",
			into->path);
	if (rc == 0)
		rc = upset_store_query_integer(into, "SELECT id FROM campaign", campaign, error);
	return rc;
}
