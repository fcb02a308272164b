/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract that every engine fulfils: run a program once and fill a
 * profile.  engine/native (ptrace) and engine/qemu implement it.
 */
#ifndef UPSET_ENGINE_ENGINE_H
#define UPSET_ENGINE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "profile/profile.h"

struct upset_golden_request {
	const char *program;	  /* path of the executable, PATH already searched */
	char *const *arguments;	  /* argv, NULL-terminated, [0] included */
	char *const *environment; /* envp, NULL-terminated */
	enum upset_detail detail;
	int out_fd, err_fd;	/* where the program's output is passed on to; -1: nowhere.
				   Its standard input is the caller's */
	const atomic_int *stop; /* not 0: end the run, keep the counts, mark it interrupted */
	/* Called now and then (at most 10 times a second) from the caller's thread; may be NULL. */
	void (*progress)(void *context, uint64_t instructions);
	void *progress_context;
};

struct upset_engine {
	const char *name;
	/*
	 * Whether it can run here.  @detail[@size] gets one line for `upset doctor`
	 * (path and version, or what is missing).  0 or -errno.
	 */
	int (*probe)(char *detail, size_t size);
	/*
	 * Run the program to its end and fill @profile (new, not yet finished).
	 * 0 also when the program failed or was interrupted (profile->run says so);
	 * -errno when it could not be run: -ENOENT, -EACCES, -ENOEXEC (not an ELF
	 * file, other architecture, missing interpreter), -EISDIR, -ENOMEM, -EIO.
	 * -EPIPE: the run is complete and @profile sound, but its output could not be
	 * passed on.
	 */
	int (*golden)(const struct upset_golden_request *request, struct upset_profile *profile,
		struct upset_error *error);
};

extern const struct upset_engine upset_engine_native;
extern const struct upset_engine upset_engine_qemu;

/* The engine called @name, or NULL. */
const struct upset_engine *upset_engine_find(const char *name);

#endif
