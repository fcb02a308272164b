/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset campaign: many experiments, and what share of them came to what. */
#include "cli/campaign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "api/target.h"
#include "base/clock.h"
#include "cli/commands.h"
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
	"experiments were made.";

/* What is told is in the study. */
static void show(void *context, const struct upset_campaign_state *state)
{
	struct campaign_tally *tally = context;

	tally->state = *state;
	if (tally->start_ns == 0)
		tally->start_ns = upset_now_ns();
	else
		campaign_tally_show(tally, false);
}

static int run(struct campaign_options *o, struct campaign_tally *tally, char **study,
	struct upset_error *error)
{
	struct upset_campaign_state state;
	int rc = upset_target_study(o->asked.program.arguments[0], o->output, study, error);

	if (rc != 0)
		return rc;
	o->asked.study = *study;
	o->asked.kept = show;
	o->asked.context = tally;
	o->asked.stop = &upset_stop;
	upset_signals_catch_stop();
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
	struct campaign_options o = {.confidence_text = "95%",
		.count = -1,
		.seed = 1,
		.controls = -1,
		.jobs = get_nprocs(),
		.variables = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	struct campaign_tally tally = {0};
	char *study = NULL;
	int result;

	upset_campaign_options_init(&o.asked);
	result = campaign_options_parse(command, &o, argc, argv);
	tally.quiet = o.quiet && !o.json_progress;
	tally.json = o.json_progress;
	tally.visible = !o.json_progress && isatty(STDERR_FILENO) != 0;
	if (result >= 0) {
		/* It was told. */
	} else if (run(&o, &tally, &study, &error) == 0) {
		result = tell(&o, &tally, study);
	} else {
		if (tally.state.made > 0 && tally.state.made < tally.state.planned)
			upset_say("%" PRIu64 " of %" PRIu64
				  " experiments are in %s; give the command again to go on",
				tally.state.made, tally.state.planned, study);
		result = upset_report_error(&error);
	}
	campaign_options_free(&o);
	free(study);
	return result;
}
