/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How results are told apart: the options of the commands that make experiments. */
#ifndef UPSET_CLI_JUDGING_H
#define UPSET_CLI_JUDGING_H

#include "campaign/outcome.h"
#include "cli/options.h"

/* What the user says of it; NULL and -1: nothing. */
struct upset_judging {
	const char *detected, *check;
	int64_t detected_exit;
	bool ignore_stdout, ignore_stderr, ignore_files;
};

/* Its options, for a table of struct upset_option. */
#define UPSET_JUDGING_OPTIONS(judging)                                                             \
	{"detected", 0, UPSET_OPTION_TEXT, "TEXT",                                                 \
		"what the program writes when it has noticed a fault", &(judging)->detected},      \
		{"detected-exit", 0, UPSET_OPTION_NUMBER, "N",                                     \
			"the exit status by which it says so", &(judging)->detected_exit},         \
		{"check", 0, UPSET_OPTION_TEXT, "COMMAND",                                         \
			"exits with 0 if a result that differs is right; see upset-campaign(1)",   \
			&(judging)->check},                                                        \
		{"ignore-stdout", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard output",    \
			&(judging)->ignore_stdout},                                                \
		{"ignore-stderr", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard error",     \
			&(judging)->ignore_stderr},                                                \
	{                                                                                          \
		"ignore-files", 0, UPSET_OPTION_FLAG, NULL, "do not compare files it writes",      \
			&(judging)->ignore_files                                                   \
	}

/* -1 when they can be, else the exit status of a mistake that has been reported. */
int upset_judging_check(const struct upset_command *command, const struct upset_judging *judging);

/* The rules that follow; @judging's texts must outlive them. */
struct upset_outcome_rules upset_judging_rules(const struct upset_judging *judging);

#endif
