/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading rows of the schema's views: see store.h. */
#include <errno.h>
#include <stdlib.h>

#include "store/internal.h"

static char *build_sql(struct upset_store *store, const struct upset_store_query *query)
{
	sqlite3_str *sql = sqlite3_str_new(store->db);

	sqlite3_str_appendall(sql, "SELECT ");
	for (size_t i = 0; i < query->column_count; i++)
		sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", query->columns[i]);
	sqlite3_str_appendf(sql, " FROM \"%w\" WHERE 1", query->view);
	if (query->run != 0)
		sqlite3_str_appendall(sql, " AND run = :run");
	if (query->campaign != 0)
		sqlite3_str_appendall(sql, " AND campaign = :campaign");
	if (query->function != NULL)
		sqlite3_str_appendall(sql, " AND function = :function");
	if (query->condition != NULL)
		sqlite3_str_appendf(sql, " AND (%s)", query->condition);
	if (query->order != NULL)
		sqlite3_str_appendf(sql, " ORDER BY %s", query->order);
	if (query->limit >= 0)
		sqlite3_str_appendf(sql, " LIMIT %lld", (sqlite3_int64)query->limit);
	return sqlite3_str_finish(sql);
}

static int bind(sqlite3_stmt *statement, const struct upset_store_query *query)
{
	int run = sqlite3_bind_parameter_index(statement, ":run");
	int campaign = sqlite3_bind_parameter_index(statement, ":campaign");
	int function = sqlite3_bind_parameter_index(statement, ":function");
	int result = SQLITE_OK;

	if (run != 0)
		result = sqlite3_bind_int64(statement, run, query->run);
	if (result == SQLITE_OK && campaign != 0)
		result = sqlite3_bind_int64(statement, campaign, query->campaign);
	if (result == SQLITE_OK && function != 0)
		result = upset_bind_text(statement, function, query->function);
	return result;
}

int upset_store_select(struct upset_store *store, const struct upset_store_query *query,
	struct upset_store_cursor **cursor, struct upset_error *error)
{
	struct upset_store_cursor *opened = calloc(1, sizeof(*opened));
	char *sql = build_sql(store, query);
	int result;

	*cursor = NULL;
	if (opened == NULL || sql == NULL) {
		free(opened);
		sqlite3_free(sql);
		return upset_error_set(error, ENOMEM, "cannot read %s: out of memory", store->path);
	}
	opened->store = store;
	result = sqlite3_prepare_v2(store->db, sql, -1, &opened->statement, NULL);
	sqlite3_free(sql);
	if (result == SQLITE_OK)
		result = bind(opened->statement, query);
	if (result != SQLITE_OK) {
		result = upset_store_failed(store, "cannot read", error);
		upset_store_cursor_close(opened);
		return result;
	}
	*cursor = opened;
	return 0;
}

int upset_store_next(struct upset_store_cursor *cursor, struct upset_error *error)
{
	switch (sqlite3_step(cursor->statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return upset_store_failed(cursor->store, "cannot read", error);
	}
}

void upset_store_cursor_close(struct upset_store_cursor *cursor)
{
	if (cursor == NULL)
		return;
	sqlite3_finalize(cursor->statement);
	free(cursor);
}

bool upset_store_is_null(struct upset_store_cursor *cursor, unsigned int i)
{
	return sqlite3_column_type(cursor->statement, (int)i) == SQLITE_NULL;
}

int64_t upset_store_integer(struct upset_store_cursor *cursor, unsigned int i)
{
	return sqlite3_column_int64(cursor->statement, (int)i);
}

double upset_store_real(struct upset_store_cursor *cursor, unsigned int i)
{
	return sqlite3_column_double(cursor->statement, (int)i);
}

const char *upset_store_text(struct upset_store_cursor *cursor, unsigned int i, size_t *size)
{
	const char *text = sqlite3_column_blob(cursor->statement, (int)i);

	if (size != NULL)
		*size = (size_t)sqlite3_column_bytes(cursor->statement, (int)i);
	return text != NULL ? text : "";
}
