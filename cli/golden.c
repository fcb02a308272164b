/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset golden: run a program once on an engine and store what it executed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "engine/engine.h"
#include "engine/process.h"
#include "store/store.h"
#include "symbols/symbols.h"

const char upset_golden_notes[] =
	"DETAIL is counts (executions, register accesses, branches), operands (adds values\n"
	"by bit) or full (the default; adds flags' values, address ranges, indices, live\n"
	"share).  Without -o the study is NAME.upset in this folder; a run is added when it\n"
	"exists.  The exit status is 0 whatever the program's is, which is shown and stored;\n"
	"3 when it could not run, or was interrupted: then what was counted is stored.";

struct golden {
	const char *engine_name, *detail_name, *output;
	bool quiet, calls;
	const struct upset_engine *engine;
	enum upset_detail detail;
	char *program, *study; /* owned */
	char **arguments;
	struct upset_provenance provenance;
	struct upset_store *store;
	struct upset_profile *profile;
	int64_t run;
};

static int parse(const struct upset_command *command, struct golden *g, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default) or native",
			&g->engine_name},
		{"detail", 'd', UPSET_OPTION_TEXT, "DETAIL", "how much is collected; default: full",
			&g->detail_name},
		{"calls", 0, UPSET_OPTION_FLAG, NULL, "collect call paths too", &g->calls},
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the study to add the run to",
			&g->output},
		{"quiet", 'q', UPSET_OPTION_FLAG, NULL, "no progress and no summary", &g->quiet},
	};
	int end;
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, NULL, &end);

	if (result >= 0)
		return result;
	g->engine = upset_engine_find(g->engine_name);
	if (g->engine == NULL)
		return upset_usage_error(
			command, "unknown engine '%s': qemu or native", g->engine_name);
	if (!upset_detail_parse(g->detail_name, &g->detail))
		return upset_usage_error(
			command, "unknown detail '%s': counts, operands or full", g->detail_name);
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	g->arguments = argv + end;
	return -1;
}

/* Everything that can be wrong before the program runs. */
static int prepare(struct golden *g, struct upset_error *error)
{
	char detail[512] = "";
	int result = upset_target_find(g->arguments[0], &g->program, error);

	if (result == 0)
		result = upset_process_check_program(g->program, error);
	if (result == 0)
		result = upset_target_study(g->program, g->output, &g->study, error);
	if (result == 0 && g->engine->probe(detail, sizeof(detail)) != 0)
		result = upset_error_set(error, ENOSYS,
			"engine %s is not usable here: %s; see `upset doctor`", g->engine->name,
			detail);
	if (result == 0)
		result = upset_provenance_init(
			&g->provenance, g->program, g->arguments, environ, UPSET_VERSION, error);
	if (result == 0)
		result = upset_store_create(&g->store, g->study, error);
	if (result == 0) {
		g->profile = upset_profile_new(g->detail);
		if (g->profile == NULL)
			result = upset_error_set(error, ENOMEM, "out of memory");
	}
	return result;
}

static int execute(struct golden *g, struct upset_error *error)
{
	struct upset_progress progress;
	struct upset_golden_request request = {
		.program = g->program,
		.arguments = g->arguments,
		.environment = environ,
		.detail = g->detail,
		.calls = g->calls,
		.in_fd = -1,
		.out_fd = STDOUT_FILENO,
		.err_fd = STDERR_FILENO,
		.stop = &upset_stop,
		.progress = upset_progress_show,
		.progress_context = &progress,
	};
	int result;

	upset_progress_start(&progress, !g->quiet && isatty(STDERR_FILENO));
	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	result = g->engine->golden(&request, g->profile, error);
	upset_progress_end(&progress);
	upset_provenance_end(&g->provenance);
	return result;
}

static int keep(struct golden *g, struct upset_error *error)
{
	struct upset_run *run = &g->profile->run;

	/* From a terminal the program gets the same signal, and may be the first to go. */
	if (atomic_load(&upset_stop) != 0 && run->end == UPSET_END_SIGNALED &&
		run->status == atomic_load(&upset_stop))
		run->end = UPSET_END_INTERRUPTED;
	return upset_run_store(g->store, &g->provenance, g->profile, &g->run, error);
}

static void describe_end(const struct upset_run *run, char *text, size_t size)
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
	case UPSET_END_EXEC:
		(void)snprintf(text, size, "became another program, exit status %d", run->status);
		break;
	}
}

static void summarise(const struct golden *g)
{
	const struct upset_run *run = &g->profile->run;
	char counts[128], end[96];

	upset_progress_format(g->profile->instructions, run->host_time_ns, counts, sizeof(counts));
	describe_end(run, end, sizeof(end));
	upset_say("%s, %s", counts, end);
	if (run->children_not_counted > 0)
		upset_say("%llu child processes ran without being counted",
			(unsigned long long)run->children_not_counted);
	if (run->lost > 0)
		upset_say("%llu samples were lost", (unsigned long long)run->lost);
	if (g->profile->calls_lost > 0)
		upset_say("%llu calls had no room for a path of their own: theirs is their "
			  "caller's",
			(unsigned long long)g->profile->calls_lost);
	upset_say("%s %lld %s %s", "run", (long long)g->run,
		upset_store_is_new(g->store) ? "stored in" : "added to", g->study);
}

/* A study that this command made and that holds nothing yet. */
static void discard(const struct golden *g)
{
	if (g->store != NULL && upset_store_is_new(g->store))
		(void)unlink(g->study);
}

static int run_and_keep(struct golden *g)
{
	struct upset_error error = {0};
	int result = prepare(g, &error);

	if (result == 0)
		result = execute(g, &error);
	if (result != 0) {
		discard(g);
		(void)upset_report_error(&error);
		return UPSET_EXIT_FAILED;
	}
	if (keep(g, &error) != 0) {
		discard(g);
		upset_say("the program ran, but the run is not stored: %s", error.message);
		return UPSET_EXIT_FAILED;
	}
	if (!g->quiet)
		summarise(g);
	return g->profile->run.end == UPSET_END_INTERRUPTED ? UPSET_EXIT_FAILED : UPSET_EXIT_DONE;
}

int upset_golden_main(const struct upset_command *command, int argc, char **argv)
{
	struct golden g = {.engine_name = "qemu", .detail_name = "full"};
	int result = parse(command, &g, argc, argv);

	if (result >= 0)
		return result;
	result = run_and_keep(&g);
	upset_store_close(g.store);
	upset_profile_free(g.profile);
	upset_provenance_fini(&g.provenance);
	free(g.program);
	free(g.study);
	return result;
}
