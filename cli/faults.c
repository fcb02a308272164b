/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset faults: experiments of a study as a list, to be made again; or those that a plan will make.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/planned.h"
#include "api/results.h"
#include "api/target.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/shard.h"
#include "export/output.h"
#include "fault/fault.h"
#include "report/format.h"

const char upset_faults_notes[] =
	"`upset campaign --faults LIST` makes them again, under another engine or with\n"
	"another program.  Behind each stand its number, outcome and cause.\n"
	"Of a plan, of which nothing needs to be made, it is the number alone.";

struct faults_command {
	const struct upset_command *command;
	const char *study, *output, *outcome_name, *cause_name, *plan, *shard_text;
	uint64_t shard, shards; /* of a plan; 0: all of it */
	int64_t campaign;
	enum upset_outcome outcome;
	enum upset_cause cause;
	FILE *out;
	uint64_t count;
	struct upset_error *error;
};

static int choose(const struct upset_command *command, struct faults_command *f)
{
	f->outcome = UPSET_OUTCOMES;
	f->cause = UPSET_CAUSES;
	if (f->outcome_name != NULL) {
		f->outcome = upset_outcome_find(f->outcome_name);
		if (f->outcome == UPSET_OUTCOMES)
			return upset_usage_error(command,
				"unknown outcome '%s': masked, detected, sdc, due, not-injected or "
				"tool-error",
				f->outcome_name);
	}
	if (f->cause_name != NULL) {
		f->cause = upset_cause_find(f->cause_name);
		if (f->cause == UPSET_CAUSES)
			return upset_usage_error(command,
				"unknown cause '%s'; `upset show STUDY outcomes` lists them",
				f->cause_name);
	}
	return -1;
}

/* A plan has no study, no outcomes, and may be told of in parts. */
static int take_plan(const struct upset_command *command, struct faults_command *f,
	const struct upset_list *rest)
{
	struct upset_error error = {0};

	if (f->plan == NULL && f->shard_text != NULL)
		return upset_usage_error(
			command, "--shard is a part of a plan: name it with --plan");
	if (f->plan == NULL)
		return -1;
	if (rest->count > 0 || f->campaign != 0 || f->outcome_name != NULL || f->cause_name != NULL)
		return upset_usage_error(command,
			"of a plan nothing is made: leave the study, --campaign, --outcome and "
			"--cause out");
	if (f->shard_text != NULL &&
		upset_shard_parse(f->shard_text, &f->shard, &f->shards, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	f->study = f->plan;
	return -1;
}

static int parse(const struct upset_command *command, struct faults_command *f, int argc,
	char **argv, struct upset_list *rest)
{
	const struct upset_option options[] = {
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N", "this campaign; default: the latest",
			&f->campaign},
		{"outcome", 0, UPSET_OPTION_TEXT, "NAME", "only those that came to this",
			&f->outcome_name},
		{"cause", 0, UPSET_OPTION_TEXT, "NAME", "only those with this cause",
			&f->cause_name},
		{"plan", 0, UPSET_OPTION_TEXT, "FILE", "what will be made with this plan",
			&f->plan},
		{"shard", 0, UPSET_OPTION_TEXT, "K/N", "of it only this shard", &f->shard_text},
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the list; default: standard output",
			&f->output},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, rest, NULL);

	if (result < 0)
		result = take_plan(command, f, rest);
	if (result >= 0 || f->plan != NULL)
		return result;
	if (rest->count != 1)
		return upset_usage_error(command,
			rest->count == 0 ? "which study? Name a FILE" : "too many arguments");
	f->study = rest->items[0];
	return choose(command, f);
}

static int cannot_write(const struct faults_command *f, int code)
{
	return upset_error_set(f->error, code, "cannot write %s: %s",
		f->output != NULL ? f->output : "the list", strerror(code));
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_comment(FILE *out, const char *name, const char *text)
{
	char clean[2048];

	upset_text_clean(text, strlen(text), clean, sizeof(clean));
	fprintf(out, "# %-9s %s\n", name, clean);
}

static void write_head(const struct faults_command *f, const struct upset_experiments *e)
{
	fprintf(f->out, "# %-9s %" PRId64 "\n", "campaign", e->campaign);
	write_comment(f->out, "study", f->study);
	write_comment(f->out, "program", e->program);
	write_comment(f->out, "SHA-256", e->sha256);
	if (e->arguments[0] != '\0')
		write_comment(f->out, "arguments", e->arguments);
	write_comment(f->out, "options", e->options);
	if (strcmp(e->source, "sample") == 0)
		fprintf(f->out, "# %-9s %" PRId64 "\n", "seed", e->seed);
}

/* What is written can be read again, whatever the study holds. */
static int write_experiment(void *context, const struct upset_experiment_made *made)
{
	struct faults_command *f = context;
	struct upset_faults faults;
	unsigned int column;
	char *text = NULL;

	if (upset_faults_parse(made->faults, &faults, &column, NULL) == 0)
		text = upset_faults_print(&faults);
	upset_faults_free(&faults);
	if (text == NULL)
		return upset_error_set(f->error, EIO,
			"experiment %" PRIu64 " of %s has no fault that makes sense: '%.100s'",
			made->number, f->study, made->faults);
	fprintf(f->out, "%s  # %" PRIu64 " %s%s%s\n", text, made->number,
		upset_outcome_name(made->outcome), made->cause != UPSET_CAUSES ? " " : "",
		made->cause != UPSET_CAUSES ? upset_cause_name(made->cause) : "");
	free(text);
	f->count++;
	return ferror(f->out) ? cannot_write(f, errno) : 0;
}

static int write_planned(void *context, uint64_t number, const struct upset_faults *faults)
{
	struct faults_command *f = context;
	char *text = upset_faults_print(faults);

	if (text == NULL)
		return upset_error_set(f->error, ENOMEM, "no memory for faults");
	fprintf(f->out, "%s  # %" PRIu64 "\n", text, number);
	free(text);
	f->count++;
	return ferror(f->out) ? cannot_write(f, errno) : 0;
}

/* A list lies where the plan was made, if its name does not say more. */
static int find_list(const struct campaign_record *record, struct upset_campaign_options *asked,
	char *path, size_t size, struct upset_error *error)
{
	if (asked->faults == NULL || asked->faults[0] == '/')
		return 0;
	if (snprintf(path, size, "%s/%s", record->folder, asked->faults) >= (int)size)
		return upset_error_set(
			error, ENAMETOOLONG, "the name %.40s... is too long", asked->faults);
	asked->faults = path;
	return 0;
}

static int read_planned(struct faults_command *f, struct upset_store *store,
	const struct campaign_record *record, struct upset_campaign_options *asked)
{
	struct upset_provenance origin;
	const struct upset_planned_campaign planned = {.options = asked,
		.program = record->program,
		.isa = record->isa,
		.run = record->run,
		.origin = &origin,
		.identity = record->identity};
	const uint64_t shards = f->shards > 0 ? f->shards : 1;
	char list[PATH_MAX];
	int rc;

	asked->shard = f->shard;
	asked->shards = f->shards;
	if (record->isa == NULL)
		return upset_error_set(f->error, ENOTSUP,
			"%s is for an instruction set that this upset does not know", f->plan);
	rc = find_list(record, asked, list, sizeof(list), f->error);
	if (rc == 0)
		rc = campaign_record_origin(record, &origin, f->error);
	if (rc != 0)
		return rc;
	rc = upset_planned_read(store, &planned, write_planned, f, f->error);
	free(origin.inputs);
	if (rc == 0 && f->count != (record->planned + shards - 1 - f->shard) / shards)
		rc = upset_error_set(f->error, ENOTSUP,
			"how faults are sampled was changed since %s was made: make the plan again",
			f->plan);
	return rc;
}

static int write_plan(struct faults_command *f, struct upset_store *store)
{
	char *words[] = {(char *)(uintptr_t) "campaign"};
	struct campaign_plan_taken plan;
	struct campaign_options o;
	int rc = campaign_plan_read(&plan, f->plan, 1, words, f->error);

	campaign_options_init(&o, plan.count);
	if (rc == 0 && campaign_options_parse(f->command, &o, plan.count, plan.arguments) >= 0)
		rc = upset_error_set(
			f->error, ENOTSUP, "%s has options that this upset does not know", f->plan);
	if (rc == 0)
		rc = read_planned(f, store, &plan.record, &o.asked);
	campaign_options_free(&o);
	campaign_plan_release(&plan);
	return rc;
}

static int write_list(struct faults_command *f, struct upset_store *store)
{
	struct upset_experiments e = {0};
	int rc = upset_experiments_find(store, f->campaign, &e, f->error);

	if (rc == 0)
		write_head(f, &e);
	if (rc == 0 && f->plan != NULL) {
		rc = write_plan(f, store);
	} else if (rc == 0) {
		rc = upset_experiments_read(
			store, e.campaign, f->outcome, f->cause, write_experiment, f, f->error);
	}
	if (rc == 0 && f->count == 0 && f->plan == NULL)
		rc = upset_error_set(f->error, ENOENT,
			"campaign %" PRId64 " of %s has no such experiments; see `upset show %s "
			"outcomes`",
			e.campaign, f->study, f->study);
	upset_experiments_fini(&e);
	return rc;
}

/* --- the file --------------------------------------------------------------------------------- */

static int write_to_file(struct faults_command *f, struct upset_store *store)
{
	struct upset_export_output output;
	int rc;

	if (upset_target_same_file(f->output, f->study))
		return upset_error_set(f->error, EINVAL, "%s is the study itself", f->output);
	rc = upset_export_output_open(&output, f->output, false, f->error);
	if (rc != 0)
		return rc;
	rc = upset_export_output_file(&output, NULL, &f->out, f->error);
	if (rc == 0)
		rc = upset_export_output_close_file(
			&output, f->out, write_list(f, store), f->error);
	return upset_export_output_finish(&output, rc, f->error);
}

static int run(struct faults_command *f)
{
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, f->study, f->error);

	if (rc == 0 && f->output != NULL) {
		rc = write_to_file(f, store);
	} else if (rc == 0) {
		f->out = stdout;
		rc = write_list(f, store);
		if (fflush(stdout) != 0)
			rc = cannot_write(f, errno);
	}
	upset_store_close(store);
	return rc;
}

int upset_faults_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_error error = {0};
	struct faults_command f = {.command = command, .error = &error};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	int result;

	if (rest.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &f, argc, argv, &rest);
	free(rest.items);
	if (result >= 0)
		return result;
	(void)signal(SIGPIPE, SIG_IGN);
	return run(&f) == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}
