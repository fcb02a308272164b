/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset inject: one experiment, told in full. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/judging.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/judging.h"
#include "cli/limit_options.h"
#include "cli/signals.h"
#include "cli/tell.h"

const char upset_inject_notes[] =
	"A fault is MODEL:BITS LOCATION @ TRIGGER, as in\n"
	"  flip:17 rax @ pc=main #2            stuck0:3 mem[table+8] @ insn=1000 for 50\n"
	"  set:0x1f xmm3 @ pc=libm.so.6!exp    skip @ pc=check\n"
	"doc/faults.md has the whole form.  The program runs twice in a sandbox, without\n"
	"the fault and with it: no network, no writing but to copies of its folder and of\n"
	"/tmp.  The exit status is 0 whatever the outcome, 3 when it could not be run.";

/* Say what is wrong with the fault, and point at it. */
static int fault_error(const char *text, unsigned int column, const struct upset_error *error)
{
	upset_say("fault, column %u: %s", column, error->message);
	if (isatty(STDERR_FILENO) && column > 0)
		fprintf(stderr, "  %s\n  %*s^\n", text, (int)column - 1, "");
	return UPSET_EXIT_USAGE;
}

static int check_fault(const char *text)
{
	struct upset_error error = {0};
	struct upset_faults faults;
	unsigned int column;
	int rc = upset_faults_parse(text, &faults, &column, &error);

	upset_faults_free(&faults);
	return rc == 0 ? -1 : fault_error(text, column, &error);
}

static int parse(const struct upset_command *command, struct upset_inject_options *o,
	struct upset_list *variables, int argc, char **argv)
{
	struct upset_limit_texts limits = {0};
	const struct upset_option options[] = {
		{"fault", 'f', UPSET_OPTION_TEXT, "FAULT", "what to inject; several with ;",
			&o->faults},
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default), native or gdb",
			&o->engine},
		UPSET_ENVIRONMENT_OPTIONS(variables, &o->program),
		UPSET_JUDGING_OPTIONS(&o->judging),
		UPSET_LIMIT_OPTIONS(&limits),
		{"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "let the program do whatever it does",
			&o->no_sandbox},
	};
	struct upset_error error = {0};
	const struct upset_engine *engine;
	int end, result = upset_options_parse(command, options,
			 sizeof(options) / sizeof(options[0]), argc, argv, NULL, &end);

	if (result < 0)
		result = upset_limits_parse(command, &limits, &o->limits);
	if (result >= 0)
		return result;
	if (o->faults == NULL)
		return upset_usage_error(command, "which fault? Give it with --fault");
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	if (upset_judging_check(&o->judging, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	engine = upset_engine_find(o->engine);
	if (engine == NULL || engine->experiment == NULL)
		return upset_usage_error(
			command, "unknown engine '%s': qemu, native or gdb", o->engine);
	o->program.arguments = argv + end;
	o->program.variables = (char *const *)(uintptr_t)variables->items;
	o->stop = &upset_stop;
	return check_fault(o->faults);
}

int upset_inject_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_list variables = {calloc((size_t)argc + 1, sizeof(char *)), 0};
	struct upset_inject_options options;
	struct upset_injected *injected = NULL;
	struct upset_error error = {0};
	int result;

	upset_inject_options_init(&options);
	result = parse(command, &options, &variables, argc, argv);
	if (result < 0) {
		upset_signals_catch_stop();
		upset_signals_catch_failed_writes();
		result = UPSET_EXIT_DONE;
		if (upset_inject(&injected, &options, &error) != 0)
			result = upset_report_error(&error);
		else
			upset_experiment_tell(&injected->experiment, &injected->golden);
	}
	upset_injected_free(injected);
	free(variables.items);
	return result;
}
