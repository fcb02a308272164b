/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callgrind's profile format, version 1, as valgrind's manual describes it: a line of
 * costs for each instruction, names by number after their first use; calls with what
 * they cost behind the instruction that makes them.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "export/costs.h"
#include "export/edges.h"
#include "export/internal.h"
#include "export/names.h"

enum kind { OBJECT, SOURCE, FUNCTION, KINDS };

struct writer {
	FILE *out;
	struct upset_names names[KINDS]; /* each kind is numbered for itself */
	size_t current[KINDS];		 /* the number that holds; 0: none yet */
	size_t home;			 /* the file that the function began in */
	uint64_t sums[UPSET_COSTS];
	struct upset_edges calls; /* as far as they were not written */
};

/* --- reading, twice: the sums stand before the rows ------------------------------------------- */

typedef int visit_row(
	struct writer *w, const struct upset_cost_row *row, struct upset_error *error);

static int visit_rows(struct upset_export_job *job, struct writer *w, int64_t run, visit_row *visit,
	struct upset_error *error)
{
	struct upset_costs costs;
	struct upset_cost_row row;
	int result = upset_costs_open(&costs, job->store, run, error);

	while (result == 0 && (result = upset_costs_next(&costs, &row, error)) == 1) {
		result = upset_export_check_stop(job, error);
		if (result == 0)
			result = visit(w, &row, error);
	}
	upset_costs_close(&costs);
	return result;
}

static int add_up(struct writer *w, const struct upset_cost_row *row, struct upset_error *error)
{
	(void)error;
	for (unsigned int i = 0; i < UPSET_COSTS; i++)
		w->sums[i] += row->costs[i];
	return 0;
}

/* --- the head --------------------------------------------------------------------------------- */

static void write_text(
	FILE *out, const char *before, struct upset_store_cursor *run, unsigned int i)
{
	(void)fputs(before, out);
	upset_export_write_name(upset_store_text(run, i, NULL), "", out);
}

static int write_provenance(struct upset_export_job *job, int64_t run, struct upset_error *error)
{
	static const char *const columns[] = {
		"upset_version", "program", "arguments", "started", "engine", "detail"};
	const struct upset_store_query query = {
		.view = "runs", .columns = columns, .column_count = 6, .run = run, .limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(job->store, &query, &cursor, error);

	if (result == 0)
		result = upset_store_next(cursor, error);
	if (result == 1) {
		write_text(job->out, "creator: upset ", cursor, 0);
		write_text(job->out, "\ncmd: ", cursor, 1);
		if (!upset_store_is_null(cursor, 2))
			write_text(job->out, " ", cursor, 2);
		(void)fprintf(job->out, "\ndesc: Golden run: %" PRId64, run);
		write_text(job->out, "\ndesc: Started: ", cursor, 3);
		write_text(job->out, "\ndesc: Engine: ", cursor, 4);
		write_text(job->out, "\ndesc: Detail: ", cursor, 5);
		(void)fputc('\n', job->out);
		result = 0;
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* The first @count of them. */
static void write_costs(const char *before, const uint64_t *costs, unsigned int count, FILE *out)
{
	(void)fputs(before, out);
	for (unsigned int i = 0; i < count; i++)
		(void)fprintf(out, " %" PRIu64, costs[i]);
	(void)fputc('\n', out);
}

/* The events are the last line of a head. */
static void write_events(FILE *out)
{
	(void)fputs("positions: instr line\n", out);
	for (unsigned int i = 0; i < UPSET_COSTS; i++)
		(void)fprintf(out, "event: %s : %s\n", upset_cost_names[i].event,
			upset_cost_names[i].meaning);
	(void)fputs("events:", out);
	for (unsigned int i = 0; i < UPSET_COSTS; i++)
		(void)fprintf(out, " %s", upset_cost_names[i].event);
	(void)fputc('\n', out);
}

/* --- the rows --------------------------------------------------------------------------------- */

/* A name under one of the format's keywords.  0 and *@number, -ENOMEM. */
static int write_text_of(struct writer *w, enum kind kind, const char *keyword, const char *text,
	size_t *number_of, struct upset_error *error)
{
	size_t before = w->names[kind].count;
	size_t number = upset_names_add(&w->names[kind], text);

	*number_of = number;
	if (number == 0)
		return upset_error_set(error, ENOMEM, "out of memory");
	(void)fprintf(w->out, "%s=(%zu)", keyword, number);
	if (number > before) {
		(void)fputc(' ', w->out);
		upset_export_write_name(text, "", w->out);
	}
	(void)fputc('\n', w->out);
	return 0;
}

/* The same, of a name that holds from here on. */
static int write_name(struct writer *w, enum kind kind, const char *keyword, const char *text,
	struct upset_error *error)
{
	return write_text_of(w, kind, keyword, text, &w->current[kind], error);
}

static bool is_current(const struct writer *w, enum kind kind, const char *text)
{
	return w->current[kind] != 0 &&
	       strcmp(w->names[kind].items[w->current[kind] - 1], text) == 0;
}

/* Say where the row lies, as far as that is another place than the last one's. */
static int write_place(
	struct writer *w, const struct upset_cost_row *row, struct upset_error *error)
{
	bool moved = !is_current(w, OBJECT, row->module);
	int result = 0;

	if (moved)
		result = write_name(w, OBJECT, "ob", row->module, error);
	if (result == 0 && (moved || !is_current(w, FUNCTION, row->function))) {
		result = write_name(w, SOURCE, "fl", row->file, error);
		w->home = w->current[SOURCE];
		if (result == 0)
			result = write_name(w, FUNCTION, "fn", row->function, error);
	} else if (result == 0 && !is_current(w, SOURCE, row->file)) {
		bool back = strcmp(w->names[SOURCE].items[w->home - 1], row->file) == 0;

		result = write_name(w, SOURCE, back ? "fe" : "fi", row->file, error);
	}
	return result;
}

/* What is called at @row: a name, how often, and the inclusive costs. */
static int write_call(struct writer *w, const struct upset_cost_row *row,
	const struct upset_edge *call, struct upset_error *error)
{
	size_t number;
	int result = write_text_of(w, OBJECT, "cob", call->module, &number, error);

	if (result == 0)
		result = write_text_of(w, SOURCE, "cfi", call->file, &number, error);
	if (result == 0)
		result = write_text_of(w, FUNCTION, "cfn", call->function, &number, error);
	(void)fprintf(w->out, "calls=%" PRIu64 " 0x%" PRIx64 " %" PRId64 "\n", call->calls,
		call->address, call->line);
	(void)fprintf(w->out, "0x%" PRIx64 " %" PRId64, row->address, row->line);
	write_costs("", call->costs, call->cost_count, w->out);
	return result;
}

static int write_row(struct writer *w, const struct upset_cost_row *row, struct upset_error *error)
{
	struct upset_edge call;
	int result = write_place(w, row, error), more = 0;

	(void)fprintf(w->out, "0x%" PRIx64 " %" PRId64, row->address, row->line);
	write_costs("", row->costs, UPSET_COSTS, w->out);
	while (result == 0 &&
		(more = upset_edges_next(&w->calls, row->instruction, &call, error)) == 1)
		result = write_call(w, row, &call, error);
	return more < 0 ? more : result;
}

int upset_export_callgrind(struct upset_export_job *job, struct upset_error *error)
{
	struct writer w = {.out = job->out};
	int64_t run = 0;
	int result = upset_store_find_run(job->store, job->options->run, &run, error);

	if (result == 0)
		result = visit_rows(job, &w, run, add_up, error);
	if (result == 0) {
		(void)fputs("# callgrind format\nversion: 1\n", job->out);
		result = write_provenance(job, run, error);
	}
	if (result == 0) {
		write_events(job->out);
		write_costs("summary:", w.sums, UPSET_COSTS, job->out);
		result = upset_edges_open(&w.calls, job->store, run, error);
	}
	if (result == 0)
		result = visit_rows(job, &w, run, write_row, error);
	upset_edges_close(&w.calls);
	write_costs("totals:", w.sums, UPSET_COSTS, job->out);
	for (unsigned int i = 0; i < KINDS; i++)
		upset_names_fini(&w.names[i]);
	return result;
}
