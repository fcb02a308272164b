/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a view as columns of JSON: see internal.h.  A campaign has 100,000 experiments
 * and more, whose texts are few: columns of texts have each of them once.
 */
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "report/html/internal.h"

enum { NONE = -1 };

/* A text of a column and its place among the distinct ones. */
struct name {
	const char *text;
	size_t size;
	int64_t index;
};

/* A column being gathered: cells as JSON, or, of texts, which name each cell is. */
struct column {
	bool is_text;
	FILE *cells;
	char *json;
	size_t json_size;
	void *tree; /* of names */
	struct name **names;
	size_t name_count, name_room;
	int64_t *at; /* a name, or NONE for null */
	size_t at_room;
};

struct gathering {
	struct upset_table table;
	struct column columns[UPSET_REPORT_MAX_COLUMNS];
	size_t rows;
	struct upset_error *error;
};

static int no_memory(struct gathering *g)
{
	return upset_error_set(g->error, ENOMEM, "cannot make the report: out of memory");
}

/* @array of @count items with room for one more, each of @size bytes; NULL: no memory. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : *room * 2;
	void *grown;

	if (count < *room)
		return array;
	grown = reallocarray(array, more, size);
	if (grown != NULL)
		*room = more;
	return grown;
}

static int compare(const void *a, const void *b)
{
	const struct name *one = a, *other = b;

	if (one->size != other->size)
		return one->size < other->size ? -1 : 1;
	return memcmp(one->text, other->text, one->size);
}

/* --- gathering -------------------------------------------------------------------------------- */

/* Keep a new name of @column; NULL when there is no memory. */
static struct name *keep_name(struct column *column, const struct name *wanted)
{
	struct name *name = malloc(sizeof(*name) + wanted->size);
	struct name **names =
		grow(column->names, column->name_count, &column->name_room, sizeof(*names));

	if (names != NULL)
		column->names = names;
	if (names == NULL || name == NULL) {
		free(name);
		return NULL;
	}
	*name = (struct name){(char *)(name + 1), wanted->size, (int64_t)column->name_count};
	memcpy(name + 1, wanted->text, wanted->size);
	if (tsearch(name, &column->tree, compare) == NULL) {
		free(name);
		return NULL;
	}
	column->names[column->name_count++] = name;
	return name;
}

static int gather_text(struct gathering *g, struct column *column, unsigned int i)
{
	int64_t *at = grow(column->at, g->rows, &column->at_room, sizeof(*at));
	struct name wanted = {.size = 0}, *name;
	struct name **found;

	if (at == NULL)
		return no_memory(g);
	column->at = at;
	at[g->rows] = NONE;
	if (upset_store_is_null(g->table.cursor, i))
		return 0;
	wanted.text = upset_store_text(g->table.cursor, i, &wanted.size);
	found = tfind(&wanted, &column->tree, compare);
	name = found != NULL ? *found : keep_name(column, &wanted);
	if (name == NULL)
		return no_memory(g);
	at[g->rows] = name->index;
	return 0;
}

static int gather_row(struct gathering *g)
{
	int result = 0;

	for (unsigned int i = 0; result == 0 && i < g->table.column_count; i++) {
		struct column *column = &g->columns[i];

		if (column->is_text) {
			result = gather_text(g, column, i);
			continue;
		}
		if (g->rows > 0)
			(void)fputc(',', column->cells);
		result = upset_write_json_cell(&g->table, i, column->cells, g->error);
	}
	g->rows++;
	return result;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_name(const struct column *column, int64_t index, FILE *json)
{
	if (index == NONE)
		(void)fputs("null", json);
	else
		upset_write_json_text(column->names[index]->text, column->names[index]->size, json);
}

static void write_texts(const struct column *column, size_t rows, FILE *json)
{
	bool repeat = column->name_count * 2 <= rows;

	if (repeat) {
		(void)fputs("{\"names\":[", json);
		for (size_t i = 0; i < column->name_count; i++) {
			(void)fputs(i > 0 ? "," : "", json);
			write_name(column, (int64_t)i, json);
		}
		(void)fputs("],\"at\":", json);
	}
	(void)fputc('[', json);
	for (size_t row = 0; row < rows; row++) {
		(void)fputs(row > 0 ? "," : "", json);
		if (repeat && column->at[row] != NONE)
			(void)fprintf(json, "%" PRId64, column->at[row]);
		else
			write_name(column, column->at[row], json);
	}
	(void)fputs(repeat ? "]}" : "]", json);
}

static int write_columns(struct gathering *g, FILE *json)
{
	(void)fprintf(json, "{\"rows\":%zu,\"columns\":{", g->rows);
	for (unsigned int i = 0; i < g->table.column_count; i++) {
		struct column *column = &g->columns[i];

		(void)fprintf(json, "%s\"%s\":", i > 0 ? "," : "", g->table.columns[i]->name);
		if (column->is_text) {
			write_texts(column, g->rows, json);
			continue;
		}
		if (fflush(column->cells) != 0 || ferror(column->cells))
			return no_memory(g);
		(void)fprintf(json, "[%s]", column->json != NULL ? column->json : "");
	}
	(void)fputs("}}", json);
	return 0;
}

/* --- the table -------------------------------------------------------------------------------- */

static int begin(struct gathering *g, struct upset_store *store,
	const struct upset_html_table *table, int64_t owner)
{
	const char *names[UPSET_REPORT_MAX_COLUMNS];
	struct upset_store_query query = {.view = table->relation,
		.columns = names,
		.column_count = table->column_count,
		.run = table->scope == UPSET_SCOPE_RUN ? owner : 0,
		.campaign = table->scope == UPSET_SCOPE_CAMPAIGN ? owner : 0,
		.order = table->order,
		.limit = -1};

	g->table.column_count = table->column_count;
	for (unsigned int i = 0; i < table->column_count; i++) {
		struct column *column = &g->columns[i];

		names[i] = table->columns[i].name;
		g->table.columns[i] = &table->columns[i];
		if (table->columns[i].type == UPSET_COLUMN_BITS)
			g->table.bits_column = (int)i;
		column->is_text = table->columns[i].type == UPSET_COLUMN_TEXT;
		if (column->is_text)
			continue;
		column->cells = open_memstream(&column->json, &column->json_size);
		if (column->cells == NULL)
			return no_memory(g);
	}
	return upset_store_select(store, &query, &g->table.cursor, g->error);
}

static void keep_node(void *node)
{
	(void)node; /* names are freed by their list */
}

static void end(struct gathering *g)
{
	upset_store_cursor_close(g->table.cursor);
	for (unsigned int i = 0; i < g->table.column_count; i++) {
		struct column *column = &g->columns[i];

		if (column->cells != NULL)
			(void)fclose(column->cells);
		free(column->json);
		tdestroy(column->tree, keep_node);
		for (size_t n = 0; n < column->name_count; n++)
			free(column->names[n]);
		free(column->names);
		free(column->at);
	}
}

int upset_html_write_table(struct upset_store *store, const struct upset_html_table *table,
	int64_t owner, FILE *json, struct upset_error *error)
{
	struct gathering g = {.table = {.bits_column = -1}, .error = error};
	int result = begin(&g, store, table, owner);

	while (result == 0 && (result = upset_store_next(g.table.cursor, error)) == 1)
		result = gather_row(&g);
	if (result == 0)
		result = write_columns(&g, json);
	end(&g);
	return result;
}
