/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an experiment ends: see ending.h. */
#include "engine/ending.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

void upset_ending_check_limits(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, uint64_t passed_ns, bool failed, pid_t pid)
{
	if (result->seen.end != UPSET_END_EXITED)
		return;
	if (upset_stop_reason(request->stop) != 0)
		result->seen.end = UPSET_END_INTERRUPTED;
	else if (request->limit_ns != 0 && passed_ns > request->limit_ns)
		result->seen.end = UPSET_END_HUNG;
	else if (!failed)
		return;
	(void)kill(pid, SIGKILL);
}

void upset_ending_take_status(struct upset_experiment_result *result, int status)
{
	if (result->seen.end != UPSET_END_EXITED)
		return;
	if (WIFSIGNALED(status)) {
		result->seen.end = UPSET_END_SIGNALED;
		result->seen.status = WTERMSIG(status);
	} else {
		result->seen.status = WEXITSTATUS(status);
	}
}

static void print_bytes(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	unsigned int unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	(void)snprintf(text, size, "%" PRIu64 " %s", bytes, units[unit]);
}

void upset_ending_explain_limit(
	enum upset_obstacle obstacle, const struct upset_limits *limits, char *text, size_t size)
{
	char much[64];

	text[0] = '\0';
	switch (obstacle) {
	case UPSET_OBSTACLE_MEMORY:
		print_bytes(limits->memory_bytes, much, sizeof(much));
		(void)snprintf(text, size, "it used more memory than its limit of %s", much);
		break;
	case UPSET_OBSTACLE_FILE:
		print_bytes(limits->file_bytes, much, sizeof(much));
		(void)snprintf(text, size, "it wrote more to a file than its limit of %s", much);
		break;
	case UPSET_OBSTACLE_CPU:
		(void)snprintf(text, size,
			"it took more processor time than its limit of %" PRIu64 " seconds",
			limits->cpu_seconds);
		break;
	case UPSET_OBSTACLE_PROCESSES:
		(void)snprintf(text, size,
			"it had more processes and threads than its limit of %" PRIu64,
			limits->processes);
		break;
	case UPSET_OBSTACLE_INSTRUCTION:
	case UPSET_OBSTACLE_NONE:
		break;
	}
}

const char *upset_ending_advice(enum upset_obstacle obstacle)
{
	static const char *const advice[] = {
		[UPSET_OBSTACLE_NONE] = "",
		[UPSET_OBSTACLE_INSTRUCTION] =
			"build it without, as with gcc -march=x86-64-v3, or try another --engine",
		[UPSET_OBSTACLE_MEMORY] = "--limit-memory allows more",
		[UPSET_OBSTACLE_FILE] = "--limit-file allows more",
		[UPSET_OBSTACLE_CPU] = "--limit-cpu allows more",
		[UPSET_OBSTACLE_PROCESSES] = "--limit-processes allows more",
	};

	return advice[obstacle];
}

void upset_ending_take_sandbox(struct upset_experiment_result *result,
	const struct upset_limits *limits, const struct upset_sandbox_ending *ending)
{
	memcpy(result->seen.files, ending->files, sizeof(result->seen.files));
	result->needed = ending->needed;
	result->seen.obstacle = ending->obstacle;
	upset_ending_explain_limit(
		ending->obstacle, limits, result->seen.reason, sizeof(result->seen.reason));
}

void upset_ending_take_illegal(struct upset_experiment_result *result,
	const struct upset_illegal *illegal, const char *engine)
{
	if (result->seen.end == UPSET_END_SIGNALED && result->seen.status == SIGILL &&
		upset_illegal_explain(
			illegal, engine, result->seen.reason, sizeof(result->seen.reason)))
		result->seen.obstacle = UPSET_OBSTACLE_INSTRUCTION;
}
