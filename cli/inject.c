/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset inject: one experiment, told in full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/experiment.h"
#include "cli/judging.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "engine/input.h"
#include "engine/process.h"
#include "sandbox/sandbox.h"

const char upset_inject_notes[] =
	"A fault is MODEL:BITS LOCATION @ TRIGGER, as in\n"
	"  flip:17 rax @ pc=main #2            stuck0:3 mem[table+8] @ insn=1000 for 50\n"
	"  set:0x1f xmm3 @ pc=libm.so.6!exp    skip @ pc=check\n"
	"doc/faults.md has the whole form.  The program runs twice in a sandbox, without the\n"
	"fault and with it: no network, no writing but to copies of its folder and of /tmp.\n"
	"The exit status is 0 whatever the outcome, 3 when it could not be run.";

struct inject {
	const char *engine_name, *fault_text;
	struct upset_judging judging;
	bool no_sandbox;
	struct upset_outcome_rules rules;
	struct upset_subject subject;
	struct upset_experiment experiment;
	struct upset_trial golden;
	char *program, **environment;
};

/* --- the command line ----------------------------------------------------------------------- */

/* Say what is wrong with the fault, and point at it. */
static int fault_error(const char *text, unsigned int column, const struct upset_error *error)
{
	upset_say("fault, column %u: %s", column, error->message);
	if (isatty(STDERR_FILENO) && column > 0)
		fprintf(stderr, "  %s\n  %*s^\n", text, (int)column - 1, "");
	return UPSET_EXIT_USAGE;
}

static int parse(const struct upset_command *command, struct inject *j, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"fault", 'f', UPSET_OPTION_TEXT, "FAULT", "what to inject; several with ;",
			&j->fault_text},
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default) or native",
			&j->engine_name},
		UPSET_JUDGING_OPTIONS(&j->judging),
		{"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "let the program do whatever it does",
			&j->no_sandbox},
	};
	struct upset_error error = {0};
	unsigned int column;
	int end, result = upset_options_parse(command, options,
			 sizeof(options) / sizeof(options[0]), argc, argv, NULL, &end);

	if (result >= 0)
		return result;
	if (j->fault_text == NULL)
		return upset_usage_error(command, "which fault? Give it with --fault");
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	if (upset_judging_check(command, &j->judging) >= 0)
		return UPSET_EXIT_USAGE;
	j->subject.engine = upset_engine_find(j->engine_name);
	if (j->subject.engine == NULL || j->subject.engine->experiment == NULL)
		return upset_usage_error(
			command, "unknown engine '%s': qemu or native", j->engine_name);
	if (upset_faults_parse(j->fault_text, &j->experiment.faults, &column, &error) != 0)
		return fault_error(j->fault_text, column, &error);
	j->subject.arguments = argv + end;
	return -1;
}

/* --- running ---------------------------------------------------------------------------------- */

static int prepare(struct inject *j, struct upset_error *error)
{
	int rc = upset_target_find(j->subject.arguments[0], &j->program, error);

	if (rc == 0)
		rc = upset_process_check_program(j->program, error);
	if (rc == 0)
		rc = upset_environment_make(&j->environment, error);
	if (rc != 0)
		return rc;
	j->subject.program = j->program;
	j->subject.environment = j->environment;
	j->subject.sandbox = j->no_sandbox ? NULL : &upset_sandbox_default_limits;
	j->subject.stop = &upset_stop;
	j->rules = upset_judging_rules(&j->judging);
	j->subject.in_fd = upset_input_open(STDIN_FILENO, error);
	return j->subject.in_fd < 0 ? j->subject.in_fd : 0;
}

static int run(struct inject *j, struct upset_error *error)
{
	static const struct upset_faults none = {0};
	int rc = prepare(j, error);

	if (rc == 0)
		rc = upset_trial_run(&j->golden, &j->subject, &none, NULL, NULL, error);
	if (rc == 0)
		rc = upset_experiment_run(
			&j->experiment, &j->subject, &j->rules, &j->golden, error);
	return rc;
}

int upset_inject_main(const struct upset_command *command, int argc, char **argv)
{
	struct inject j = {.engine_name = "qemu",
		.judging.detected_exit = -1,
		.subject = {.in_fd = -1},
		.golden = UPSET_TRIAL_NONE,
		.experiment = {.trial = UPSET_TRIAL_NONE}};
	struct upset_error error = {0};
	int result = parse(command, &j, argc, argv);

	if (result < 0) {
		upset_signals_catch_stop();
		result = UPSET_EXIT_DONE;
		if (run(&j, &error) == 0)
			upset_experiment_tell(&j.experiment, &j.golden);
		else
			result = upset_report_error(&error);
	}
	if (j.subject.in_fd >= 0)
		(void)close(j.subject.in_fd);
	upset_experiment_fini(&j.experiment);
	upset_trial_end(&j.golden);
	upset_environment_free(j.environment);
	free(j.program);
	return result;
}
