/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of campaigns: which there are, and which of their experiments. */
#include "store/campaign.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

static int prepare(struct upset_store *store, const char *sql, sqlite3_stmt **statement,
	struct upset_error *error)
{
	if (sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot read", error);
	return 0;
}

/* Run @statement, and finalize it: 1 and *@value, 0 when there is no row, or -errno. */
static int take_integer(struct upset_store *store, sqlite3_stmt *statement, int64_t *value,
	struct upset_error *error)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return upset_store_failed(store, "cannot read", error);
	return result == SQLITE_ROW;
}

int upset_store_find_campaign(struct upset_store *store, const char *identity, int64_t *campaign,
	struct upset_error *error)
{
	sqlite3_stmt *statement = NULL;
	int result =
		prepare(store, "SELECT id FROM campaign WHERE identity = ?", &statement, error);

	if (result != 0)
		return result;
	(void)upset_bind_text(statement, 1, identity);
	result = take_integer(store, statement, campaign, error);
	return result == 0 ? -ENOENT : result > 0 ? 0 : result;
}

static int explain_missing(struct upset_store *store, int64_t wanted, struct upset_error *error)
{
	int64_t count = 0, last = 0;
	int result =
		upset_store_query_integer(store, "SELECT count(*) FROM campaign", &count, error);

	if (result == 0)
		result = upset_store_query_integer(
			store, "SELECT coalesce(max(id), 0) FROM campaign", &last, error);
	if (result != 0)
		return result;
	if (count == 0)
		return upset_error_set(error, ENOENT,
			"%s holds no campaigns; make one with `upset campaign -o FILE -- PROGRAM`",
			store->path);
	return upset_error_set(error, ENOENT,
		"%s has no campaign %lld: it holds %lld, the last is %lld; list them with `upset "
		"show FILE campaigns`",
		store->path, (long long)wanted, (long long)count, (long long)last);
}

int upset_store_choose_campaign(
	struct upset_store *store, int64_t wanted, int64_t *campaign, struct upset_error *error)
{
	char sql[96] = "SELECT coalesce(max(id), 0) FROM campaign";
	int result;

	if (wanted != 0)
		(void)snprintf(sql, sizeof(sql),
			"SELECT coalesce(max(id), 0) FROM campaign WHERE id = %lld",
			(long long)wanted);
	result = upset_store_query_integer(store, sql, campaign, error);
	if (result == 0 && *campaign == 0)
		return explain_missing(store, wanted, error);
	return result;
}

int upset_store_claim_shard(struct upset_store *store, int64_t campaign, uint64_t shard,
	uint64_t shards, struct upset_error *error)
{
	static const char claim[] =
		"UPDATE campaign SET shard = ?2, shards = ?3 WHERE id = ?1 AND (shard IS ?2 AND "
		"shards IS ?3 OR NOT EXISTS (SELECT 1 FROM experiment WHERE campaign = ?1))";
	sqlite3_stmt *statement = NULL;
	char sql[96];
	int64_t is = -1, of = 0;
	int result = prepare(store, claim, &statement, error);

	if (result != 0)
		return result;
	(void)sqlite3_bind_int64(statement, 1, campaign);
	if (shards > 0) {
		(void)sqlite3_bind_int64(statement, 2, (int64_t)shard);
		(void)sqlite3_bind_int64(statement, 3, (int64_t)shards);
	}
	result = sqlite3_step(statement);
	sqlite3_finalize(statement);
	if (result != SQLITE_DONE)
		return upset_store_failed(store, "cannot write to", error);
	if (sqlite3_changes(store->db) == 1)
		return 0;
	(void)snprintf(sql, sizeof(sql), "SELECT coalesce(shard, -1) FROM campaign WHERE id = %lld",
		(long long)campaign);
	result = upset_store_query_integer(store, sql, &is, error);
	(void)snprintf(sql, sizeof(sql), "SELECT coalesce(shards, 0) FROM campaign WHERE id = %lld",
		(long long)campaign);
	if (result == 0)
		result = upset_store_query_integer(store, sql, &of, error);
	if (result != 0)
		return result;
	if (of > 0)
		return upset_error_set(error, ENOTSUP,
			"%s is for shard %lld/%lld of this campaign: give --shard %lld/%lld to go "
			"on with it, or another file with -o",
			store->path, (long long)is, (long long)of, (long long)is, (long long)of);
	return upset_error_set(error, ENOTSUP,
		"%s is for the whole campaign: leave --shard out to go on with it, or name another "
		"file with -o",
		store->path);
}

/* Of @numbers those that @sql selects. */
static int mark_done(struct upset_store *store, const char *sql, int64_t campaign,
	const struct upset_store_numbers *n, bool *done, struct upset_error *error)
{
	sqlite3_stmt *statement = NULL;
	int step, result = prepare(store, sql, &statement, error);

	memset(done, 0, n->count * sizeof(*done));
	if (result != 0)
		return result;
	(void)sqlite3_bind_int64(statement, 1, campaign);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)n->first);
	(void)sqlite3_bind_int64(statement, 3, (int64_t)(n->first + n->count * n->step) - 1);
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t behind = (uint64_t)sqlite3_column_int64(statement, 0) - n->first;

		if (behind % n->step == 0)
			done[behind / n->step] = true;
	}
	if (step != SQLITE_DONE)
		result = upset_store_failed(store, "cannot read", error);
	sqlite3_finalize(statement);
	return result;
}

int upset_store_experiments_done(struct upset_store *store, int64_t campaign,
	const struct upset_store_numbers *numbers, bool *done, struct upset_error *error)
{
	return mark_done(store,
		"SELECT number FROM experiment WHERE campaign = ? AND number BETWEEN ? AND ?",
		campaign, numbers, done, error);
}

int upset_store_controls_done(struct upset_store *store, int64_t campaign,
	const struct upset_store_numbers *numbers, bool *done, struct upset_error *error)
{
	return mark_done(store,
		"SELECT number FROM control WHERE campaign = ? AND number BETWEEN ? AND ?",
		campaign, numbers, done, error);
}

int upset_store_count_experiments(struct upset_store *store, int64_t campaign, const char *outcome,
	const char *cause, uint64_t *count, struct upset_error *error)
{
	static const char sql[] =
		"SELECT count(*) FROM experiment e LEFT JOIN verdict v ON v.id = e.verdict "
		"WHERE e.campaign = ?1 AND (?2 IS NULL OR v.outcome = ?2) "
		"AND (?3 IS NULL OR v.cause = ?3)";
	sqlite3_stmt *statement = NULL;
	int64_t value = 0;
	int result = prepare(store, sql, &statement, error);

	if (result != 0)
		return result;
	(void)sqlite3_bind_int64(statement, 1, campaign);
	if (outcome != NULL)
		(void)upset_bind_text(statement, 2, outcome);
	if (cause != NULL)
		(void)upset_bind_text(statement, 3, cause);
	result = take_integer(store, statement, &value, error);
	*count = (uint64_t)value;
	return result < 0 ? result : 0;
}
