/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a campaign is asked for, and which campaign that is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign.h"
#include "api/campaign_select.h"
#include "api/ends.h"
#include "api/judging.h"
#include "api/program.h"
#include "base/hash.h"

enum { JOBS_MOST = 1024, CONTROLS_MOST = 1000000, SHARDS_MOST = 1000000 };

/* --- checking --------------------------------------------------------------------------------- */

void upset_campaign_options_init(struct upset_campaign_options *o)
{
	*o = (struct upset_campaign_options){.engine = "qemu",
		.locations = "gpr",
		.models = "flip",
		.margin = 0.03,
		.confidence = 0.95,
		.seed = 1,
		.controls = -1,
		.judging = {.detected_exit = -1}};
}

static bool limits_anything(const struct upset_limits *l)
{
	return l->memory_bytes != 0 || l->file_bytes != 0 || l->cpu_seconds != 0 ||
	       l->processes != 0;
}

static int check_numbers(const struct upset_campaign_options *o, struct upset_error *error)
{
	if (!(o->confidence > 0.5 && o->confidence < 1))
		return upset_error_set(error, EINVAL,
			"--confidence %g%% is no share between 50%% and 100%%",
			100 * o->confidence);
	if (!(o->margin > 0 && o->margin < 0.5))
		return upset_error_set(error, EINVAL,
			"--margin %g%% is no share between 0 and 50%%", 100 * o->margin);
	if (o->jobs > JOBS_MOST)
		return upset_error_set(error, EINVAL, "--jobs is between 1 and %d", JOBS_MOST);
	if (o->seed > INT64_MAX || o->experiments > INT64_MAX)
		return upset_error_set(
			error, EINVAL, "--seed and --experiments are at most %" PRId64, INT64_MAX);
	if (o->shards > SHARDS_MOST || (o->shards > 0 && o->shard >= o->shards) ||
		(o->plan && o->shards > 0))
		return upset_error_set(error, EINVAL,
			"a shard is K/N with K from 0 to N - 1 and N up to %d, and a plan has none",
			SHARDS_MOST);
	if (o->controls > CONTROLS_MOST)
		return upset_error_set(error, EINVAL, "--controls is at most %d", CONTROLS_MOST);
	if (o->no_sandbox && limits_anything(&o->limits))
		return upset_error_set(error, EINVAL,
			"without a sandbox there are no limits: leave --no-sandbox or --limit-... "
			"out");
	return 0;
}

static bool has_names(const struct upset_campaign_options *o)
{
	return o->functions != NULL || o->modules != NULL || o->lines != NULL || o->exclude != NULL;
}

static int check_source(const struct upset_campaign_options *o, struct upset_error *error)
{
	struct campaign_selection *selection = NULL;
	int rc;

	if (o->faults != NULL && (o->experiments > 0 || has_names(o)))
		return upset_error_set(error, EINVAL,
			"a list of faults is not sampled: leave -n, --margin, --functions, "
			"--modules, --lines and --exclude out");
	rc = campaign_selection_new(&selection, o, NULL, error);
	campaign_selection_free(selection);
	return rc;
}

int upset_campaign_check(const struct upset_campaign_options *o, struct upset_error *error)
{
	const struct upset_engine *engine;
	unsigned int locations, models;
	int rc = upset_judging_check(&o->judging, error);

	if (rc == 0)
		rc = check_numbers(o, error);
	if (rc == 0)
		rc = check_source(o, error);
	if (rc == 0)
		rc = ends_check(o->golden_ends, error);
	if (rc == 0)
		rc = campaign_words(o, &locations, &models, error);
	if (rc == 0)
		rc = program_choose_engine(&engine, o->engine, true, error);
	if (rc == 0 && (o->study == NULL || o->program.arguments == NULL ||
			       o->program.arguments[0] == NULL))
		rc = upset_error_set(error, EINVAL,
			"a campaign needs a study, and a program with its arguments");
	return rc;
}

/* --- which campaign it is --------------------------------------------------------------------- */

static void add_text(struct upset_hash *hash, const char *text)
{
	upset_hash_update(hash, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

static void add_number(struct upset_hash *hash, double number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.17g", number);
	add_text(hash, text);
}

static void add_list(struct upset_hash *hash, const struct campaign_source *source)
{
	for (uint64_t i = 0; i < campaign_source_count(source); i++) {
		struct upset_faults faults;
		char *text = NULL;

		if (campaign_source_get(source, i, &faults) == 0)
			text = upset_faults_print(&faults);
		upset_faults_free(&faults);
		add_text(hash, text);
		free(text);
	}
}

/* Nothing for what was not given, so that a campaign stays the same when there are more options. */
static void add_selection(struct upset_hash *hash, const struct upset_campaign_options *o)
{
	const char *const options[][2] = {{"--functions", o->functions}, {"--modules", o->modules},
		{"--lines", o->lines}, {"--exclude", o->exclude}};

	add_text(hash, NULL);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i][1] != NULL) {
			add_text(hash, options[i][0]);
			add_text(hash, options[i][1]);
		}
	}
}

/* What follows from the golden run is no part of it: only what was asked for. */
static void add_limits(struct upset_hash *hash, const struct upset_limits *l)
{
	if (!limits_anything(l))
		return;
	add_number(hash, (double)l->memory_bytes);
	add_number(hash, (double)l->file_bytes);
	add_number(hash, (double)l->cpu_seconds);
	add_number(hash, (double)l->processes);
}

/* Everything that results depend on, and nothing else: not how fast they are made. */
int campaign_options_identify(const struct upset_campaign_options *o,
	const struct upset_provenance *p, const struct campaign_source *list,
	char identity[UPSET_HASH_HEX_SIZE], struct upset_error *error)
{
	unsigned int locations, models;
	struct upset_hash *hash;

	if (campaign_words(o, &locations, &models, error) != 0)
		return -EINVAL;
	hash = upset_hash_new();
	if (hash == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	add_text(hash, o->engine);
	add_text(hash, p->program);
	add_text(hash, p->program_sha256);
	add_text(hash, p->folder);
	for (char *const *a = p->arguments; *a != NULL; a++)
		add_text(hash, *a);
	for (char *const *e = p->environment; *e != NULL; e++)
		add_text(hash, *e);
	if (p->sysroot != NULL)
		add_text(hash, p->sysroot);
	for (size_t i = 0; i < p->input_count; i++)
		add_text(hash, p->inputs[i].sha256);
	if (list != NULL)
		add_list(hash, list);
	else
		add_selection(hash, o);
	/* -1: none was asked for. */
	add_number(hash, o->experiments > 0 ? (double)o->experiments : -1);
	add_number(hash, o->margin);
	add_number(hash, o->confidence);
	add_number(hash, (double)o->seed);
	add_number(hash, locations);
	add_number(hash, models);
	add_text(hash, o->judging.detected);
	add_number(hash, (double)o->judging.detected_exit);
	add_text(hash, o->judging.check);
	add_number(hash, o->judging.ignore_stdout + 2 * o->judging.ignore_stderr +
				 4 * o->judging.ignore_files + 8 * o->no_sandbox);
	add_limits(hash, &o->limits);
	upset_hash_finish(hash, identity);
	upset_hash_free(hash);
	return 0;
}

/* As a word of a shell's command line. */
static void print_quoted(FILE *out, const char *option, const char *text)
{
	fprintf(out, " %s '", option);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

static void print_limits(FILE *out, const struct upset_limits *l)
{
	const struct {
		const char *option;
		uint64_t value;
	} limits[] = {{"--limit-memory", l->memory_bytes}, {"--limit-file", l->file_bytes},
		{"--limit-cpu", l->cpu_seconds}, {"--limit-processes", l->processes}};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limits[i].value != 0)
			fprintf(out, " %s %" PRIu64, limits[i].option, limits[i].value);
	}
}

/* What was asked for, as it can be given again. */
char *campaign_options_print(const struct upset_campaign_options *o)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fprintf(out, "--engine %s --confidence %g%%", o->engine, 100 * o->confidence);
	if (o->faults != NULL) {
		fprintf(out, " --faults %s", o->faults);
	} else {
		if (o->experiments > 0)
			fprintf(out, " -n %" PRIu64, o->experiments);
		else
			fprintf(out, " --margin %g%%", 100 * o->margin);
		fprintf(out, " --seed %" PRIu64 " --locations %s --models %s", o->seed,
			o->locations, o->models);
		if (o->functions != NULL)
			print_quoted(out, "--functions", o->functions);
		if (o->modules != NULL)
			print_quoted(out, "--modules", o->modules);
		if (o->lines != NULL)
			print_quoted(out, "--lines", o->lines);
		if (o->exclude != NULL)
			print_quoted(out, "--exclude", o->exclude);
	}
	if (o->judging.detected != NULL)
		print_quoted(out, "--detected", o->judging.detected);
	if (o->judging.detected_exit >= 0)
		fprintf(out, " --detected-exit %" PRId64, o->judging.detected_exit);
	if (o->judging.check != NULL)
		print_quoted(out, "--check", o->judging.check);
	if (o->golden_ends != NULL)
		print_quoted(out, "--golden-ends", o->golden_ends);
	print_limits(out, &o->limits);
	fprintf(out, "%s%s%s%s", o->judging.ignore_stdout ? " --ignore-stdout" : "",
		o->judging.ignore_stderr ? " --ignore-stderr" : "",
		o->judging.ignore_files ? " --ignore-files" : "",
		o->no_sandbox ? " --no-sandbox" : "");
	return fclose(out) == 0 ? text : NULL;
}
