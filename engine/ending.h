/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an experiment ends, the same for both engines. */
#ifndef UPSET_ENGINE_ENDING_H
#define UPSET_ENGINE_ENDING_H

#include <sys/types.h>

#include "engine/engine.h"

/*
 * Kill process @pid when the caller wants the experiment to stop, when it takes longer since
 * @start_ns than it may, or when it has @failed.  @result says which of the first two.
 */
void upset_ending_check_limits(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, uint64_t start_ns, bool failed, pid_t pid);

/* The program has ended with wait status @status; what @result says of a limit stays. */
void upset_ending_take_status(struct upset_experiment_result *result, int status);

#endif
