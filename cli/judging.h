/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How results are told apart: options that several commands have. */
#ifndef UPSET_CLI_JUDGING_H
#define UPSET_CLI_JUDGING_H

#include "cli/options.h"
#include "upset/outcome.h"

/* Options of a struct upset_judging, for a table of struct upset_option. */
#define UPSET_JUDGING_OPTIONS(judging)                                                             \
	{"detected", 0, UPSET_OPTION_TEXT, "TEXT",                                                 \
		"what the program writes when it has noticed a fault", &(judging)->detected},      \
		{"detected-exit", 0, UPSET_OPTION_NUMBER, "N",                                     \
			"the exit status by which it says so", &(judging)->detected_exit},         \
		{"check", 0, UPSET_OPTION_TEXT, "COMMAND",                                         \
			"exits with 0 if a result that differs is right", &(judging)->check},      \
		{"ignore-stdout", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard output",    \
			&(judging)->ignore_stdout},                                                \
		{"ignore-stderr", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard error",     \
			&(judging)->ignore_stderr},                                                \
	{                                                                                          \
		"ignore-files", 0, UPSET_OPTION_FLAG, NULL, "do not compare files it writes",      \
			&(judging)->ignore_files                                                   \
	}

#endif
