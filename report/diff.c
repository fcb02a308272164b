/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two runs side by side: both are read in the order of the tables' keys, so that
 * one pass finds which rows belong together, which differ and which stand alone.
 */
#include "report/diff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_ignored(const struct upset_diff *d, const char *table, const char *column)
{
	for (size_t i = 0; i < d->options->ignored_count; i++) {
		const char *name = d->options->ignored[i];
		size_t length = strlen(table);

		if (strcmp(name, table) == 0 || strcmp(name, column) == 0 ||
			(strncmp(name, table, length) == 0 && name[length] == '.' &&
				strcmp(name + length + 1, column) == 0))
			return true;
	}
	return false;
}

/* Whether --ignore @name names anything. */
static bool is_known(const char *name)
{
	const char *dot = strchr(name, '.');

	for (size_t t = 0; t < upset_diff_table_count; t++) {
		const struct upset_diff_table *table = &upset_diff_tables[t];
		size_t length = strlen(table->name);

		if (strcmp(name, table->name) == 0)
			return true;
		if (dot != NULL &&
			((size_t)(dot - name) != length || strncmp(name, table->name, length) != 0))
			continue;
		for (const struct upset_diff_column *c = table->columns; c->name != NULL; c++)
			if (strcmp(c->name, dot != NULL ? dot + 1 : name) == 0)
				return true;
	}
	return false;
}

static bool is_compared(const struct upset_diff *d, const struct upset_diff_table *table,
	const struct upset_diff_column *column)
{
	enum upset_detail a = d->side[0].detail, b = d->side[1].detail;

	if (a != b && (a < column->needs || b < column->needs))
		return false;
	return !is_ignored(d, table->name, column->name);
}

static void make_plan(struct upset_diff_plan *plan, const struct upset_diff *d,
	const struct upset_diff_table *table)
{
	*plan = (struct upset_diff_plan){.table = table};
	for (const struct upset_diff_column *c = table->keys; c->name != NULL; c++)
		plan->names[plan->count++] = c->name;
	plan->key_count = plan->count;
	for (const struct upset_diff_column *c = table->columns; c->name != NULL; c++)
		if (is_compared(d, table, c)) {
			plan->names[plan->count++] = c->name;
			plan->compared[plan->compared_count++] = c;
		}
	plan->label_first = plan->count;
	for (const char *const *label = table->labels; *label != NULL; label++)
		plan->names[plan->count++] = *label;
	plan->label_count = plan->count - plan->label_first;
	if (table->filtered) {
		plan->module = (int)plan->count;
		plan->names[plan->count++] = "module";
		plan->function = (int)plan->count;
		plan->names[plan->count++] = "function";
	}
}

static bool text_equals(struct upset_store_cursor *cursor, int i, const char *name, bool last_part)
{
	size_t size;
	const char *text = upset_store_text(cursor, (unsigned int)i, &size);
	size_t length = strlen(name);

	if (size == length && memcmp(text, name, size) == 0)
		return true;
	return last_part && size > length && text[size - length - 1] == '/' &&
	       memcmp(text + size - length, name, length) == 0;
}

static bool is_chosen(
	struct upset_diff *d, const struct upset_diff_plan *plan, struct upset_store_cursor *cursor)
{
	const struct upset_diff_options *o = d->options;
	bool module = o->module_count == 0, function = o->function_count == 0;

	for (size_t i = 0; i < o->module_count; i++)
		if (text_equals(cursor, plan->module, o->modules[i], true))
			module = d->module_seen[i] = true;
	for (size_t i = 0; i < o->function_count; i++)
		if (text_equals(cursor, plan->function, o->functions[i], false))
			function = d->function_seen[i] = true;
	return module && function;
}

/* Go to the side's next row that is to be compared. */
static int advance(
	struct upset_diff *d, const struct upset_diff_plan *plan, struct upset_diff_side *side)
{
	int result;

	do
		result = upset_store_next(side->cursor, d->error);
	while (result > 0 && plan->table->filtered && !is_chosen(d, plan, side->cursor));
	side->has_row = result > 0;
	return result < 0 ? result : 0;
}

static int compare_bytes(struct upset_store_cursor *a, struct upset_store_cursor *b, unsigned int i)
{
	size_t size_a, size_b;
	const char *text_a = upset_store_text(a, i, &size_a);
	const char *text_b = upset_store_text(b, i, &size_b);
	int order = memcmp(text_a, text_b, size_a < size_b ? size_a : size_b);

	return order != 0 ? order : (size_a > size_b) - (size_a < size_b);
}

static int compare_cells(struct upset_store_cursor *a, struct upset_store_cursor *b, unsigned int i,
	enum upset_column_type type)
{
	if (upset_store_is_null(a, i) || upset_store_is_null(b, i))
		return upset_store_is_null(b, i) - upset_store_is_null(a, i);
	if (type == UPSET_COLUMN_TEXT || type == UPSET_COLUMN_ONES)
		return compare_bytes(a, b, i);
	if (type == UPSET_COLUMN_SHARE) {
		double x = upset_store_real(a, i), y = upset_store_real(b, i);

		return (x > y) - (x < y);
	}
	return (upset_store_integer(a, i) > upset_store_integer(b, i)) -
	       (upset_store_integer(a, i) < upset_store_integer(b, i));
}

static int compare_keys(const struct upset_diff *d, const struct upset_diff_plan *plan)
{
	if (!d->side[0].has_row)
		return 1;
	if (!d->side[1].has_row)
		return -1;
	for (unsigned int i = 0; i < plan->key_count; i++) {
		int order = compare_cells(
			d->side[0].cursor, d->side[1].cursor, i, plan->table->keys[i].type);

		if (order != 0)
			return order;
	}
	return 0;
}

static int compare_rows(struct upset_diff *d, const struct upset_diff_plan *plan)
{
	struct upset_store_cursor *a = d->side[0].cursor, *b = d->side[1].cursor;
	bool different = false;
	int result = 0;

	for (size_t c = 0; result == 0 && c < plan->compared_count; c++) {
		if (compare_cells(a, b, (unsigned int)(plan->key_count + c),
			    plan->compared[c]->type) == 0)
			continue;
		if (d->differences < d->options->examples) {
			if (!different) {
				upset_diff_print_label(plan, a, d->examples);
				(void)fputc('\n', d->examples);
			}
			result = upset_diff_print_column(d, plan, c);
		}
		different = true;
	}
	d->counts[different ? DIFFERENT : EQUAL]++;
	d->differences += different;
	return result;
}

static void note_single(struct upset_diff *d, const struct upset_diff_plan *plan, int s)
{
	if (d->differences < d->options->examples) {
		upset_diff_print_label(plan, d->side[s].cursor, d->examples);
		(void)fprintf(d->examples, "\n    only in %s\n", s == 0 ? "a" : "b");
	}
	d->counts[s == 0 ? ONLY_A : ONLY_B]++;
	d->differences++;
}

/* Some statistics are only collected when they are asked for. */
static bool is_missing(const struct upset_diff *d, const struct upset_diff_table *table)
{
	return table->optional && d->side[0].has_row != d->side[1].has_row;
}

/* 1: it is not to be compared. */
static int merge(struct upset_diff *d, const struct upset_diff_plan *plan)
{
	int result = advance(d, plan, &d->side[0]);

	if (result == 0)
		result = advance(d, plan, &d->side[1]);
	if (result == 0 && is_missing(d, plan->table))
		return 1;
	while (result == 0 && (d->side[0].has_row || d->side[1].has_row)) {
		int order = compare_keys(d, plan);

		if (order == 0)
			result = compare_rows(d, plan);
		else
			note_single(d, plan, order < 0 ? 0 : 1);
		if (result == 0 && order <= 0)
			result = advance(d, plan, &d->side[0]);
		if (result == 0 && order >= 0)
			result = advance(d, plan, &d->side[1]);
	}
	return result;
}

static int compare_table(struct upset_diff *d, const struct upset_diff_table *table)
{
	struct upset_diff_plan plan;
	int result = 0;

	make_plan(&plan, d, table);
	memset(d->counts, 0, sizeof(d->counts));
	for (int s = 0; s < 2; s++) {
		struct upset_store_query query = {.view = table->relation,
			.columns = plan.names,
			.column_count = plan.count,
			.run = d->side[s].run,
			.condition = table->condition,
			.order = table->order,
			.limit = -1};

		d->side[s].cursor = NULL;
		if (result == 0)
			result = upset_store_select(
				d->side[s].store, &query, &d->side[s].cursor, d->error);
	}
	if (result == 0)
		result = merge(d, &plan);
	upset_store_cursor_close(d->side[0].cursor);
	upset_store_cursor_close(d->side[1].cursor);
	if (result > 0)
		(void)fprintf(d->out, "%-12s not compared: only %s has them\n", table->name,
			d->side[0].has_row ? "a" : "b");
	else if (result == 0)
		(void)fprintf(d->out,
			"%-12s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n",
			table->name, d->counts[EQUAL], d->counts[DIFFERENT], d->counts[ONLY_A],
			d->counts[ONLY_B]);
	return result > 0 ? 0 : result;
}

/* Find the run of side @s and say which it is. */
static int introduce(struct upset_diff *d, int s, int64_t wanted)
{
	static const char *const names[] = {"engine", "engine_version", "detail", "program"};
	struct upset_diff_side *side = &d->side[s];
	struct upset_store_query query = {
		.view = "runs", .columns = names, .column_count = 4, .limit = 1};
	struct upset_store_cursor *cursor = NULL;
	size_t size;
	int result = upset_store_find_run(side->store, wanted, &side->run, d->error);

	query.run = side->run;
	if (result == 0)
		result = upset_store_select(side->store, &query, &cursor, d->error);
	if (result == 0)
		result = upset_store_next(cursor, d->error);
	if (result > 0) {
		(void)fprintf(d->out, "%s: run %" PRId64 ",", s == 0 ? "a" : "b", side->run);
		for (unsigned int i = 0; i < 4; i++) {
			const char *text = upset_store_text(cursor, i, &size);

			(void)fputc(' ', d->out);
			upset_diff_print_text(text, size, d->out);
		}
		(void)fputc('\n', d->out);
		(void)upset_detail_parse(upset_store_text(cursor, 2, &size), &side->detail);
	}
	upset_store_cursor_close(cursor);
	return result < 0 ? result : 0;
}

static int compare_tables(struct upset_diff *d)
{
	bool filtered = d->options->function_count > 0 || d->options->module_count > 0;
	int result = 0;

	if (d->side[0].detail != d->side[1].detail)
		(void)fprintf(d->out, "details differ: compared is what both runs collected\n");
	(void)fprintf(d->out, "%-12s %12s %12s %12s %12s\n", "table", "equal", "different",
		"only in a", "only in b");
	for (size_t t = 0; result == 0 && t < upset_diff_table_count; t++) {
		const struct upset_diff_table *table = &upset_diff_tables[t];
		bool ignored = is_ignored(d, table->name, "");

		if (!ignored && (!filtered || table->filtered))
			result = compare_table(d, table);
	}
	return result;
}

/* A name that chose nothing is a mistake, not an equality. */
static int check_seen(const struct upset_diff *d)
{
	const struct upset_diff_options *o = d->options;

	for (size_t i = 0; i < o->module_count; i++)
		if (!d->module_seen[i])
			return upset_error_set(d->error, EINVAL,
				"neither run has a module '%s'; list them with `upset show FILE "
				"modules`",
				o->modules[i]);
	for (size_t i = 0; i < o->function_count; i++)
		if (!d->function_seen[i])
			return upset_error_set(d->error, EINVAL,
				"neither run has a function '%s'; list them with `upset show FILE "
				"functions`",
				o->functions[i]);
	return 0;
}

static int check_ignored(const struct upset_diff_options *options, struct upset_error *error)
{
	for (size_t i = 0; i < options->ignored_count; i++)
		if (!is_known(options->ignored[i]))
			return upset_error_set(error, EINVAL,
				"nothing called '%s' is compared; --ignore takes a COLUMN, a TABLE "
				"or TABLE.COLUMN that `upset diff` shows",
				options->ignored[i]);
	return 0;
}

static void conclude(struct upset_diff *d, const char *examples)
{
	if (d->differences == 0) {
		(void)fputs("equal\n", d->out);
		return;
	}
	(void)fprintf(d->out, "\n%s", examples);
	if (d->differences > d->options->examples)
		(void)fprintf(
			d->out, "and %" PRIu64 " more\n", d->differences - d->options->examples);
	(void)fprintf(d->out, "different: %" PRIu64 " rows\n", d->differences);
}

int upset_report_diff(struct upset_store *a, struct upset_store *b,
	const struct upset_diff_options *options, FILE *out, struct upset_error *error)
{
	struct upset_diff d = {.options = options,
		.side = {{.store = a}, {.store = b}},
		.function_seen = calloc(options->function_count + 1, sizeof(bool)),
		.module_seen = calloc(options->module_count + 1, sizeof(bool)),
		.out = out,
		.error = error};
	char *examples = NULL;
	size_t size = 0;
	int result = check_ignored(options, error);

	d.examples = open_memstream(&examples, &size);
	if (d.examples == NULL || d.function_seen == NULL || d.module_seen == NULL)
		result = upset_error_set(error, ENOMEM, "cannot compare: out of memory");
	if (result == 0)
		result = introduce(&d, 0, options->run_a);
	if (result == 0)
		result = introduce(&d, 1, options->run_b);
	if (result == 0)
		result = compare_tables(&d);
	if (result == 0)
		result = check_seen(&d);
	if (d.examples != NULL && fclose(d.examples) != 0 && result == 0)
		result = upset_error_set(error, ENOMEM, "cannot compare: out of memory");
	if (result == 0)
		conclude(&d, examples);
	free(examples);
	free(d.function_seen);
	free(d.module_seen);
	result = upset_report_finish(out, result, error);
	return result == 0 ? d.differences > 0 : result;
}
