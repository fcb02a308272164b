/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside api/ only: from a program that is named to one that can be run in experiments. */
#ifndef UPSET_API_PROGRAM_H
#define UPSET_API_PROGRAM_H

#include <stdbool.h>

#include "campaign/trial.h"
#include "upset/program.h"

struct program {
	struct upset_subject subject; /* arguments, environment: also the caller's */
	char *path;		      /* owned */
	char *sysroot;		      /* absolute, owned; NULL: none */
	char **made;		      /* environment, owned; NULL: the caller's */
	struct upset_limits limits;   /* asked for; the target points to them */
};

/* Nothing yet: what program_fini() may be called with. */
#define PROGRAM_NONE ((struct program){.subject = {.target = {.in_fd = -1}}})

/* The engine called @name, which can make experiments if @experiments.  -EINVAL. */
int program_choose_engine(const struct upset_engine **engine, const char *name, bool experiments,
	struct upset_error *error);

/* What @engine says of itself; -ENOSYS: it cannot run programs of @isa here. */
int program_probe_engine(const struct upset_engine *engine, const struct upset_isa *isa,
	struct upset_engine_info *info, struct upset_error *error);

/*
 * Find the file of @from and its environment.  0, -EINVAL, -ENOENT, -EACCES, -ENOEXEC,
 * -EISDIR, -ENOMEM; end with program_fini() in any case.
 */
int program_find(
	struct program *program, const struct upset_program *from, struct upset_error *error);

/*
 * Open what it reads, for experiments; in a sandbox with the @limits asked for, NULL: without
 * one.
 */
int program_prepare(struct program *program, const struct upset_program *from,
	const struct upset_limits *limits, struct upset_error *error);

void program_fini(struct program *program);

#endif
