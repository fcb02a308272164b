/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The upset command: finds the subcommand and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "cli/commands.h"

const struct upset_command upset_commands[] = {
	{"golden", "Run a program once without faults and store what it executes",
		"[OPTION...] [--] PROGRAM [ARGUMENT...]", upset_golden_notes, upset_golden_main},
	{"inject", "Run a program with a fault and tell what came of it",
		"[OPTION...] --fault FAULT [--] PROGRAM [ARGUMENT...]", upset_inject_notes,
		upset_inject_main},
	{"campaign", "Make many experiments and tell what share came to what",
		"[OPTION...] [--] PROGRAM [ARGUMENT...]", upset_campaign_notes,
		upset_campaign_main},
	{"plan", "Prepare a campaign whose parts are made apart",
		"[OPTION...] -o FILE [--] PROGRAM [ARGUMENT...]", upset_plan_notes,
		upset_plan_main},
	{"submit", "Have a scheduler make a campaign",
		"--slurm --plan FILE --shards N -o STUDY [-- OPTION...]", upset_submit_notes,
		upset_submit_main},
	{"status", "Say how far the parts of a campaign are", "[OPTION...] PLAN [STUDY...]",
		upset_status_notes, upset_status_main},
	{"merge", "Make one study of the parts of a campaign", "-o FILE STUDY...",
		upset_merge_notes, upset_merge_main},
	{"replay", "Make an experiment of a campaign again, and tell where it goes wrong",
		"[OPTION...] STUDY NUMBER", upset_replay_notes, upset_replay_main},
	{"show", "Show what a study holds", "[OPTION...] FILE [VIEW]", upset_show_notes,
		upset_show_main},
	{"annotate", "Show a function's source and instructions, and what they came to",
		"[OPTION...] FILE [FUNCTION]", upset_annotate_notes, upset_annotate_main},
	{"export", "Write a study in a format that other programs read",
		"[OPTION...] --format FORMAT --output PATH FILE", upset_export_notes,
		upset_export_main},
	{"report", "Make a page for a browser of what studies hold", "[OPTION...] STUDY...",
		upset_report_notes, upset_report_main},
	{"faults", "List a campaign's faults, to make the experiments again", "[OPTION...] [FILE]",
		upset_faults_notes, upset_faults_main},
	{"agree", "Compare two campaigns, experiment by experiment", "[OPTION...] FILE [FILE]",
		upset_agree_notes, upset_agree_main},
	{"diff", "Compare two golden runs", "[OPTION...] FILE [FILE]", upset_diff_notes,
		upset_diff_main},
	{"machine", "Make a whole system that a program runs in, and boot it",
		"new [OPTION...] -o FOLDER [--] PROGRAM [ARGUMENT...]", upset_machine_notes,
		upset_machine_main},
	{"doctor", "Say what is usable on this machine, and what is missing", "[OPTION...]", NULL,
		upset_doctor_main},
	{"help", "Say how to use upset, or one of its commands", "[COMMAND]", NULL,
		upset_help_main},
	{"version", "Print upset's version", "", NULL, upset_version_main},
	{NULL},
};

static int run_command(const char *name, int argc, char **argv)
{
	const struct upset_command *command = upset_commands;
	const char *nearest;

	for (; command->name != NULL; command++)
		if (strcmp(command->name, name) == 0)
			return command->run(command, argc, argv);
	nearest = upset_nearest(name, &upset_commands[0].name, (size_t)(command - upset_commands),
		sizeof(upset_commands[0]));
	upset_say("unknown command '%s'%s%s%s; see `upset help`", name,
		nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
	return UPSET_EXIT_USAGE;
}

/*
 * Where the caller has closed a standard descriptor no file that is opened later may get its
 * number, and be taken for it: put something there that cannot be used.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/* What was printed must have arrived, but for a reader that has seen enough. */
static int finish(int result)
{
	bool failed = fflush(stdout) != 0 || ferror(stdout);

	if (!failed || result != UPSET_EXIT_DONE || errno == EPIPE)
		return result;
	upset_say("cannot write to standard output: %s", strerror(errno));
	return UPSET_EXIT_FAILED;
}

int main(int argc, char **argv)
{
	fill_standard_descriptors();
	if (argc < 2) {
		upset_say("no command given; see `upset help`");
		return UPSET_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return finish(run_command("help", 1, argv + 1));
	if (strcmp(argv[1], "--version") == 0)
		return finish(run_command("version", 1, argv + 1));
	return finish(run_command(argv[1], argc - 1, argv + 1));
}
