/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an experiment ends, the same for both engines. */
#ifndef UPSET_ENGINE_ENDING_H
#define UPSET_ENGINE_ENDING_H

#include <sys/types.h>

#include "engine/engine.h"
#include "engine/illegal.h"
#include "sandbox/sandbox.h"

/*
 * Kill process @pid when the caller wants the experiment to stop, when it takes longer than it
 * may, of which @passed_ns have passed, or when it has @failed.  @result says which of the first
 * two.
 */
void upset_ending_check_limits(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, uint64_t passed_ns, bool failed, pid_t pid);

/* It ended in a sandbox as @ending says, under @limits. */
void upset_ending_take_sandbox(struct upset_experiment_result *result,
	const struct upset_limits *limits, const struct upset_sandbox_ending *ending);

/* Say in @text[@size] that one of @limits was in the way; "" for other obstacles. */
void upset_ending_explain_limit(
	enum upset_obstacle obstacle, const struct upset_limits *limits, char *text, size_t size);

/* What helps against @obstacle, which is one. */
const char *upset_ending_advice(enum upset_obstacle obstacle);

/* When SIGILL ended it: whether that was for an instruction that @engine does not have. */
void upset_ending_take_illegal(struct upset_experiment_result *result,
	const struct upset_illegal *illegal, const char *engine);

/* The program has ended with wait status @status; what @result says of a limit stays. */
void upset_ending_take_status(struct upset_experiment_result *result, int status);

#endif
