/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program finds around it: options that several commands have. */
#ifndef UPSET_CLI_ENVIRONMENT_H
#define UPSET_CLI_ENVIRONMENT_H

#include "cli/options.h"
#include "upset/program.h"

/* Options of a struct upset_program, whose variables are collected in @list, for a table. */
#define UPSET_ENVIRONMENT_OPTIONS(list, program)                                                   \
	{"sysroot", 0, UPSET_OPTION_TEXT, "FOLDER", "has the libraries of a foreign program",      \
		&(program)->sysroot},                                                              \
		{"env", 0, UPSET_OPTION_LIST, "VARIABLE",                                          \
			"its variable: NAME=VALUE, or NAME as it is here", (list)},                \
	{                                                                                          \
		"env-all", 0, UPSET_OPTION_FLAG, NULL,                                             \
			"all that are here but terminals' and schedulers'",                        \
			&(program)->all_variables                                                  \
	}

#endif
