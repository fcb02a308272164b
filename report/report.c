/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to a query, and to the writer of the format: see report.h. */
#include "report/report.h"

#include <errno.h>
#include <string.h>

#include "report/internal.h"
#include "store/campaign.h"

enum { TERMINAL_TOP = 40 };

/* The ORDER BY terms into @text: the asked column first, the view's own order last. */
static int build_order(const struct upset_report_options *options, char *text, size_t size,
	struct upset_error *error)
{
	const struct upset_view *view = options->view;
	bool reverse = options->sort != NULL && options->sort[0] == '-';
	const char *name = options->sort != NULL ? options->sort + (reverse ? 1 : 0) : NULL;
	const struct upset_column *column = name != NULL ? upset_view_column(view, name) : NULL;

	if (name == NULL) {
		bool by_count = options->format == UPSET_FORMAT_TERMINAL &&
				options->function == NULL && view->terminal_order != NULL;

		(void)snprintf(text, size, "%s", by_count ? view->terminal_order : view->order);
		return 0;
	}
	if (column == NULL || column->type == UPSET_COLUMN_ONES) {
		char names[256] = "";

		for (size_t i = 0; i < view->column_count; i++)
			if (view->columns[i].type != UPSET_COLUMN_ONES &&
				strlen(names) + strlen(view->columns[i].name) + 2 < sizeof(names))
				(void)snprintf(names + strlen(names), sizeof(names) - strlen(names),
					" %s", view->columns[i].name);
		return upset_error_set(error, EINVAL, "cannot sort %s by '%s'; its columns are:%s",
			view->name, name, names);
	}
	(void)snprintf(text, size, "\"%s\" IS NULL, \"%s\" %s, %s", name, name,
		upset_column_is_number(column) != reverse ? "DESC" : "ASC", view->order);
	return 0;
}

struct selection {
	struct upset_store_query query;
	const struct upset_column *columns[UPSET_REPORT_MAX_COLUMNS];
	const char *names[UPSET_REPORT_MAX_COLUMNS];
	size_t count;
	char order[256];
	int64_t limit; /* rows to show, 0: all */
};

/* Whose rows: the numbers into @query. */
static int choose_owner(struct upset_store_query *query, struct upset_store *store,
	const struct upset_report_options *options, struct upset_error *error)
{
	const struct upset_view *view = options->view;

	if (view->scope == UPSET_SCOPE_CAMPAIGN && options->run != 0)
		return upset_error_set(error, EINVAL,
			"%s belongs to campaigns, not to runs; choose one with --campaign",
			view->name);
	if (view->scope == UPSET_SCOPE_RUN && options->campaign != 0)
		return upset_error_set(error, EINVAL,
			"%s belongs to runs, not to campaigns; choose one with --run", view->name);
	if (view->scope == UPSET_SCOPE_RUN)
		return upset_store_find_run(store, options->run, &query->run, error);
	if (view->scope == UPSET_SCOPE_CAMPAIGN)
		return upset_store_choose_campaign(
			store, options->campaign, &query->campaign, error);
	return 0;
}

static int build_selection(struct selection *selection, struct upset_store *store,
	const struct upset_report_options *options, struct upset_error *error)
{
	const struct upset_view *view = options->view;
	bool terminal = options->format == UPSET_FORMAT_TERMINAL;
	int result = build_order(options, selection->order, sizeof(selection->order), error);

	if (result == 0 && options->function != NULL && upset_view_column(view, "function") == NULL)
		return upset_error_set(error, EINVAL,
			"%s has no functions to choose from; use --function with instructions, "
			"operands, blocks, functions, experiments, faults, by_function or by_line",
			view->name);
	selection->count = 0;
	for (size_t i = 0; i < view->column_count; i++) {
		if (view->columns[i].terminal_only && !terminal)
			continue;
		selection->names[selection->count] = view->columns[i].name;
		selection->columns[selection->count++] = &view->columns[i];
	}
	selection->limit = options->top;
	if (options->top == UPSET_TOP_DEFAULT)
		selection->limit = terminal ? TERMINAL_TOP : 0;
	selection->query = (struct upset_store_query){
		.view = view->relation,
		.columns = selection->names,
		.column_count = selection->count,
		.function = options->function,
		.condition = terminal ? view->terminal_condition : NULL,
		.order = selection->order,
		.limit = selection->limit == 0 ? -1 : selection->limit + (terminal ? 1 : 0),
	};
	return result == 0 ? choose_owner(&selection->query, store, options, error) : result;
}

static int open_table(struct upset_table *table, struct upset_store *store,
	const struct selection *selection, struct upset_error *error)
{
	*table = (struct upset_table){
		.column_count = (unsigned int)selection->count, .bits_column = -1};
	for (unsigned int i = 0; i < table->column_count; i++) {
		table->columns[i] = selection->columns[i];
		if (table->columns[i]->type == UPSET_COLUMN_BITS)
			table->bits_column = (int)i;
	}
	return upset_store_select(store, &selection->query, &table->cursor, error);
}

static int write_for_terminal(struct upset_store *store, struct upset_table *table,
	const struct selection *selection, const struct upset_report_options *options, FILE *out,
	struct upset_error *error)
{
	struct upset_table again = {0};
	int result;

	if (options->view->vertical)
		return upset_write_vertical(table, options, out, error);
	result = open_table(&again, store, selection, error);
	if (result == 0)
		result = upset_write_terminal(table, &again, selection->limit, options, out, error);
	upset_store_cursor_close(again.cursor);
	return result;
}

int upset_report_finish(FILE *out, int result, struct upset_error *error)
{
	int code;

	if (result < 0 || (fflush(out) == 0 && !ferror(out)))
		return result;
	code = errno != 0 ? errno : EIO;
	return upset_error_set(error, code, "cannot write the output: %s", strerror(code));
}

int upset_report_write(struct upset_store *store, const struct upset_report_options *options,
	FILE *out, struct upset_error *error)
{
	struct selection selection = {0};
	struct upset_table table = {0};
	int result = build_selection(&selection, store, options, error);

	if (result == 0)
		result = open_table(&table, store, &selection, error);
	if (result != 0)
		return result;
	if (options->format == UPSET_FORMAT_CSV)
		result = upset_write_csv(&table, out, error);
	else if (options->format == UPSET_FORMAT_JSON)
		result = upset_write_json(&table, out, error);
	else
		result = write_for_terminal(store, &table, &selection, options, out, error);
	result = upset_report_finish(out, result, error);
	upset_store_cursor_close(table.cursor);
	return result;
}
