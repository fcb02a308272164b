/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `upset campaign`. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "cli/campaign.h"
#include "cli/environment.h"
#include "cli/judging.h"
#include "cli/limit_options.h"
#include "cli/shard.h"

/* A share, as 3% or 0.03. */
static bool parse_share(const char *text, double *share)
{
	char *end;

	*share = strtod(text, &end);
	if (end != text && strcmp(end, "%") == 0) {
		*share /= 100;
		end++;
	}
	return end != text && *end == '\0';
}

/* What the command line has in other forms. */
static int convert(const struct upset_command *command, struct campaign_options *o)
{
	struct upset_campaign_options *asked = &o->asked;

	if (!parse_share(o->confidence_text, &asked->confidence))
		return upset_usage_error(command,
			"--confidence %s is no share between 50%% and 100%%", o->confidence_text);
	if (o->margin_text != NULL && !parse_share(o->margin_text, &asked->margin))
		return upset_usage_error(
			command, "--margin %s is no share between 0 and 50%%", o->margin_text);
	if (o->jobs < 1 || o->jobs > UINT_MAX)
		return upset_usage_error(command, "--jobs is between 1 and 1024");
	if (o->count == 0 || (o->count > 0 && o->margin_text != NULL))
		return upset_usage_error(command, o->count == 0 ? "no experiments are asked for"
								: "choose one of -n and --margin");
	if (asked->faults != NULL && o->margin_text != NULL)
		return upset_usage_error(command,
			"a list of faults is not sampled: leave -n, --margin, --functions, "
			"--modules, --lines and --exclude out");
	asked->experiments = o->count > 0 ? (uint64_t)o->count : 0;
	asked->seed = (uint64_t)o->seed;
	asked->functions = o->functions;
	asked->modules = o->modules;
	asked->lines = o->lines;
	asked->exclude = o->exclude;
	asked->jobs = (unsigned int)o->jobs;
	asked->controls = o->controls;
	return -1;
}

static int convert_shard(const struct upset_command *command, struct campaign_options *o)
{
	struct upset_error error = {0};

	if (o->shard_text != NULL &&
		upset_shard_parse(o->shard_text, &o->asked.shard, &o->asked.shards, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	if (o->time_text != NULL && !upset_duration_parse(o->time_text, &o->seconds))
		return upset_usage_error(command,
			"--max-time %s is no time: it is seconds, or as 90s, 30m, 12h, 2d",
			o->time_text);
	if (o->save_text != NULL && !upset_duration_parse(o->save_text, &o->asked.save_every))
		return upset_usage_error(command,
			"--save-every %s is no time: it is seconds, or as 90s, 30m", o->save_text);
	if (o->save_text != NULL && o->asked.scratch == NULL)
		return upset_usage_error(
			command, "--save-every is of what --scratch puts in its place: give both");
	return -1;
}

/* What the options make no sense without, or with. */
static int check(const struct upset_command *command, struct campaign_options *o)
{
	struct upset_error error = {0};

	o->asked.study = o->output != NULL ? o->output : "";
	if (upset_campaign_check(&o->asked, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	if (o->fail_if != NULL && campaign_gate_parse(o->fail_if, &o->gate, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	if (o->gate.control && o->controls == 0)
		return upset_usage_error(command,
			"--fail-if '%s' needs controls, and --controls 0 makes none", o->fail_if);
	return -1;
}

/* --- the options ------------------------------------------------------------------------------ */

enum { OPTIONS_MOST = 48 };

struct table {
	struct upset_option options[OPTIONS_MOST];
	size_t count;
};

static void add(struct table *t, const struct upset_option *options, size_t count)
{
	assert(t->count + count <= OPTIONS_MOST);
	memcpy(&t->options[t->count], options, count * sizeof(*options));
	t->count += count;
}

#define ADD(t, options) add(t, options, sizeof(options) / sizeof((options)[0]))

/* Which experiments. */
static void add_space(struct table *t, struct campaign_options *o)
{
	const struct upset_option options[] = {
		{"experiments", 'n', UPSET_OPTION_NUMBER, "N", "how many faults to sample",
			&o->count},
		{"margin", 0, UPSET_OPTION_TEXT, "SHARE",
			"as many as it takes for +- SHARE; default: 3%", &o->margin_text},
		{"confidence", 0, UPSET_OPTION_TEXT, "SHARE", "of intervals; default: 95%",
			&o->confidence_text},
		{"seed", 0, UPSET_OPTION_NUMBER, "N", "of the samples; default: 1", &o->seed},
		{"locations", 0, UPSET_OPTION_TEXT, "LOCATIONS", "default: gpr",
			&o->asked.locations},
		{"models", 0, UPSET_OPTION_TEXT, "MODELS", "default: flip", &o->asked.models},
		{"functions", 0, UPSET_OPTION_NAMES, "NAMES", "only before instructions of these",
			&o->functions},
		{"modules", 0, UPSET_OPTION_NAMES, "NAMES",
			"only of these files; program: the program's own", &o->modules},
		{"lines", 0, UPSET_OPTION_NAMES, "LINES", "only of these, as main.c:10-20",
			&o->lines},
		{"exclude", 0, UPSET_OPTION_NAMES, "NAMES", "not of these functions and files",
			&o->exclude},
		{"faults", 'f', UPSET_OPTION_TEXT, "FILE", "a list of faults instead of samples",
			&o->asked.faults},
	};

	ADD(t, options);
}

/* How they are made: nothing that comes of them depends on it. */
static void add_making(struct table *t, struct campaign_options *o)
{
	const struct upset_option options[] = {
		{"plan", 0, UPSET_OPTION_TEXT, "FILE", "go on with this one of `upset plan`",
			&o->plan},
		{"shard", 0, UPSET_OPTION_TEXT, "K/N", "only each N-th experiment, from K on",
			&o->shard_text},
		{"max-time", 0, UPSET_OPTION_TEXT, "TIME", "stop after it, as 90s, 30m, 12h",
			&o->time_text},
		{"scratch", 0, UPSET_OPTION_TEXT, "DIR",
			"make the study there, and put it in its place", &o->asked.scratch},
		{"save-every", 0, UPSET_OPTION_TEXT, "TIME", "how often that is done; default: 60s",
			&o->save_text},
		{"take-lock", 0, UPSET_OPTION_FLAG, NULL,
			"also from one on another machine, which has ended", &o->asked.take_lock},
		{"jobs", 'j', UPSET_OPTION_NUMBER, "N",
			"experiments at one time; default: one a processor", &o->jobs},
		{"controls", 0, UPSET_OPTION_NUMBER, "N",
			"runs without a fault; default: 1 %, at least 10", &o->controls},
		{"fresh", 0, UPSET_OPTION_FLAG, NULL,
			"each in a process of its own, not in copies of one", &o->asked.fresh},
		{"fail-if", 0, UPSET_OPTION_TEXT, "CONDITION",
			"exit with 1 if it holds, as in 'sdc > 1%'", &o->fail_if},
		{"json-progress", 0, UPSET_OPTION_FLAG, NULL,
			"write progress as lines of JSON to standard error", &o->json_progress},
	};

	ADD(t, options);
}

/* How the program is run, and what its results are taken for. */
static void add_running(struct table *t, struct campaign_options *o)
{
	const struct upset_option options[] = {
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default), native or gdb",
			&o->asked.engine},
		UPSET_ENVIRONMENT_OPTIONS(&o->variables, &o->asked.program),
		UPSET_JUDGING_OPTIONS(&o->asked.judging),
		{"golden-ends", 0, UPSET_OPTION_TEXT, "END",
			"how it is meant to end, as 'exit 3' or 'signal 11'",
			&o->asked.golden_ends},
		UPSET_LIMIT_OPTIONS(&o->limits),
		{"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "let the program do whatever it does",
			&o->asked.no_sandbox},
	};

	ADD(t, options);
}

static void make_table(struct table *t, struct campaign_options *o)
{
	const struct upset_option output[] = {{"output", 'o', UPSET_OPTION_TEXT, "FILE",
		o->planning ? "the plan" : "the study; default: PROGRAM.upset", &o->output}};
	const struct upset_option carry[] = {{"carry-files", 0, UPSET_OPTION_FLAG, NULL,
		"put program, libraries and input into the plan", &o->carry}};
	const struct upset_option quiet[] = {{"quiet", 'q', UPSET_OPTION_FLAG, NULL,
		o->planning ? "do not say how many experiments are planned"
			    : "no progress and no summary",
		&o->quiet}};

	t->count = 0;
	ADD(t, output);
	add_space(t, o);
	if (o->planning)
		ADD(t, carry);
	else
		add_making(t, o);
	add_running(t, o);
	ADD(t, quiet);
}

/* --- the command line ------------------------------------------------------------------------- */

void campaign_options_init(struct campaign_options *o, int argc)
{
	*o = (struct campaign_options){.confidence_text = "95%",
		.count = -1,
		.seed = 1,
		.controls = -1,
		.jobs = get_nprocs(),
		.variables = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	upset_campaign_options_init(&o->asked);
}

int campaign_options_parse(
	const struct upset_command *command, struct campaign_options *o, int argc, char **argv)
{
	struct table table;
	int end, result;

	make_table(&table, o);
	result = upset_options_parse(command, table.options, table.count, argc, argv, NULL, &end);
	if (result >= 0)
		return result;
	/* The plan says the rest. */
	if (o->plan != NULL && end == argc)
		return -1;
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	o->asked.program.arguments = argv + end;
	o->asked.program.variables = (char *const *)(uintptr_t)o->variables.items;
	result = upset_limits_parse(command, &o->limits, &o->asked.limits);
	if (result < 0)
		result = convert(command, o);
	if (result < 0)
		result = convert_shard(command, o);
	return result >= 0 ? result : check(command, o);
}

void campaign_options_free(struct campaign_options *o)
{
	free(o->functions);
	free(o->modules);
	free(o->lines);
	free(o->exclude);
	free(o->variables.items);
}
