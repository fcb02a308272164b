/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset campaign: many experiments, and what share of them came to what. */
#include "cli/campaign.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/campaign.h"
#include "api/target.h"
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/signals.h"

const char upset_campaign_notes[] =
	"Without --faults, faults are sampled: before each executed instruction, in each\n"
	"bit of the locations, all with the same probability.  LOCATIONS are some of gpr,\n"
	"flags, simd, memory, code; MODELS some of flip, stuck0, stuck1; with commas.\n"
	"NAMES and LINES have commas between them, or the option is given again.  A\n"
	"function NAME is also what the compiler made of it, as NAME.part.0; MODULE!NAME\n"
	"is one of a file.\n"
	"Given again, the command goes on where it was stopped.\n"
	"The exit status is 1 when the condition of --fail-if holds, 3 when not all\n"
	"experiments were made, 75 when that is since --max-time is over or a scheduler\n"
	"ends the job.  --shard auto, or auto/N, takes the number of a task from the\n"
	"scheduler's environment.";

/* What is told is in the study. */
static void show(void *context, const struct upset_campaign_state *state)
{
	struct campaign_tally *tally = context;

	tally->state = *state;
	if (tally->start_ns == 0 && state->former[0] != '\0' && !tally->quiet)
		upset_say("going on for %s, which has ended in the middle", state->former);
	if (tally->start_ns == 0)
		tally->start_ns = upset_now_ns();
	else
		campaign_tally_show(tally, false);
}

/* Whether nothing was asked for beside what a plan says. */
static bool is_as_planned(const struct campaign_options *o, const struct campaign_record *record)
{
	char *options = campaign_options_print(&o->asked);
	bool same = options != NULL && strcmp(options, record->options) == 0 &&
		    o->variables.count == 0 && !o->asked.program.all_variables;

	free(options);
	return same;
}

/* The options of a plan, and on top of them those of the command line. */
static int take_plan(const struct upset_command *command, struct campaign_options *o,
	struct campaign_plan_taken *plan, int argc, char **argv)
{
	const char *path = o->plan, *output = o->output;
	struct upset_error error = {0};
	int result;

	if (o->asked.program.arguments != NULL)
		return upset_usage_error(command,
			"the plan names the program: leave '%s' and what follows out",
			o->asked.program.arguments[0]);
	if (output == NULL)
		return upset_usage_error(
			command, "where to? Name the study for the experiments with -o");
	if (campaign_plan_read(plan, path, argc, argv, &error) != 0)
		return upset_report_error(&error);
	campaign_options_free(o);
	campaign_options_init(o, plan->count);
	result = campaign_options_parse(command, o, plan->count, plan->arguments);
	if (result >= 0)
		return result;
	if (!is_as_planned(o, &plan->record))
		return upset_usage_error(command,
			"the plan says what results depend on: leave out all options but those of "
			"how experiments are made");
	if (campaign_plan_enter(plan, path, output, &o->asked, &error) != 0)
		return upset_report_error(&error);
	o->output = plan->output;
	return -1;
}

static int run(struct campaign_options *o, struct campaign_tally *tally, char **study,
	struct upset_error *error)
{
	struct upset_campaign_state state;
	int rc = upset_target_study(o->asked.program.arguments[0], o->output, study, error);

	if (rc != 0)
		return rc;
	o->asked.study = *study;
	o->asked.kept = tally->quiet ? NULL : show;
	o->asked.context = tally;
	o->asked.stop = &upset_stop;
	upset_signals_catch_stop();
	(void)alarm(o->seconds);
	upset_signals_catch_failed_writes();
	rc = upset_campaign(&o->asked, &state, error);
	tally->state = state;
	if (tally->json && tally->start_ns != 0)
		campaign_tally_show(tally, true);
	campaign_tally_wipe(tally);
	return rc;
}

static int tell(
	const struct campaign_options *o, const struct campaign_tally *tally, const char *study)
{
	if (!o->quiet) {
		campaign_tally_summarise(tally);
		upset_say("campaign %" PRId64 " is in %s", tally->state.campaign, study);
	}
	if (o->fail_if != NULL && campaign_gate_holds(&o->gate, tally)) {
		upset_say("it holds that %s", o->fail_if);
		return UPSET_EXIT_GATE;
	}
	return UPSET_EXIT_DONE;
}

int upset_campaign_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_error error = {0};
	struct campaign_options o;
	struct campaign_plan_taken plan = {.in_fd = -1, .carried = {.folder_fd = -1}};
	struct campaign_tally tally = {0};
	char *study = NULL;
	int result;

	campaign_options_init(&o, argc);
	result = campaign_options_parse(command, &o, argc, argv);
	if (result < 0 && o.plan != NULL)
		result = take_plan(command, &o, &plan, argc, argv);
	tally.quiet = o.quiet && !o.json_progress;
	tally.json = o.json_progress;
	tally.visible = !o.json_progress && isatty(STDERR_FILENO) != 0;
	if (result >= 0) {
		/* It was told. */
	} else if (run(&o, &tally, &study, &error) == 0) {
		result = tell(&o, &tally, study);
	} else {
		if (tally.state.campaign != 0 && tally.state.made < tally.state.planned)
			upset_say("%" PRIu64 " of %" PRIu64
				  " experiments are in %s; give the command again to go on",
				tally.state.made, tally.state.planned, study);
		result = upset_report_error(&error);
		if (upset_stop_reason(&upset_stop) != 0 && upset_stop_reason(&upset_stop) != SIGINT)
			result = UPSET_EXIT_AGAIN;
	}
	campaign_options_free(&o);
	campaign_plan_release(&plan);
	free(study);
	return result;
}
