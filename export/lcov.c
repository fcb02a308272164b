/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracefiles, as the manual page of geninfo(1) describes them.  A function's record is
 * from the module's symbols when the module is as it was, else from the study.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "export/coverage.h"
#include "export/internal.h"
#include "symbols/symbols.h"

enum { FIRST_ROOM = 1024 };

struct executed {
	uint64_t address, count;
};

/* A module, from its first instruction on. */
struct module {
	int64_t id;
	char *path;
	struct executed *items; /* by address */
	size_t count, room;
	bool readable; /* its file can be asked for what was not executed */
};

/* A row of the study; texts last until the next one. */
struct instruction {
	int64_t module_id, line;
	const char *module, *function, *file;
	uint64_t address, count;
};

struct reader {
	struct upset_export_job *job;
	struct upset_coverage coverage;
	struct upset_names owners; /* functions of modules */
	struct module module;
	uint64_t entry; /* of the function visited last */
	char *function; /* of the instruction read last */
	size_t owner;	/* its number */
	int64_t run;
	struct upset_error *error;
};

static int out_of_memory(struct reader *r)
{
	return upset_error_set(r->error, ENOMEM, "out of memory");
}

/* --- functions, as the study has them --------------------------------------------------------- */

/* GCC splits off what is rarely executed: "f.cold" is a part of f. */
static size_t base_length(const char *function)
{
	const char *cold = strstr(function, ".cold");

	return cold != NULL && cold != function ? (size_t)(cold - function) : strlen(function);
}

static bool is_part(const char *function)
{
	return base_length(function) != strlen(function);
}

/* The number of @kind and the function in the module that is read; 0: out of memory. */
static size_t number_of(struct reader *r, char kind, const char *function)
{
	char *key;
	size_t number;

	if (asprintf(&key, "%c %" PRId64 " %.*s", kind, r->module.id, (int)base_length(function),
		    function) < 0)
		return 0;
	number = upset_names_add(&r->owners, key);
	free(key);
	return number;
}

/* Go on in @function, if the instruction before was in another one. */
static int enter_function(struct reader *r, const char *function)
{
	if (r->function != NULL && strcmp(r->function, function) == 0)
		return 0;
	free(r->function);
	r->function = strdup(function);
	r->owner = number_of(r, 'f', function);
	return r->function != NULL && r->owner != 0 ? 0 : out_of_memory(r);
}

/* The first instruction of a function is where it was entered. */
static int begin_function(struct reader *r, const struct instruction *i)
{
	size_t before = r->owners.count, number;

	if (i->function[0] == '\0' || is_part(i->function))
		return 0;
	number = number_of(r, 'b', i->function);
	if (number == 0)
		return out_of_memory(r);
	if (number <= before)
		return 0;
	return upset_coverage_add_function(
		&r->coverage, i->file, i->line, i->function, i->count, r->error);
}

/* --- what was not executed -------------------------------------------------------------------- */

static int compare_executed(const void *a, const void *b)
{
	const struct executed *one = a, *other = b;

	return (one->address > other->address) - (one->address < other->address);
}

static uint64_t count_at(const struct module *m, uint64_t address)
{
	const struct executed key = {.address = address};
	const struct executed *found =
		bsearch(&key, m->items, m->count, sizeof(key), compare_executed);

	return found != NULL ? found->count : 0;
}

static int visit_place(void *context, uint64_t address, const struct upset_place *place)
{
	struct reader *r = context;
	int result;

	if (place->file == NULL || place->line == 0)
		return 0;
	result = upset_coverage_add_line(&r->coverage, place->file, place->line, 0, 0, r->error);
	if (result != 0 || address != place->function_address || address == r->entry ||
		is_part(place->function))
		return result;
	r->entry = address;
	return upset_coverage_add_function(&r->coverage, place->file, place->line, place->function,
		count_at(&r->module, address), r->error);
}

static int read_line_table(struct reader *r)
{
	struct upset_symbols *symbols = upset_symbols_open(r->module.path);
	int result;

	if (symbols == NULL)
		return out_of_memory(r);
	r->entry = UINT64_MAX;
	result = upset_symbols_visit_lines(symbols, visit_place, r);
	upset_symbols_close(symbols);
	return result == -ENOMEM ? out_of_memory(r) : result;
}

/* --- modules ---------------------------------------------------------------------------------- */

/* 1: an instruction of the module has a line; else its table says nothing of the run. */
static int has_lines(struct reader *r)
{
	static const char *const columns[] = {"line"};
	char condition[96];
	const struct upset_store_query query = {.view = "instructions",
		.columns = columns,
		.column_count = 1,
		.run = r->run,
		.condition = condition,
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result;

	(void)snprintf(condition, sizeof(condition),
		"module_id = %" PRId64 " AND line IS NOT NULL AND file IS NOT NULL", r->module.id);
	result = upset_store_select(r->job->store, &query, &cursor, r->error);
	if (result == 0)
		result = upset_store_next(cursor, r->error);
	upset_store_cursor_close(cursor);
	return result;
}

/* Whether the module's file has the hash that it had at the end of the run. */
static int compare_hash(struct reader *r, const char *hash, bool *same)
{
	static const char *const columns[] = {"module", "sha256"};
	const struct upset_store_query query = {.view = "modules",
		.columns = columns,
		.column_count = 2,
		.run = r->run,
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(r->job->store, &query, &cursor, r->error);

	*same = false;
	while (result == 0 && (result = upset_store_next(cursor, r->error)) == 1) {
		if (strcmp(upset_store_text(cursor, 0, NULL), r->module.path) == 0)
			*same |= strcmp(upset_store_text(cursor, 1, NULL), hash) == 0;
		result = 0;
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* Find out whether the module's file can be asked, and say so when it should and cannot. */
static int check_file(struct reader *r)
{
	char hash[UPSET_HASH_HEX_SIZE];
	int code = upset_hash_file(r->module.path, hash, NULL), result = 0;

	if (code == 0)
		result = compare_hash(r, hash, &r->module.readable);
	if (result == 0 && !r->module.readable)
		upset_export_note(r->job,
			"%s %s: only those of its lines that were executed are written",
			r->module.path,
			code != 0 ? "cannot be read" : "is not the file that was executed");
	return result;
}

static int begin_module(struct reader *r, const struct instruction *i)
{
	int result;

	r->module = (struct module){.id = i->module_id, .path = strdup(i->module)};
	if (r->module.path == NULL)
		return out_of_memory(r);
	if (r->module.path[0] != '/')
		return 0;
	result = has_lines(r);
	return result == 1 ? check_file(r) : result;
}

static void forget_module(struct reader *r)
{
	free(r->module.path);
	free(r->module.items);
	r->module = (struct module){0};
	free(r->function);
	r->function = NULL;
}

static int end_module(struct reader *r)
{
	int result = r->module.readable ? read_line_table(r) : 0;

	forget_module(r);
	return result;
}

/* --- instructions ----------------------------------------------------------------------------- */

static int keep_address(struct reader *r, const struct instruction *i)
{
	struct module *m = &r->module;

	if (m->count == m->room) {
		size_t room = m->room == 0 ? FIRST_ROOM : 2 * m->room;
		struct executed *items = reallocarray(m->items, room, sizeof(*items));

		if (items == NULL)
			return out_of_memory(r);
		m->items = items;
		m->room = room;
	}
	m->items[m->count++] = (struct executed){i->address, i->count};
	return 0;
}

static int add_instruction(struct reader *r, const struct instruction *i)
{
	int result = 0;

	if (i->module_id != r->module.id) {
		result = end_module(r);
		if (result == 0)
			result = begin_module(r, i);
	}
	if (result == 0 && r->module.readable)
		result = keep_address(r, i);
	if (result != 0 || i->file[0] == '\0' || i->line <= 0 || i->count == 0)
		return result;
	result = enter_function(r, i->function);
	if (result == 0 && !r->module.readable)
		result = begin_function(r, i);
	if (result == 0)
		result = upset_coverage_add_line(
			&r->coverage, i->file, i->line, r->owner, i->count, r->error);
	return result;
}

static int read_instructions(struct reader *r)
{
	static const char *const columns[] = {
		"module_id", "line", "module", "function", "file", "address", "executions"};
	const struct upset_store_query query = {.view = "instructions",
		.columns = columns,
		.column_count = 7,
		.run = r->run,
		.order = "module_id, instruction",
		.limit = -1};
	struct upset_store_cursor *at = NULL;
	int result = upset_store_select(r->job->store, &query, &at, r->error);

	while (result == 0 && (result = upset_store_next(at, r->error)) == 1) {
		const struct instruction instruction = {
			.module_id = upset_store_integer(at, 0),
			.line = upset_store_integer(at, 1),
			.module = upset_store_text(at, 2, NULL),
			.function = upset_store_text(at, 3, NULL),
			.file = upset_store_text(at, 4, NULL),
			.address = (uint64_t)upset_store_integer(at, 5),
			.count = (uint64_t)upset_store_integer(at, 6),
		};

		result = upset_export_check_stop(r->job, r->error);
		if (result == 0)
			result = add_instruction(r, &instruction);
	}
	upset_store_cursor_close(at);
	if (result == 0)
		result = end_module(r);
	forget_module(r);
	return result;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The functions of a file, from @at on; the index of the first one of another file. */
static size_t write_functions(const struct upset_coverage *c, size_t file, size_t at, FILE *out)
{
	size_t end = at, hit = 0;

	for (; end < c->function_count && c->functions[end].file == file; end++) {
		(void)fprintf(out, "FN:%" PRId64 ",", c->functions[end].line);
		upset_export_write_name(c->names.items[c->functions[end].name - 1], ",", out);
		(void)fputc('\n', out);
	}
	for (size_t i = at; i < end; i++) {
		hit += c->functions[i].count > 0;
		(void)fprintf(out, "FNDA:%" PRIu64 ",", c->functions[i].count);
		upset_export_write_name(c->names.items[c->functions[i].name - 1], ",", out);
		(void)fputc('\n', out);
	}
	(void)fprintf(out, "FNF:%zu\nFNH:%zu\n", end - at, hit);
	return end;
}

/* The same for lines. */
static size_t write_lines(const struct upset_coverage *c, size_t file, size_t at, FILE *out)
{
	size_t end = at, hit = 0;

	for (; end < c->line_count && c->lines[end].file == file; end++) {
		hit += c->lines[end].count > 0;
		(void)fprintf(out, "DA:%" PRId64 ",%" PRIu64 "\n", c->lines[end].line,
			c->lines[end].count);
	}
	(void)fprintf(out, "LF:%zu\nLH:%zu\n", end - at, hit);
	return end;
}

static void write_files(const struct reader *r)
{
	const struct upset_coverage *c = &r->coverage;
	FILE *out = r->job->out;
	size_t function = 0, line = 0;

	for (size_t file = 1; file <= c->files.count; file++) {
		(void)fprintf(out, "TN:run_%" PRId64 "\nSF:", r->run);
		upset_export_write_name(c->files.items[file - 1], "", out);
		(void)fputc('\n', out);
		function = write_functions(c, file, function, out);
		line = write_lines(c, file, line, out);
		(void)fputs("end_of_record\n", out);
	}
}

int upset_export_lcov(struct upset_export_job *job, struct upset_error *error)
{
	struct reader r = {.job = job, .error = error};
	int result = upset_store_find_run(job->store, job->options->run, &r.run, error);

	if (result == 0)
		result = read_instructions(&r);
	if (result == 0) {
		upset_coverage_finish(&r.coverage);
		if (r.coverage.line_count == 0)
			upset_export_note(job,
				"no instruction of run %" PRId64
				" has a source line; compile the program with -g",
				r.run);
		write_files(&r);
	}
	upset_coverage_fini(&r.coverage);
	upset_names_fini(&r.owners);
	return result;
}
