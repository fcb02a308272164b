/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine `native`: a golden run on the processor itself, one ptrace single
 * step per instruction.  The oracle for what instructions do; slow by nature.
 */
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/native/breakpoints.h"
#include "engine/native/native.h"
#include "engine/process.h"

enum { OUTPUT_GRACE_MS = 500 };

static int try_ptrace(struct upset_error *error)
{
	const int result = native_try_ptrace();

	return result == 0 ? 0 : native_ptrace_error(-result, error);
}

static int probe(const struct upset_isa *isa, struct upset_engine_info *info)
{
	struct upset_error error = {0};
	struct utsname kernel;
	enum native_means means = NATIVE_STEPS;
	int result = native_check_set(isa, &error);

	if (result == 0)
		result = try_ptrace(&error);
	if (result == 0)
		result = native_means_find(&means, &error);
	*info = (struct upset_engine_info){0};
	if (result != 0) {
		(void)snprintf(info->detail, sizeof(info->detail), "%s", error.message);
		return result;
	}
	(void)snprintf(info->version, sizeof(info->version), UPSET_VERSION);
	(void)snprintf(info->detail, sizeof(info->detail), "ptrace single step, %s, %s %s",
		native_means_describe(means), uname(&kernel) == 0 ? kernel.sysname : "Linux",
		uname(&kernel) == 0 ? kernel.release : "");
	return 0;
}

/* The tree of calls is mostly never touched. */
static int make_calls(struct native_trace *trace)
{
	void *calls = mmap(NULL, sizeof(struct upset_calls), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (calls == MAP_FAILED)
		return upset_error_set(trace->error, ENOMEM, "no memory to follow calls");
	trace->calls = calls;
	return 0;
}

/* The threads have ended. */
static int take_calls(struct native_trace *trace)
{
	int result = upset_profile_take_calls(trace->profile, trace->calls);

	return result == 0 ? 0
			   : upset_error_set(trace->error, -result, "no memory to keep the calls");
}

/* The program runs between launch and end; its output is being collected meanwhile. */
static int run_traced(
	struct native_trace *trace, struct upset_output *output, const int child_fds[2])
{
	uint64_t start_ns = upset_now_ns();
	struct native_watch *watch;
	int result;

	native_pin(trace);
	result = native_launch(trace, child_fds);
	upset_output_close_child_ends(output);
	if (result == 0) {
		watch = native_watch_start(trace);
		if (watch == NULL) {
			native_kill(trace);
			result = upset_error_set(
				trace->error, ENOMEM, "cannot make a thread to watch the program");
		} else {
			native_run(trace);
			native_watch_end(watch);
			result = trace->result;
			if (result == 0 && trace->calls != NULL)
				result = take_calls(trace);
		}
	}
	native_unpin(trace);
	trace->profile->run.seen.host_time_ns = upset_now_ns() - start_ns;
	return result;
}

static int run_with_output(struct native_trace *trace)
{
	const struct upset_golden_request *request = trace->request;
	struct upset_output *output;
	int child_fds[2], result;

	output = upset_output_open(request->out_fd, request->err_fd, child_fds, trace->error);
	if (output == NULL)
		return -EIO;
	result = run_traced(trace, output, child_fds);
	upset_output_finish(output, OUTPUT_GRACE_MS, &trace->profile->run);
	return result;
}

static void trace_free(struct native_trace *trace)
{
	if (trace->calls != NULL)
		(void)munmap(trace->calls, sizeof(*trace->calls));
	native_code_free(trace);
	free(trace->threads);
	if (trace->memory_fd >= 0)
		close(trace->memory_fd);
	if (trace->pid_fd >= 0)
		close(trace->pid_fd);
	free(trace);
}

static int golden(const struct upset_golden_request *request, struct upset_profile *profile,
	struct upset_error *error)
{
	struct native_trace *trace;
	int result;

	result = native_check_target(&request->target, error);
	if (result == 0)
		result = upset_process_check_program(request->target.program, NULL, error);
	if (result != 0)
		return result;
	trace = calloc(1, sizeof(*trace));
	if (trace == NULL)
		return upset_error_set(error, ENOMEM, "no memory to trace the program");
	*trace = (struct native_trace){.target = &request->target,
		.abi = upset_abi_find(request->target.isa->qemu),
		.request = request,
		.detail = request->detail,
		.stop = request->stop,
		.profile = profile,
		.error = error,
		.pid_fd = -1,
		.memory_fd = -1};
	if (request->calls)
		result = make_calls(trace);
	if (result == 0)
		result = run_with_output(trace);
	trace_free(trace);
	return result;
}

const struct upset_engine upset_engine_native = {
	.name = "native",
	.probe = probe,
	.golden = golden,
	.check = native_check,
	.experiment = native_experiment,
	.locate = native_locate,
	.survey = native_survey,
};
