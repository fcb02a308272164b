/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an experiment ends: see ending.h. */
#include "engine/ending.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"

void upset_ending_check_limits(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, uint64_t start_ns, bool failed, pid_t pid)
{
	if (result->end != UPSET_EXPERIMENT_EXITED)
		return;
	if (upset_stop_reason(request->stop) != 0)
		result->end = UPSET_EXPERIMENT_INTERRUPTED;
	else if (request->limit_ns != 0 && upset_now_ns() - start_ns > request->limit_ns)
		result->end = UPSET_EXPERIMENT_HUNG;
	else if (!failed)
		return;
	(void)kill(pid, SIGKILL);
}

void upset_ending_take_status(struct upset_experiment_result *result, int status)
{
	if (result->end != UPSET_EXPERIMENT_EXITED)
		return;
	if (WIFSIGNALED(status)) {
		result->end = UPSET_EXPERIMENT_SIGNALED;
		result->status = WTERMSIG(status);
	} else {
		result->status = WEXITSTATUS(status);
	}
}
