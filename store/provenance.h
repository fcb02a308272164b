/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a run's result comes from: program, arguments, environment, input
 * hashes, host.  Collected before the run, since a program may alter its input.
 */
#ifndef UPSET_STORE_PROVENANCE_H
#define UPSET_STORE_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct upset_input_file {
	uint32_t position; /* 0: standard input, else the number of the argument */
	char *path;	   /* owned */
	uint64_t bytes;
	char sha256[65];
};

struct upset_provenance {
	char *program;		     /* absolute path; owned */
	char program_sha256[65];     /* "" when it could not be read */
	char *const *arguments;	     /* argv, NULL-terminated; the caller's */
	char *const *environment;    /* envp, NULL-terminated; the caller's */
	char *folder;		     /* current folder; owned */
	char *host_system;	     /* uname: system, release, machine, node; owned */
	char *host_cpu;		     /* model name of the processor; owned */
	const char *upset_version;   /* the caller's */
	const char *sysroot;	     /* absolute; the caller's, NULL: none, as init() leaves it */
	char started[32], ended[32]; /* ISO 8601, UTC */
	struct upset_input_file *inputs; /* owned */
	size_t input_count;
};

/*
 * Fill @provenance (all of it but `ended`) for a run of @program.  Its standard
 * input @in_fd is hashed when it is a regular file, and so is every argument that
 * names one.  0 or -ENOMEM; free with upset_provenance_fini() in both cases.
 */
int upset_provenance_init(struct upset_provenance *provenance, const char *program,
	char *const *arguments, char *const *environment, int in_fd, const char *upset_version,
	struct upset_error *error);
/* Set `ended` to now. */
void upset_provenance_end(struct upset_provenance *provenance);
void upset_provenance_fini(struct upset_provenance *provenance);

#endif
