/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Merging studies: rows of all parts are read in the order of their numbers, one row of each at
 * a time, so that they are written in that order, too.  See merge.h.
 */
#include "store/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/lock.h"
#include "store/merge_campaign.h"

enum {
	PARTS_AT_ONCE = 100, /* each has a file open, and memory of its own */
	COLUMNS_MOST = 17,
	KEYS_MOST = 2,
};

/* --- what is merged --------------------------------------------------------------------------- */

/* A column: copied as it is, or by the text that its number stands for. */
enum kind { VALUE, LABEL, FUNCTION, SOURCE, VERDICT, KINDS };

struct column {
	const char *name;
	enum kind kind;
	bool may_differ; /* from one time that it is made to another */
};

/* A table of rows that belong to a campaign, by the first @keys of its columns. */
struct table {
	const char *name, *row; /* what a row is called */
	unsigned int keys, column_count;
	struct column columns[COLUMNS_MOST];
};

static const struct table tables[] = {
	{"experiment", "experiment", 1, 10,
		{{"number"}, {"faults"}, {"verdict", VERDICT}, {"\"end\"", LABEL}, {"status"},
			{"insn"}, {"instructions"}, {"latency"}, {"host_time_ns", VALUE, true},
			{"way", LABEL, true}}},
	{"injection", "the fault of experiment", 2, 17,
		{{"experiment"}, {"position"}, {"fault"}, {"state", LABEL}, {"model", LABEL},
			{"location", LABEL}, {"bit"}, {"address"}, {"module", LABEL},
			{"module_address"}, {"function", FUNCTION}, {"source", SOURCE}, {"line"},
			{"old_value"}, {"new_value"}, {"read_back"}, {"reason"}}},
	{"control", "control", 1, 10,
		{{"number"}, {"faults"}, {"result", LABEL}, {"difference"}, {"\"end\"", LABEL},
			{"status"}, {"insn"}, {"instructions"}, {"host_time_ns", VALUE, true},
			{"way", LABEL, true}}},
};

/* --- numbers of texts ------------------------------------------------------------------------- */

/* How the text is found that a number stands for, and made where it is not there. */
static const struct {
	const char *text, *find, *add;
	int columns;
} texts[KINDS] = {
	[LABEL] = {"SELECT name FROM label WHERE id = ?", "SELECT id FROM label WHERE name = ?",
		"INSERT INTO label (name) VALUES (?)", 1},
	[FUNCTION] = {"SELECT name FROM function WHERE id = ?",
		"SELECT id FROM function WHERE name = ?", "INSERT INTO function (name) VALUES (?)",
		1},
	[SOURCE] = {"SELECT path FROM source WHERE id = ?", "SELECT id FROM source WHERE path = ?",
		"INSERT INTO source (path) VALUES (?)", 1},
	[VERDICT] = {"SELECT outcome, cause, fits FROM verdict WHERE id = ?",
		"SELECT id FROM verdict WHERE outcome = ? AND cause = ? AND fits = ?",
		"INSERT INTO verdict (outcome, cause, fits) VALUES (?, ?, ?)", 3},
};

struct number {
	int64_t from, to;
};

/* Of a part to those of the whole, as far as they were met; sorted. */
struct numbers {
	struct number *items;
	size_t count, room;
};

struct part {
	struct upset_store *store;
	int64_t campaign;
	struct numbers numbers[KINDS];
	sqlite3_stmt *rows;
	bool has_row;
	int64_t key[KEYS_MOST];
};

struct merge {
	struct upset_store *into;
	int64_t campaign; /* in it */
	struct part *parts;
	size_t count;
	struct upset_error *error;
};

static int cannot_write(struct merge *m)
{
	return upset_store_failed(m->into, "cannot write to", m->error);
}

static int damaged(struct merge *m, const struct part *p)
{
	return upset_error_set(m->error, EIO,
		"%s is damaged: a number in it stands for nothing; make the shard again",
		p->store->path);
}

/* Prepare @sql in @store and bind what @from has in its row. */
static int step_with(struct upset_store *store, const char *sql, sqlite3_stmt *from, int columns,
	sqlite3_stmt **statement)
{
	int result = sqlite3_prepare_v2(store->db, sql, -1, statement, NULL);

	for (int i = 0; result == SQLITE_OK && i < columns; i++)
		result = sqlite3_bind_value(*statement, i + 1, sqlite3_column_value(from, i));
	return result == SQLITE_OK ? sqlite3_step(*statement) : result;
}

/* The number that the whole has for the texts in the row of @text. */
static int find_or_add(struct merge *m, enum kind kind, sqlite3_stmt *text, int64_t *to)
{
	sqlite3_stmt *statement = NULL;
	int result = step_with(m->into, texts[kind].find, text, texts[kind].columns, &statement);

	*to = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (result == SQLITE_ROW)
		return 0;
	statement = NULL;
	if (result == SQLITE_DONE)
		result = step_with(m->into, texts[kind].add, text, texts[kind].columns, &statement);
	*to = sqlite3_last_insert_rowid(m->into->db);
	sqlite3_finalize(statement);
	return result == SQLITE_DONE ? 0 : cannot_write(m);
}

static int translate(struct merge *m, struct part *p, enum kind kind, int64_t from, int64_t *to)
{
	sqlite3_stmt *text = NULL;
	int rc;

	if (sqlite3_prepare_v2(p->store->db, texts[kind].text, -1, &text, NULL) != SQLITE_OK)
		return upset_store_failed(p->store, "cannot read", m->error);
	(void)sqlite3_bind_int64(text, 1, from);
	rc = sqlite3_step(text);
	if (rc == SQLITE_ROW)
		rc = find_or_add(m, kind, text, to);
	else
		rc = rc == SQLITE_DONE ? damaged(m, p)
				       : upset_store_failed(p->store, "cannot read", m->error);
	sqlite3_finalize(text);
	return rc;
}

/* Where @from is, or would be. */
static size_t place_of(const struct numbers *n, int64_t from)
{
	size_t low = 0, high = n->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (n->items[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int number_of(struct merge *m, struct part *p, enum kind kind, int64_t from, int64_t *to)
{
	struct numbers *n = &p->numbers[kind];
	size_t at = place_of(n, from);
	int rc;

	if (at < n->count && n->items[at].from == from) {
		*to = n->items[at].to;
		return 0;
	}
	rc = translate(m, p, kind, from, to);
	if (rc != 0)
		return rc;
	if (n->count == n->room) {
		size_t room = 2 * n->room + 16;
		struct number *grown = reallocarray(n->items, room, sizeof(*grown));

		if (grown == NULL)
			return upset_error_set(m->error, ENOMEM, "out of memory");
		n->items = grown;
		n->room = room;
	}
	memmove(&n->items[at + 1], &n->items[at], (n->count++ - at) * sizeof(n->items[0]));
	n->items[at] = (struct number){from, *to};
	return 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

static int next_row(struct merge *m, struct part *p, const struct table *t)
{
	int result = sqlite3_step(p->rows);

	p->has_row = result == SQLITE_ROW;
	for (unsigned int i = 0; p->has_row && i < t->keys; i++)
		p->key[i] = sqlite3_column_int64(p->rows, (int)i);
	return p->has_row || result == SQLITE_DONE
		       ? 0
		       : upset_store_failed(p->store, "cannot read", m->error);
}

static int begin_rows(struct merge *m, struct part *p, const struct table *t)
{
	char sql[512];
	int n = snprintf(sql, sizeof(sql), "SELECT ");

	for (unsigned int i = 0; i < t->column_count; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, "%s%s", i > 0 ? ", " : "",
			t->columns[i].name);
	n += snprintf(sql + n, sizeof(sql) - (size_t)n, " FROM %s WHERE campaign = ? ORDER BY %s",
		t->name, t->columns[0].name);
	if (t->keys > 1)
		(void)snprintf(sql + n, sizeof(sql) - (size_t)n, ", %s", t->columns[1].name);
	if (sqlite3_prepare_v2(p->store->db, sql, -1, &p->rows, NULL) != SQLITE_OK)
		return upset_store_failed(p->store, "cannot read", m->error);
	(void)sqlite3_bind_int64(p->rows, 1, p->campaign);
	return next_row(m, p, t);
}

/* The part whose row is the next one; NULL: there are no more. */
static struct part *least(struct merge *m, const struct table *t)
{
	struct part *found = NULL;

	for (size_t i = 0; i < m->count; i++) {
		struct part *p = &m->parts[i];

		if (!p->has_row)
			continue;
		if (found == NULL || p->key[0] < found->key[0] ||
			(t->keys > 1 && p->key[0] == found->key[0] && p->key[1] < found->key[1]))
			found = p;
	}
	return found;
}

/* Bind the row of @p behind the campaign. */
static int bind_row(struct merge *m, struct part *p, const struct table *t, sqlite3_stmt *insert)
{
	int result = sqlite3_bind_int64(insert, 1, m->campaign);

	for (unsigned int i = 0; result == SQLITE_OK && i < t->column_count; i++) {
		sqlite3_value *value = sqlite3_column_value(p->rows, (int)i);
		int64_t to = 0;

		if (t->columns[i].kind == VALUE || sqlite3_value_type(value) == SQLITE_NULL) {
			result = sqlite3_bind_value(insert, (int)i + 2, value);
			continue;
		}
		if (number_of(m, p, t->columns[i].kind, sqlite3_value_int64(value), &to) != 0)
			return -EIO;
		result = sqlite3_bind_int64(insert, (int)i + 2, to);
	}
	return result == SQLITE_OK ? 0 : cannot_write(m);
}

static void print_compared(const struct table *t, char *sql, size_t size)
{
	int n = snprintf(sql, size, "SELECT 1 FROM %s WHERE campaign = ?1", t->name);

	for (unsigned int i = 0; i < t->column_count; i++)
		n += snprintf(sql + n, size - (size_t)n,
			t->columns[i].may_differ ? " AND (%s IS ?%u OR 1)" : " AND %s IS ?%u",
			t->columns[i].name, i + 2);
}

/* What is there already must be the same. */
static int compare(struct merge *m, struct part *p, const struct table *t)
{
	sqlite3_stmt *statement = NULL;
	char sql[768];
	int rc;

	print_compared(t, sql, sizeof(sql));
	if (sqlite3_prepare_v2(m->into->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return cannot_write(m);
	rc = bind_row(m, p, t, statement);
	if (rc == 0) {
		int result = sqlite3_step(statement);

		if (result == SQLITE_DONE)
			rc = upset_error_set(m->error, EEXIST,
				"%s %" PRId64 " came to something else in %s than before; see what "
				"its controls say, and leave that file out or make it again",
				t->row, p->key[0], p->store->path);
		else if (result != SQLITE_ROW)
			rc = upset_store_failed(m->into, "cannot read", m->error);
	}
	sqlite3_finalize(statement);
	return rc;
}

static int add_row(struct merge *m, struct part *p, const struct table *t, sqlite3_stmt *insert)
{
	int rc = bind_row(m, p, t, insert), result;

	if (rc != 0)
		return rc;
	result = sqlite3_step(insert);
	(void)sqlite3_reset(insert);
	if (result != SQLITE_DONE)
		return cannot_write(m);
	return sqlite3_changes(m->into->db) == 1 ? 0 : compare(m, p, t);
}

static int merge_table(struct merge *m, const struct table *t)
{
	sqlite3_stmt *insert = NULL;
	struct part *p;
	char sql[128];
	int rc = 0;
	int n = snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO %s VALUES (?", t->name);

	for (unsigned int i = 0; i < t->column_count; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, ", ?");
	(void)snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
	if (sqlite3_prepare_v2(m->into->db, sql, -1, &insert, NULL) != SQLITE_OK)
		return cannot_write(m);
	for (size_t i = 0; rc == 0 && i < m->count; i++)
		rc = begin_rows(m, &m->parts[i], t);
	while (rc == 0 && (p = least(m, t)) != NULL) {
		rc = add_row(m, p, t, insert);
		if (rc == 0)
			rc = next_row(m, p, t);
	}
	for (size_t i = 0; i < m->count; i++) {
		sqlite3_finalize(m->parts[i].rows);
		m->parts[i].rows = NULL;
	}
	sqlite3_finalize(insert);
	return rc;
}

/* --- studies ---------------------------------------------------------------------------------- */

static int open_part(struct merge *m, struct part *p, const char *path)
{
	int rc = upset_store_open(&p->store, path, m->error);

	if (rc == 0)
		rc = upset_merge_match(m->into, p->store, m->campaign, &p->campaign, m->error);
	/* There are many of them. */
	if (rc == 0)
		rc = upset_store_exec(p->store, "PRAGMA cache_size = -256", m->error);
	return rc;
}

static void close_part(struct part *p)
{
	for (int k = 0; k < KINDS; k++)
		free(p->numbers[k].items);
	upset_store_close(p->store);
}

static int merge_tables(void *context, struct upset_error *error)
{
	struct merge *m = context;
	int rc =
		upset_store_exec(m->into, "UPDATE campaign SET shard = NULL, shards = NULL", error);

	for (size_t i = 0; rc == 0 && i < sizeof(tables) / sizeof(tables[0]); i++)
		rc = merge_table(m, &tables[i]);
	return rc;
}

static int merge_group(struct merge *m, const char *const *paths, size_t count)
{
	int rc = 0;

	m->parts = calloc(count, sizeof(*m->parts));
	if (m->parts == NULL)
		return upset_error_set(m->error, ENOMEM, "out of memory");
	for (m->count = 0; rc == 0 && m->count < count; m->count++)
		rc = open_part(m, &m->parts[m->count], paths[m->count]);
	if (rc == 0)
		rc = upset_store_transact(m->into, merge_tables, m, m->error);
	for (size_t i = 0; i < m->count; i++)
		close_part(&m->parts[i]);
	free(m->parts);
	return rc;
}

static int merge_all(
	struct upset_store *into, const char *const *paths, size_t count, struct upset_error *error)
{
	struct merge m = {.into = into, .error = error};
	int rc = upset_merge_whole(into, &m.campaign, error);

	for (size_t i = 0; rc == 0 && i < count; i += PARTS_AT_ONCE)
		rc = merge_group(
			&m, paths + i, count - i < PARTS_AT_ONCE ? count - i : PARTS_AT_ONCE);
	return rc;
}

static int merge_into_new(
	const char *path, const char *const *paths, size_t count, struct upset_error *error)
{
	struct upset_copy copy;
	int rc = upset_copy_begin(&copy, paths[0], path, false, error);

	if (rc == 0)
		rc = upset_store_exec(copy.store,
			"DELETE FROM experiment; DELETE FROM injection; DELETE FROM control",
			error);
	if (rc == 0)
		rc = merge_all(copy.store, paths, count, error);
	return upset_copy_end(&copy, rc, error);
}

static int merge_into(
	const char *path, const char *const *paths, size_t count, struct upset_error *error)
{
	struct upset_store *into = NULL;
	int rc;

	if (access(path, F_OK) != 0)
		return merge_into_new(path, paths, count, error);
	rc = upset_store_create(&into, path, error);
	if (rc == 0)
		rc = merge_all(into, paths, count, error);
	upset_store_close(into);
	return rc;
}

int upset_store_merge(const char *path, const char *const *paths, size_t count, bool take_lock,
	struct upset_error *error)
{
	struct upset_lock lock;
	int rc = upset_lock_take(&lock, path, take_lock, error);

	if (rc == 0)
		rc = merge_into(path, paths, count, error);
	upset_lock_release(&lock);
	return rc;
}

int upset_store_missing(struct upset_store *store, int64_t campaign,
	int (*take)(void *context, uint64_t first, uint64_t last), void *context,
	struct upset_error *error)
{
	static const char sql[] = "SELECT number FROM experiment WHERE campaign = ?1 UNION ALL "
				  "SELECT planned FROM campaign WHERE id = ?1 ORDER BY 1";
	sqlite3_stmt *statement = NULL;
	uint64_t next = 0;
	int step = SQLITE_DONE, rc = 0;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot read", error);
	(void)sqlite3_bind_int64(statement, 1, campaign);
	while (rc == 0 && (step = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t number = (uint64_t)sqlite3_column_int64(statement, 0);

		if (number > next)
			rc = take(context, next, number - 1);
		next = number + 1;
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = upset_store_failed(store, "cannot read", error);
	sqlite3_finalize(statement);
	return rc;
}
