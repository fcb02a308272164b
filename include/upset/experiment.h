/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * One experiment: a program runs once without faults and once with some, and the
 * results are compared. */
#ifndef UPSET_EXPERIMENT_H
#define UPSET_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upset/fault.h"
#include "upset/outcome.h"
#include "upset/program.h"

UPSET_BEGIN_DECLS

/** What is asked for; begin with upset_inject_options_init(). */
struct upset_inject_options {
	struct upset_program program;  /**< which program */
	const char *faults;	       /**< their text, as of upset_faults_parse() */
	const char *engine;	       /**< "qemu", as it begins, "native" or "gdb" */
	struct upset_judging judging;  /**< how results are told apart */
	bool no_sandbox;	       /**< let the program do whatever it does */
	struct upset_limits limits;    /**< of the sandbox; begin as 0 */
	const struct upset_stop *stop; /**< by which both runs can be ended; or NULL */
};

/** One of both runs. */
struct upset_run_result {
	enum upset_end end;	      /**< how it ended */
	int status;		      /**< exit status or signal, by end */
	enum upset_obstacle obstacle; /**< what it did not end by itself for, */
	const char *reason;	      /**< in words, or ""; the experiment's */
	uint64_t instructions;	      /**< of the thread with most of them; 0: not counted */
	uint64_t host_time_ns;	      /**< how long it took, nanoseconds */
	const uint8_t *out;	      /**< standard output, [out_size]; the experiment's */
	const uint8_t *err;	      /**< standard error, [err_size]; the experiment's */
	size_t out_size; /**< bytes; where a hole of more than a gigabyte is in it its beginning */
	size_t err_size; /**< likewise */
};

/** An experiment that was made.  Opaque. */
struct upset_injected;

/** What holds when nothing is said; arguments and faults are to be filled in. */
UPSET_API void upset_inject_options_init(struct upset_inject_options *options);

/**
 * Make an experiment.
 * @param[out] injected to be freed with upset_injected_free(); NULL on failure
 * @param[in] options the caller's, also what they point to; not used after the call
 * @param[out] error may be NULL
 * @return 0, whatever came of it; -EINVAL: options or faults make no sense; -EINTR: stopped;
 * else as upset_golden(), but for the study's errors
 */
UPSET_API int upset_inject(struct upset_injected **injected,
	const struct upset_inject_options *options, struct upset_error *error);

/** Free @p injected; NULL is fine. */
UPSET_API void upset_injected_free(struct upset_injected *injected);

/** What it came to, and why in *@p cause, which may be NULL. */
UPSET_API enum upset_outcome upset_injected_outcome(
	const struct upset_injected *injected, enum upset_cause *cause);

/** Its faults, and what became of each in *@p injections ([count]); both are @p injected's. */
UPSET_API const struct upset_faults *upset_injected_faults(
	const struct upset_injected *injected, const struct upset_injection **injections);

/** The runs without and with the faults; either may be NULL. */
UPSET_API void upset_injected_runs(const struct upset_injected *injected,
	struct upset_run_result *golden, struct upset_run_result *faulty);

/** Instructions from the first fault to the end; false: that was not counted. */
UPSET_API bool upset_injected_latency(const struct upset_injected *injected, uint64_t *latency);

UPSET_END_DECLS

#endif
