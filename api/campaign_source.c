/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiments a campaign makes: those of a list, or samples of the fault space. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign.h"
#include "api/campaign_select.h"
#include "campaign/control.h"
#include "campaign/interval.h"

struct campaign_source {
	struct campaign_list *list; /* NULL: samples */
	struct upset_sample_place *places;
	struct upset_sample_range *ranges;
	struct upset_sample_space space;
	struct upset_sampler *sampler;
	uint64_t seed;
	char **modules; /* names that places point to */
	size_t module_count;
	uint64_t count;
	struct campaign_selection *selection;
	uint64_t executed, selected; /* instructions */
	bool named;		     /* functions, modules or lines */
};

struct campaign_source *campaign_source_list(
	struct campaign_list *list, const struct upset_isa *isa)
{
	struct campaign_source *s = calloc(1, sizeof(*s));

	if (s != NULL)
		*s = (struct campaign_source){
			.list = list, .count = campaign_list_count(list), .space = {.isa = isa}};
	return s;
}

int campaign_source_check(const struct campaign_source *s, const struct upset_subject *subject,
	const struct upset_trial *golden, struct upset_error *error)
{
	return s->list == NULL ? 0 : campaign_list_check_modules(s->list, subject, golden, error);
}

/* --- samples ---------------------------------------------------------------------------------- */

/* The name of a module in places; NULL: no memory. */
static const char *intern(struct campaign_source *s, const char *path)
{
	const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	char **grown;

	for (size_t i = 0; i < s->module_count; i++) {
		if (strcmp(s->modules[i], name) == 0)
			return s->modules[i];
	}
	grown = reallocarray(s->modules, s->module_count + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	s->modules = grown;
	grown[s->module_count] = strdup(name);
	return grown[s->module_count] == NULL ? NULL : grown[s->module_count++];
}

/* Code that is in no file has no place that holds for another run. */
static bool has_file(const char *module)
{
	return module[0] == '/';
}

static int add_place(struct campaign_source *s, const struct upset_sample_place *place)
{
	struct upset_sample_place *p = s->places;

	if ((s->space.count & (s->space.count + 1)) == 0)
		p = reallocarray(s->places, 2 * s->space.count + 1, sizeof(*p));
	if (p == NULL)
		return -ENOMEM;
	s->places = p;
	p[s->space.count++] = *place;
	s->selected += place->executions;
	return 0;
}

static int take_place(
	struct campaign_source *s, struct upset_store_cursor *cursor, const char *program)
{
	const struct campaign_place seen = {.module = upset_store_text(cursor, 0, NULL),
		.executions = (uint64_t)upset_store_integer(cursor, 2),
		.function = upset_store_text(cursor, 4, NULL),
		.file = upset_store_text(cursor, 5, NULL),
		.line = (uint64_t)upset_store_integer(cursor, 6)};
	struct upset_sample_place place = {.address = (uint64_t)upset_store_integer(cursor, 1),
		.executions = seen.executions,
		.size = (unsigned int)upset_store_integer(cursor, 3)};
	bool taken;
	int rc;

	if (!has_file(seen.module))
		return 0;
	s->executed += seen.executions;
	rc = campaign_selection_look(s->selection, &seen, &taken);
	if (rc != 0 || !taken)
		return rc;
	if (strcmp(seen.module, program) != 0) {
		place.module = intern(s, seen.module);
		if (place.module == NULL)
			return -ENOMEM;
	}
	return add_place(s, &place);
}

static int take_range(struct campaign_source *s, struct upset_store_cursor *cursor)
{
	struct upset_sample_range *r = s->ranges;

	if ((s->space.range_count & (s->space.range_count + 1)) == 0)
		r = reallocarray(s->ranges, 2 * s->space.range_count + 1, sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	s->ranges = r;
	r[s->space.range_count++] =
		(struct upset_sample_range){(uint64_t)upset_store_integer(cursor, 0), 4096};
	return 0;
}

static int load_places(struct campaign_source *s, struct upset_store *store, int64_t run,
	const char *program, struct upset_error *error)
{
	static const char *const columns[] = {
		"module", "address", "executions", "size", "function", "file", "line"};
	const struct upset_store_query query = {.view = "instructions",
		.columns = columns,
		.column_count = sizeof(columns) / sizeof(columns[0]),
		.run = run,
		.order = "module, address",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, &query, &cursor, error);

	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1)
		rc = take_place(s, cursor, program);
	upset_store_cursor_close(cursor);
	return rc == 0 ? campaign_selection_check(s->selection, error) : rc;
}

/* Pages of data that the program has written to. */
static int load_ranges(struct campaign_source *s, struct upset_store *store, int64_t run,
	struct upset_error *error)
{
	static const char *const columns[] = {"address"};
	const struct upset_store_query query = {.view = "page",
		.columns = columns,
		.column_count = 1,
		.run = run,
		.condition = "writes > 0",
		.order = "address",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, &query, &cursor, error);

	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1)
		rc = take_range(s, cursor);
	upset_store_cursor_close(cursor);
	return rc;
}

/* Whether the run had more than one thread. */
static int look_at_threads(struct campaign_source *s, struct upset_store *store, int64_t run,
	struct upset_error *error)
{
	static const char *const columns[] = {"thread"};
	const struct upset_store_query query = {
		.view = "threads", .columns = columns, .column_count = 1, .run = run, .limit = 2};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, &query, &cursor, error), count = 0;

	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1) {
		count++;
		rc = 0;
	}
	upset_store_cursor_close(cursor);
	s->space.threaded = count > 1;
	return rc;
}

static int make_sampler(struct campaign_source *s, const struct upset_campaign_options *options,
	struct upset_error *error)
{
	uint64_t population;

	s->space.places = s->places;
	s->space.ranges = s->ranges;
	s->seed = options->seed;
	s->named = options->functions != NULL || options->modules != NULL || options->lines != NULL;
	s->sampler = upset_sampler_new(&s->space);
	if (s->sampler == NULL)
		return upset_error_set(error, ENOMEM, "no memory for the fault space");
	population = upset_sampler_population(s->sampler);
	if (population == 0)
		return upset_error_set(error, EINVAL, "there is nothing to sample faults from%s",
			options->exclude != NULL ? "; --exclude leaves nothing" : "");
	s->count = options->experiments > 0
			   ? options->experiments
			   : upset_sample_size(population, options->margin, options->confidence);
	return 0;
}

int campaign_source_sample(struct campaign_source **source,
	const struct upset_campaign_options *options, struct upset_store *store, int64_t run,
	const char *program, const struct upset_isa *isa, struct upset_error *error)
{
	struct campaign_source *s = calloc(1, sizeof(*s));
	int rc = s == NULL ? -ENOMEM
			   : campaign_selection_new(&s->selection, options, program, error);

	if (rc == 0) {
		s->space.isa = isa;
		rc = load_places(s, store, run, program, error);
	}
	if (rc == 0)
		rc = look_at_threads(s, store, run, error);
	if (rc == 0)
		rc = campaign_words(options, &s->space.locations, &s->space.models, error);
	if (rc == 0 && s->space.locations & UPSET_SAMPLE_MEMORY)
		rc = load_ranges(s, store, run, error);
	if (rc == -ENOMEM)
		(void)upset_error_set(error, ENOMEM, "no memory for the fault space");
	if (rc == 0)
		rc = make_sampler(s, options, error);
	if (rc != 0) {
		campaign_source_free(s);
		return rc;
	}
	*source = s;
	return 0;
}

/* --- both ------------------------------------------------------------------------------------- */

uint64_t campaign_source_count(const struct campaign_source *s)
{
	return s->count;
}

uint64_t campaign_source_population(const struct campaign_source *s)
{
	return s->sampler == NULL ? 0 : upset_sampler_population(s->sampler);
}

/* Whether the file called @module is the dynamic linker or the C library. */
static bool is_library(const char *module)
{
	static const char *const names[] = {
		"ld-linux", "ld-musl", "ld.so", "ld-2.", "libc.so", "libc.musl", "libc-2."};

	for (size_t i = 0; module != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(module, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

uint64_t campaign_shard_count(uint64_t count, uint64_t shard, uint64_t shards)
{
	if (shards == 0)
		return count;
	return count > shard ? (count - shard - 1) / shards + 1 : 0;
}

void campaign_source_describe(const struct campaign_source *s, uint64_t shard, uint64_t shards,
	struct upset_campaign_state *state)
{
	state->planned = campaign_shard_count(s->count, shard, shards);
	if (s->sampler == NULL)
		return;
	state->population = upset_sampler_population(s->sampler);
	state->executed = s->executed;
	state->selected = s->selected;
	campaign_selection_describe(s->selection, state->selection, sizeof(state->selection));
	for (uint64_t i = shard; i < s->count && !s->named; i += shards)
		state->in_libraries +=
			is_library(upset_sampler_place(s->sampler, s->seed, i)->module);
}

int campaign_source_get(const struct campaign_source *s, uint64_t i, struct upset_faults *faults)
{
	return s->list != NULL ? campaign_list_get(s->list, i, faults)
			       : upset_sampler_fault(s->sampler, s->seed, i, faults);
}

int campaign_source_control(
	const struct campaign_source *s, uint64_t i, struct upset_faults *faults)
{
	int rc = s->sampler != NULL ? upset_sampler_fault(s->sampler, ~s->seed, i, faults)
				    : campaign_source_get(
					      s, upset_sample_below(~s->seed, i, s->count), faults);

	upset_control_disarm(faults, s->space.isa);
	return rc;
}

void campaign_source_free(struct campaign_source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->module_count; i++)
		free(s->modules[i]);
	campaign_selection_free(s->selection);
	upset_sampler_free(s->sampler);
	campaign_list_free(s->list);
	free(s->modules);
	free(s->places);
	free(s->ranges);
	free(s);
}
