/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is run, and what it is given: the same for golden runs, experiments and campaigns. */
#ifndef UPSET_ENGINE_TARGET_H
#define UPSET_ENGINE_TARGET_H

#include "isa/isa.h"
#include "upset/program.h"

/* All of it is the caller's. */
struct upset_target {
	const struct upset_isa *isa; /* that its file names, see upset_process_isa() */
	const char *sysroot; /* folder that its interpreter and libraries are looked for in first;
				NULL: none */
	const char *program; /* path of the executable, PATH already searched */
	char *const *arguments;	  /* argv, NULL-terminated, [0] included */
	char *const *environment; /* envp, NULL-terminated */
	int in_fd; /* its standard input, see engine/input.h: a regular file is opened anew, from
		      the start; -1: the caller's */
	const struct upset_limits *sandbox; /* NULL: none, its effects are real */
};

#endif
