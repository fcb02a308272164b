/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * Golden runs: a program runs once without faults, and what it executes is counted. */
#ifndef UPSET_GOLDEN_H
#define UPSET_GOLDEN_H

#include <stdbool.h>
#include <stdint.h>

#include "upset/error.h"
#include "upset/program.h"

UPSET_BEGIN_DECLS

/** What is asked for; begin with upset_golden_options_init(). */
struct upset_golden_options {
	struct upset_program program; /**< which program; in_fd must be 0 without a sandbox */
	const char *study;	      /**< path of the study; made when there is no such file */
	const char *engine;	      /**< "qemu", as it begins, "native" or "gdb" */
	const char *remote; /**< engine "gdb": HOST:PORT or the path of a socket of the GDB stub
				 that the program stands in; or NULL: it is started */
	enum upset_detail detail; /**< how much; begins as UPSET_DETAIL_FULL */
	bool calls;		  /**< collect call paths too */
	int out_fd;		  /**< where its standard output goes; begins as -1: nowhere */
	int err_fd;		  /**< the same for standard error */
	bool sandbox;		  /**< run it as experiments are; engine "qemu" only */
	/** Called at most 10 times a second with the instructions so far, from the calling
	 * thread; or NULL. */
	void (*progress)(void *context, uint64_t instructions);
	void *context;		       /**< of progress */
	const struct upset_stop *stop; /**< by which the run can be ended; or NULL */
};

/** What came of it. */
struct upset_golden_result {
	bool ran;			/**< the program ran; false: all the rest means nothing */
	int64_t run;			/**< its number in the study; 0: it could not be stored */
	bool made_study;		/**< there was no such file */
	enum upset_end end;		/**< how it ended */
	int status;			/**< exit status or signal, by end */
	enum upset_obstacle obstacle;	/**< what it did not end by itself for, */
	char reason[UPSET_REASON_SIZE]; /**< in words, or "" */
	uint64_t instructions;		/**< executed, in all threads */
	uint64_t host_time_ns;		/**< how long that took, nanoseconds */
	uint64_t children_not_counted;	/**< child processes, which ran without being counted */
	uint64_t lost;			/**< samples that could not be counted */
	uint64_t calls_lost;		/**< calls that had no room for a path of their own */
};

/** What holds when nothing is said; arguments and study are to be filled in. */
UPSET_API void upset_golden_options_init(struct upset_golden_options *options);

/**
 * Run a program to its end and add the run to a study.
 * @param[in] options the caller's, also what they point to
 * @param[out] result filled in in any case
 * @param[out] error may be NULL
 * @return 0, also when the program failed or the run was stopped (result->end says so); -ENOENT,
 * -EACCES, -ENOEXEC, -EISDIR: the program cannot be run; -ENOSYS: the engine cannot be
 * used here; -EINVAL: options make no sense; -EPIPE: its output could not be passed on,
 * for whatever reason (error->message), but the run is stored (result->run); errors of the study
 * (-ENOTSUP: is none, -EIO, -ENOSPC, -EROFS, -EBUSY); -ENOMEM.  A study that was made for a run
 * that failed is removed.
 */
UPSET_API int upset_golden(const struct upset_golden_options *options,
	struct upset_golden_result *result, struct upset_error *error);

UPSET_END_DECLS

#endif
