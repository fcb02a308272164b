/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset golden: run a program once on an engine and store what it executed. */
#include "upset/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/target.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "engine/ending.h"
#include "store/store.h"

const char upset_golden_notes[] =
	"DETAIL is counts (executions, register accesses, branches), operands (adds\n"
	"values by bit) or full (the default; adds flags' values, address ranges,\n"
	"indices, live share).  Without -o the study is PROGRAM.upset in this folder; a\n"
	"run is added when it exists.\n"
	"The exit status is 0 whatever the program's is, which is shown and stored; 3\n"
	"when it could not run, or was interrupted: then what was counted is stored.";

struct golden {
	struct upset_golden_options asked;
	struct upset_golden_result result;
	const char *detail_name, *output;
	bool quiet;
	struct upset_list variables;
	char *study; /* owned */
};

static int parse(const struct upset_command *command, struct golden *g, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default), native or gdb",
			&g->asked.engine},
		{"remote", 0, UPSET_OPTION_TEXT, "ADDRESS",
			"of the GDB stub with the program; for engine gdb", &g->asked.remote},
		{"detail", 'd', UPSET_OPTION_TEXT, "DETAIL", "how much is collected; default: full",
			&g->detail_name},
		{"calls", 0, UPSET_OPTION_FLAG, NULL, "collect call paths too", &g->asked.calls},
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the study to add the run to",
			&g->output},
		UPSET_ENVIRONMENT_OPTIONS(&g->variables, &g->asked.program),
		{"quiet", 'q', UPSET_OPTION_FLAG, NULL, "no progress and no summary", &g->quiet},
	};
	int end;
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, NULL, &end);

	if (result >= 0)
		return result;
	if (upset_engine_find(g->asked.engine) == NULL)
		return upset_usage_error(
			command, "unknown engine '%s': qemu, native or gdb", g->asked.engine);
	if (!upset_detail_parse(g->detail_name, &g->asked.detail))
		return upset_usage_error(
			command, "unknown detail '%s': counts, operands or full", g->detail_name);
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	g->asked.program.arguments = argv + end;
	g->asked.program.variables = (char *const *)(uintptr_t)g->variables.items;
	return -1;
}

static int execute(struct golden *g, struct upset_error *error)
{
	struct upset_progress progress;
	int rc = upset_target_study(g->asked.program.arguments[0], g->output, &g->study, error);

	if (rc != 0)
		return rc;
	g->asked.study = g->study;
	g->asked.out_fd = STDOUT_FILENO;
	g->asked.err_fd = STDERR_FILENO;
	g->asked.stop = &upset_stop;
	g->asked.progress = upset_progress_show;
	g->asked.context = &progress;
	upset_progress_start(&progress, !g->quiet && isatty(STDERR_FILENO));
	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	rc = upset_golden(&g->asked, &g->result, error);
	upset_progress_end(&progress);
	return rc;
}

static void describe_end(const struct upset_golden_result *run, char *text, size_t size)
{
	const char *signal_name = upset_signal_name(run->status);

	switch (run->end) {
	case UPSET_END_EXITED:
		(void)snprintf(text, size, "exit status %d", run->status);
		break;
	case UPSET_END_SIGNALED:
		(void)snprintf(text, size, "killed by signal %d (%s)", run->status,
			signal_name != NULL ? signal_name : "unnamed");
		break;
	case UPSET_END_INTERRUPTED:
		(void)snprintf(text, size, "interrupted");
		break;
	default: /* UPSET_END_EXEC: the others are of experiments */
		(void)snprintf(text, size, "became another program, exit status %d", run->status);
		break;
	}
}

static void summarise(const struct golden *g)
{
	const struct upset_golden_result *run = &g->result;
	char counts[128], end[96];

	upset_progress_format(run->instructions, run->host_time_ns, counts, sizeof(counts));
	describe_end(run, end, sizeof(end));
	upset_say("%s, %s", counts, end);
	if (run->reason[0] != '\0')
		upset_say("%s; %s", run->reason, upset_ending_advice(run->obstacle));
	if (run->children_not_counted > 0)
		upset_say("%llu child processes ran without being counted",
			(unsigned long long)run->children_not_counted);
	if (run->lost > 0)
		upset_say("%llu samples were lost", (unsigned long long)run->lost);
	if (run->calls_lost > 0)
		upset_say("%llu calls had no room for a path of their own: theirs is their "
			  "caller's",
			(unsigned long long)run->calls_lost);
	upset_say("%s %lld %s %s", "run", (long long)run->run,
		run->made_study ? "stored in" : "added to", g->study);
}

static int make(const struct upset_command *command, struct golden *g, int argc, char **argv)
{
	struct upset_error error = {0};
	int result = parse(command, g, argc, argv);

	if (result >= 0)
		return result;
	if (execute(g, &error) != 0 && g->result.run == 0) {
		if (!g->result.ran)
			return upset_report_error(&error) == UPSET_EXIT_USAGE ? UPSET_EXIT_USAGE
									      : UPSET_EXIT_FAILED;
		upset_say("the program ran, but the run is not stored: %s", error.message);
		return UPSET_EXIT_FAILED;
	}
	if (!g->quiet)
		summarise(g);
	if (error.code != 0)
		upset_say("%s", error.message);
	return error.code != 0 || g->result.end == UPSET_END_INTERRUPTED ? UPSET_EXIT_FAILED
									 : UPSET_EXIT_DONE;
}

int upset_golden_main(const struct upset_command *command, int argc, char **argv)
{
	struct golden g = {
		.detail_name = "full", .variables = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	int result;

	upset_golden_options_init(&g.asked);
	result = make(command, &g, argc, argv);
	free(g.variables.items);
	free(g.study);
	return result;
}
