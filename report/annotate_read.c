/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function out of the study, added up by line: see annotate_internal.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/annotate_internal.h"

enum { FIRST_ROOM = 256 };

static int out_of_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

double upset_annotate_share(uint64_t part, uint64_t whole)
{
	return (double)part / (double)whole;
}

/* --- instructions ----------------------------------------------------------------------------- */

/* The index of @path among the files, added when it is new; false: out of memory. */
static bool find_file(struct upset_annotation *a, const char *path, size_t *file)
{
	char **files;

	*file = UPSET_NO_FILE;
	if (*path == '\0')
		return true;
	/* The file of the instruction before is most often this one's. */
	for (size_t i = a->file_count; i-- > 0;)
		if (strcmp(a->files[i], path) == 0) {
			*file = i;
			return true;
		}
	files = reallocarray(a->files, a->file_count + 1, sizeof(*files));
	if (files == NULL)
		return false;
	a->files = files;
	a->files[a->file_count] = strdup(path);
	if (a->files[a->file_count] == NULL)
		return false;
	*file = a->file_count++;
	return true;
}

static struct upset_annotate_insn *new_insn(struct upset_annotation *a)
{
	if (a->insn_count == a->insn_room) {
		size_t room = a->insn_room == 0 ? FIRST_ROOM : 2 * a->insn_room;
		struct upset_annotate_insn *insns = reallocarray(a->insns, room, sizeof(*insns));

		if (insns == NULL)
			return NULL;
		a->insns = insns;
		a->insn_room = room;
	}
	return &a->insns[a->insn_count];
}

static int add_insn(
	struct upset_annotation *a, struct upset_store_cursor *row, struct upset_error *error)
{
	struct upset_annotate_insn *insn = new_insn(a);
	int64_t line = upset_store_integer(row, 4);

	if (insn == NULL)
		return out_of_memory(error);
	*insn = (struct upset_annotate_insn){
		.address = (uint64_t)upset_store_integer(row, 1),
		.text = strdup(upset_store_text(row, 2, NULL)),
		.line = line > 0 ? line : 0,
		.counts = {.executions = (uint64_t)upset_store_integer(row, 5), .shown = true},
	};
	if (insn->text == NULL)
		return out_of_memory(error);
	a->insn_count++;
	if (!find_file(a, upset_store_text(row, 3, NULL), &insn->file))
		return out_of_memory(error);
	if (insn->file == UPSET_NO_FILE || insn->line == 0) {
		insn->file = UPSET_NO_FILE;
		insn->line = 0;
	}
	a->sum.executions += insn->counts.executions;
	return 0;
}

static int read_insns(
	struct upset_annotation *a, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {
		"module", "address", "text", "file", "line", "executions"};
	const struct upset_store_query query = {.view = "instructions",
		.columns = columns,
		.column_count = 6,
		.run = a->run,
		.function = a->function,
		.condition = a->function == NULL ? "function IS NULL" : NULL,
		.order = "module_id, instruction",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(store, &query, &cursor, error);

	while (result == 0 && (result = upset_store_next(cursor, error)) == 1) {
		result = 0;
		if (strcmp(upset_store_text(cursor, 0, NULL), a->module) == 0)
			result = add_insn(a, cursor, error);
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* --- experiments ------------------------------------------------------------------------------ */

static void add_outcome(struct upset_annotate_outcomes *o, const char *outcome)
{
	const struct {
		const char *name;
		uint64_t *count;
		bool is_result;
	} kinds[] = {{"masked", &o->masked, true}, {"detected", &o->detected, true},
		{"sdc", &o->sdc, true}, {"due", &o->due, true},
		{"not-injected", &o->not_injected, false}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(outcome, kinds[i].name) == 0) {
			*kinds[i].count += 1;
			o->results += kinds[i].is_result;
		}
}

static void add_outcomes(
	struct upset_annotate_outcomes *sum, const struct upset_annotate_outcomes *part)
{
	sum->results += part->results;
	sum->masked += part->masked;
	sum->detected += part->detected;
	sum->sdc += part->sdc;
	sum->due += part->due;
	sum->not_injected += part->not_injected;
}

/* The first instruction at @address; NULL: none. */
static struct upset_annotate_insn *find_insn(struct upset_annotation *a, uint64_t address)
{
	size_t low = 0, high = a->insn_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->insns[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->insn_count && a->insns[low].address == address ? &a->insns[low] : NULL;
}

static void add_experiment(struct upset_annotation *a, struct upset_store_cursor *row)
{
	const char *outcome = upset_store_text(row, 2, NULL);
	struct upset_annotate_insn *insn = find_insn(a, (uint64_t)upset_store_integer(row, 1));

	if (insn == NULL) {
		a->strays++;
		return;
	}
	add_outcome(&insn->counts.outcomes, outcome);
	add_outcome(&a->sum.outcomes, outcome);
}

static int read_experiments(
	struct upset_annotation *a, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"module", "module_address", "outcome"};
	const struct upset_store_query query = {.view = "experiments",
		.columns = columns,
		.column_count = 3,
		.campaign = a->campaign,
		.function = a->function,
		.condition = a->function == NULL ? "function IS NULL AND module_address IS NOT NULL"
						 : "module_address IS NOT NULL",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(store, &query, &cursor, error);

	while (result == 0 && (result = upset_store_next(cursor, error)) == 1) {
		result = 0;
		if (strcmp(upset_store_text(cursor, 0, NULL), a->module) == 0)
			add_experiment(a, cursor);
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* By file (none last), line and address. */
static int compare_places(const void *left, const void *right, void *context)
{
	const struct upset_annotation *a = context;
	const size_t *i = left, *j = right;
	const struct upset_annotate_insn *one = &a->insns[*i], *other = &a->insns[*j];

	if (one->file != other->file)
		return one->file < other->file ? -1 : 1;
	if (one->line != other->line)
		return one->line < other->line ? -1 : 1;
	return (*i > *j) - (*i < *j);
}

static int add_up_lines(struct upset_annotation *a, struct upset_error *error)
{
	struct upset_annotate_line *line = NULL;

	a->by_line = calloc(a->insn_count, sizeof(*a->by_line));
	a->lines = calloc(a->insn_count, sizeof(*a->lines));
	if (a->by_line == NULL || a->lines == NULL)
		return out_of_memory(error);
	for (size_t i = 0; i < a->insn_count; i++)
		a->by_line[i] = i;
	qsort_r(a->by_line, a->insn_count, sizeof(*a->by_line), compare_places, a);
	for (size_t i = 0; i < a->insn_count; i++) {
		const struct upset_annotate_insn *insn = &a->insns[a->by_line[i]];

		if (line == NULL || line->file != insn->file || line->line != insn->line) {
			line = &a->lines[a->line_count++];
			*line = (struct upset_annotate_line){
				insn->file, insn->line, i, 0, .counts = {.shown = true}};
		}
		line->count++;
		line->counts.executions += insn->counts.executions;
		add_outcomes(&line->counts.outcomes, &insn->counts.outcomes);
	}
	return 0;
}

/* --- the rows that count most ----------------------------------------------------------------- */

static int compare_downwards(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return (*one < *other) - (*one > *other);
}

static struct upset_annotate_counts *counts_of(struct upset_annotation *a, bool lines, size_t i)
{
	return lines ? &a->lines[i].counts : &a->insns[i].counts;
}

static uint64_t failures(const struct upset_annotate_counts *counts)
{
	return counts->outcomes.sdc + counts->outcomes.due;
}

/* What rows are chosen by. */
static uint64_t weight(const struct upset_annotation *a, const struct upset_annotate_counts *counts)
{
	return failures(&a->sum) > 0 ? failures(counts) : counts->executions;
}

/* The weights of all lines or instructions, the highest first; the caller frees them. */
static uint64_t *sort_weights(struct upset_annotation *a, bool lines)
{
	size_t count = lines ? a->line_count : a->insn_count;
	uint64_t *values = calloc(count, sizeof(*values));

	for (size_t i = 0; values != NULL && i < count; i++)
		values[i] = weight(a, counts_of(a, lines, i));
	if (values != NULL)
		qsort(values, count, sizeof(*values), compare_downwards);
	return values;
}

/* Mark as many, from the one with most failures on, as make half of them. */
static int mark(struct upset_annotation *a, bool lines, struct upset_error *error)
{
	size_t count = lines ? a->line_count : a->insn_count, least = 0;
	uint64_t *values, sum;

	if (failures(&a->sum) == 0)
		return 0;
	values = sort_weights(a, lines);
	if (values == NULL)
		return out_of_memory(error);
	sum = values[0];
	while (2 * sum < failures(&a->sum))
		sum += values[++least];
	for (size_t i = 0; i < count; i++) {
		struct upset_annotate_counts *counts = counts_of(a, lines, i);

		counts->marked = failures(counts) >= values[least];
	}
	free(values);
	return 0;
}

int upset_annotation_choose(
	struct upset_annotation *a, bool lines, int64_t top, struct upset_error *error)
{
	size_t count = lines ? a->line_count : a->insn_count, left = (size_t)top;
	uint64_t *values, least;

	if (top == 0 || left >= count)
		return 0;
	values = sort_weights(a, lines);
	if (values == NULL)
		return out_of_memory(error);
	least = values[left - 1];
	free(values);
	for (size_t i = 0; i < count; i++)
		left -= weight(a, counts_of(a, lines, i)) > least;
	for (size_t i = 0; i < count; i++) {
		struct upset_annotate_counts *counts = counts_of(a, lines, i);
		bool equal = weight(a, counts) == least;

		counts->shown = weight(a, counts) > least || (equal && left > 0);
		left -= equal && left > 0;
	}
	return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int read_sources(struct upset_annotation *a, struct upset_error *error)
{
	a->sources = calloc(a->file_count + 1, sizeof(*a->sources));
	if (a->sources == NULL)
		return out_of_memory(error);
	for (size_t i = 0; i < a->file_count; i++)
		upset_source_read(&a->sources[i], a->files[i], a->run_started);
	return 0;
}

int upset_annotation_read(
	struct upset_annotation *a, struct upset_store *store, struct upset_error *error)
{
	int result = read_insns(a, store, error);

	if (result != 0 || a->insn_count == 0)
		return result;
	if (a->campaign != 0)
		result = read_experiments(a, store, error);
	if (result == 0)
		result = add_up_lines(a, error);
	if (result == 0)
		result = mark(a, true, error);
	if (result == 0)
		result = mark(a, false, error);
	return result == 0 ? read_sources(a, error) : result;
}

void upset_annotation_fini(struct upset_annotation *a)
{
	for (size_t i = 0; i < a->insn_count; i++)
		free(a->insns[i].text);
	for (size_t i = 0; i < a->file_count; i++) {
		if (a->sources != NULL)
			upset_source_fini(&a->sources[i]);
		free(a->files[i]);
	}
	free(a->insns);
	free(a->files);
	free(a->sources);
	free(a->lines);
	free(a->by_line);
	free(a->module);
	free(a->function);
	free(a->run_started);
	*a = (struct upset_annotation){0};
}
