/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits of sandboxes: options that several commands have. */
#ifndef UPSET_CLI_LIMIT_OPTIONS_H
#define UPSET_CLI_LIMIT_OPTIONS_H

#include "cli/options.h"
#include "upset/program.h"

/* As they are typed; NULL: not. */
struct upset_limit_texts {
	const char *memory, *file, *cpu, *processes;
};

/* Options of a struct upset_limit_texts, for a table of struct upset_option. */
#define UPSET_LIMIT_OPTIONS(texts)                                                                 \
	{"limit-memory", 0, UPSET_OPTION_TEXT, "SIZE", "memory that a process may use, as 8G",     \
		&(texts)->memory},                                                                 \
		{"limit-file", 0, UPSET_OPTION_TEXT, "SIZE", "bytes of a file or output, as 64M",  \
			&(texts)->file},                                                           \
		{"limit-cpu", 0, UPSET_OPTION_TEXT, "SECONDS", "processor time of a process",      \
			&(texts)->cpu},                                                            \
	{                                                                                          \
		"limit-processes", 0, UPSET_OPTION_TEXT, "N", "processes and threads at one time", \
			&(texts)->processes                                                        \
	}

/* Parse @texts into @limits, 0 where nothing was typed: -1 to go on, else an exit status. */
int upset_limits_parse(const struct upset_command *command, const struct upset_limit_texts *texts,
	struct upset_limits *limits);

#endif
