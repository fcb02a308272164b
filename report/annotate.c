/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which run, campaign and function `upset annotate` is about: see annotate.h. */
#include "report/annotate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/annotate_internal.h"
#include "report/internal.h"
#include "store/campaign.h"

struct choice {
	struct upset_store *store;
	const struct upset_annotate_options *options;
	struct upset_error *error;
	int64_t run, campaign; /* campaign 0: none */
	uint64_t run_instructions;
	char *run_started, *run_program; /* the program's hash */
	char *campaign_program;
	int64_t campaign_run; /* its golden run, 0: not in the study */
};

/* A function of a module; function NULL: instructions without one. */
struct place {
	char *module, *function;
};

struct places {
	struct place *items;
	size_t count;
};

static int out_of_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

static void note(const struct upset_annotate_options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(const struct upset_annotate_options *options, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	if (options->note == NULL)
		return;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	options->note(options->context, message);
}

/* --- which run, which campaign ---------------------------------------------------------------- */

static int read_campaign(struct choice *c)
{
	static const char *const columns[] = {"program_sha256", "run"};
	const struct upset_store_query query = {.view = "campaigns",
		.columns = columns,
		.column_count = 2,
		.campaign = c->campaign,
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(c->store, &query, &cursor, c->error);

	if (result == 0 && (result = upset_store_next(cursor, c->error)) == 1) {
		c->campaign_program = strdup(upset_store_text(cursor, 0, NULL));
		c->campaign_run = upset_store_integer(cursor, 1);
		result = c->campaign_program != NULL ? 0 : out_of_memory(c->error);
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* The campaign asked for, else the latest; none where none was asked for and there is none. */
static int choose_campaign(struct choice *c)
{
	int64_t wanted = c->options->campaign;
	int result = upset_store_choose_campaign(
		c->store, wanted, &c->campaign, wanted != 0 ? c->error : NULL);

	if (result == -ENOENT && wanted == 0) {
		c->campaign = 0;
		return 0;
	}
	return result == 0 ? read_campaign(c) : result;
}

/* The latest run of the campaign's program into *@run; 0: there is none. */
static int find_run_of_program(struct choice *c, int64_t *run)
{
	static const char *const columns[] = {"run", "program_sha256"};
	const struct upset_store_query query = {
		.view = "runs", .columns = columns, .column_count = 2, .order = "run", .limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(c->store, &query, &cursor, c->error);

	*run = 0;
	while (result == 0 && (result = upset_store_next(cursor, c->error)) == 1) {
		if (strcmp(upset_store_text(cursor, 1, NULL), c->campaign_program) == 0)
			*run = upset_store_integer(cursor, 0);
		result = 0;
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* The run asked for, else the campaign's, else one of its program, else the latest. */
static int choose_run(struct choice *c)
{
	int64_t wanted = c->options->run;
	int result = 0;

	if (wanted == 0 && c->campaign != 0) {
		wanted = c->campaign_run;
		if (wanted == 0)
			result = find_run_of_program(c, &wanted);
		if (result == 0 && wanted == 0 && c->options->campaign != 0)
			return upset_error_set(c->error, ENOENT,
				"there is no run of the program of campaign %" PRId64
				"; make one with `upset golden`",
				c->campaign);
	}
	return result == 0 ? upset_store_find_run(c->store, wanted, &c->run, c->error) : result;
}

static int read_run(struct choice *c)
{
	static const char *const columns[] = {"instructions", "started", "program_sha256"};
	const struct upset_store_query query = {
		.view = "runs", .columns = columns, .column_count = 3, .run = c->run, .limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(c->store, &query, &cursor, c->error);

	if (result == 0 && (result = upset_store_next(cursor, c->error)) == 1) {
		c->run_instructions = (uint64_t)upset_store_integer(cursor, 0);
		c->run_started = strdup(upset_store_text(cursor, 1, NULL));
		c->run_program = strdup(upset_store_text(cursor, 2, NULL));
		result = c->run_started != NULL && c->run_program != NULL ? 0
									  : out_of_memory(c->error);
	}
	upset_store_cursor_close(cursor);
	return result;
}

/* A campaign of another program is an error when it was asked for, else left out. */
static int match(struct choice *c)
{
	if (c->campaign == 0 || strcmp(c->run_program, c->campaign_program) == 0)
		return 0;
	if (c->options->campaign != 0)
		return upset_error_set(c->error, EINVAL,
			"campaign %" PRId64 " and run %" PRId64 " are of different programs",
			c->campaign, c->run);
	c->campaign = 0;
	return 0;
}

static int choose(struct choice *c)
{
	int result = choose_campaign(c);

	if (result == 0)
		result = choose_run(c);
	if (result == 0)
		result = read_run(c);
	return result == 0 ? match(c) : result;
}

static void forget(struct choice *c)
{
	free(c->run_started);
	free(c->run_program);
	free(c->campaign_program);
}

/* --- which functions -------------------------------------------------------------------------- */

static void free_places(struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->items[i].module);
		free(places->items[i].function);
	}
	free(places->items);
	*places = (struct places){0};
}

static int add_place(
	struct places *places, struct upset_store_cursor *row, struct upset_error *error)
{
	struct place *items = reallocarray(places->items, places->count + 1, sizeof(*items));
	bool named = !upset_store_is_null(row, 1);
	struct place *place;

	if (items == NULL)
		return out_of_memory(error);
	places->items = items;
	place = &items[places->count++];
	place->module = strdup(upset_store_text(row, 0, NULL));
	place->function = named ? strdup(upset_store_text(row, 1, NULL)) : NULL;
	return place->module != NULL && (!named || place->function != NULL) ? 0
									    : out_of_memory(error);
}

/* Functions of a view in @order, at most @limit; those called @name when it is not NULL. */
static int list_places(struct choice *c, struct places *places, const char *view, const char *name,
	const char *order, int64_t limit)
{
	static const char *const columns[] = {"module", "function"};
	bool of_run = strcmp(view, "functions") == 0;
	const struct upset_store_query query = {.view = view,
		.columns = columns,
		.column_count = 2,
		.run = of_run ? c->run : 0,
		.campaign = of_run ? 0 : c->campaign,
		.function = name,
		.condition = of_run ? NULL : "module IS NOT NULL AND results > 0",
		.order = order,
		.limit = limit};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(c->store, &query, &cursor, c->error);

	while (result == 0 && (result = upset_store_next(cursor, c->error)) == 1)
		result = add_place(places, cursor, c->error);
	upset_store_cursor_close(cursor);
	return result;
}

/* Those to annotate: all called by the name asked for, or candidates, the best first. */
static int find_places(struct choice *c, struct places *places)
{
	static const char hottest[] = "executions DESC, module_number, address";
	const char *name = c->options->function;
	int result = 0;

	if (name == NULL && c->campaign != 0)
		result = list_places(c, places, "by_function", NULL,
			"sdc DESC, due DESC, results DESC, module, function", -1);
	if (result == 0)
		result = list_places(c, places, "functions", name, hottest, name != NULL ? -1 : 1);
	if (result == 0 && places->count == 0 && name != NULL)
		return upset_error_set(c->error, ENOENT,
			"run %" PRId64 " executed no function '%s'; `upset show` lists them in its "
			"view functions",
			c->run, name);
	if (result == 0 && places->count == 0)
		return upset_error_set(
			c->error, ENOENT, "run %" PRId64 " has no instructions", c->run);
	return result;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void tell(const struct upset_annotation *a, const struct upset_annotate_options *options)
{
	/* Tables say it above the lines. */
	for (size_t i = 0; options->format != UPSET_FORMAT_TERMINAL && i < a->file_count; i++)
		if (a->sources[i].newer)
			note(options, "%s is newer than run %" PRId64 ": lines may have moved",
				a->files[i], a->run);
	if (a->strays > 0)
		note(options,
			"%" PRIu64 " experiments are left out: run %" PRId64
			" executed no instruction at their addresses",
			a->strays, a->run);
}

/* Annotate one; *@written counts those that the run has instructions of. */
static int write_place(struct choice *c, struct place *place, size_t *written, FILE *out)
{
	const struct upset_annotate_options *options = c->options;
	bool lines = options->rows == UPSET_ANNOTATE_LINES;
	struct upset_annotation a = {.run = c->run,
		.campaign = c->campaign,
		.run_instructions = c->run_instructions,
		.run_started = strdup(c->run_started),
		.module = place->module,
		.function = place->function};
	int result = a.run_started != NULL ? upset_annotation_read(&a, c->store, c->error)
					   : out_of_memory(c->error);

	*place = (struct place){0}; /* its names are the annotation's now */
	lines |= options->rows == UPSET_ANNOTATE_BOTH && options->format == UPSET_FORMAT_TERMINAL &&
		 a.file_count > 0;
	if (result == 0 && a.insn_count > 0)
		result = upset_annotation_choose(&a, lines, options->top, c->error);
	if (result == 0 && a.insn_count > 0) {
		tell(&a, options);
		if (options->format == UPSET_FORMAT_TERMINAL)
			upset_annotate_print(&a, options, out);
		else
			upset_annotate_data(&a, options, *written == 0, out);
		*written += 1;
	}
	upset_annotation_fini(&a);
	return result;
}

static int write_places(struct choice *c, struct places *places, FILE *out)
{
	size_t written = 0;
	int result = 0;

	if (c->options->format != UPSET_FORMAT_TERMINAL)
		upset_annotate_data_begin(c->options, out);
	for (size_t i = 0; result == 0 && i < places->count; i++) {
		/* Of candidates the first that there is. */
		if (c->options->function == NULL && written > 0)
			break;
		if (c->options->format == UPSET_FORMAT_TERMINAL && written > 0)
			(void)fputc('\n', out);
		result = write_place(c, &places->items[i], &written, out);
	}
	if (c->options->format != UPSET_FORMAT_TERMINAL)
		upset_annotate_data_end(c->options, out);
	return upset_report_finish(out, result, c->error);
}

int upset_annotate_write(struct upset_store *store, const struct upset_annotate_options *options,
	FILE *out, struct upset_error *error)
{
	struct choice choice = {.store = store, .options = options, .error = error};
	struct places places = {0};
	int result = choose(&choice);

	if (result == 0)
		result = find_places(&choice, &places);
	if (result == 0)
		result = write_places(&choice, &places, out);
	free_places(&places);
	forget(&choice);
	return result;
}
