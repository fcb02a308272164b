/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts the program under ptrace, stopped where its first instruction is next,
 * on the core of the tracer: a step costs two context switches, which are three
 * times cheaper within a core.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/read.h"
#include "engine/ending.h"
#include "engine/input.h"
#include "engine/native/native.h"

enum {
	TRACE_OPTIONS = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
			PTRACE_O_TRACEEXIT | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			PTRACE_O_TRACEVFORK
};

/* The child waits at the gate until it is traced, and says on it why exec failed. */
struct gate {
	int go[2], failed[2];
};

void native_pin(struct native_trace *trace)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	if (cpu < 0 || cpu >= CPU_SETSIZE ||
		sched_getaffinity(0, sizeof(trace->affinity), &trace->affinity) != 0)
		return;
	CPU_ZERO(&one);
	CPU_SET((unsigned int)cpu, &one);
	trace->pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
}

void native_unpin(struct native_trace *trace)
{
	if (trace->pinned)
		(void)sched_setaffinity(0, sizeof(trace->affinity), &trace->affinity);
	trace->pinned = false;
}

int native_ptrace_error(int code, struct upset_error *error)
{
	if (code == EPERM || code == EACCES || code == ENOSYS)
		return upset_error_set(error, EACCES,
			"the kernel does not permit ptrace here (%s); in a container run it with "
			"--cap-add=SYS_PTRACE, elsewhere see /proc/sys/kernel/yama/ptrace_scope, "
			"or use the engine qemu",
			strerror(code));
	return upset_error_set(error, EIO, "cannot trace the program: %s", strerror(code));
}

static void run_child(const struct native_trace *trace, const struct gate *gate,
	const int child_fds[2]) __attribute__((noreturn));

/* In the child, between fork and exec: system calls only. */
static void run_child(
	const struct native_trace *trace, const struct gate *gate, const int child_fds[2])
{
	const struct upset_target *target = trace->target;
	int fds[2], persona, code;
	char go;

	close(gate->go[1]);
	if (read(gate->go[0], &go, 1) != 1)
		_exit(127);
	/* The pipes' numbers may be 1 and 2 themselves. */
	fds[0] = fcntl(child_fds[0], F_DUPFD_CLOEXEC, 3);
	fds[1] = fcntl(child_fds[1], F_DUPFD_CLOEXEC, 3);
	if (fds[0] >= 0 && fds[1] >= 0 && upset_input_take(target->in_fd) && dup2(fds[0], 1) == 1 &&
		dup2(fds[1], 2) == 2) {
		persona = personality(0xffffffff);
		if (persona >= 0) /* where it is forbidden, addresses differ between runs */
			(void)personality((unsigned long)persona | ADDR_NO_RANDOMIZE);
		execve(target->program, target->arguments, target->environment);
	}
	code = errno;
	if (write(gate->failed[1], &code, sizeof(code)) != sizeof(code))
		_exit(126);
	_exit(127);
}

static int exec_error(const struct native_trace *trace, int code)
{
	const char *program = trace->target->program;

	switch (code) {
	case ENOENT:
	case EACCES:
	case ENOEXEC:
	case ENOMEM:
		break;
	case E2BIG:
		return upset_error_set(trace->error, EIO,
			"cannot run '%s': its arguments and environment are too long", program);
	default:
		return upset_error_set(
			trace->error, EIO, "cannot run '%s': %s", program, strerror(code));
	}
	return upset_error_set(trace->error, code, "cannot run '%s': %s", program, strerror(code));
}

/* Wait for the stop that follows a successful exec. */
static int wait_for_exec(const struct native_trace *trace, const struct gate *gate)
{
	int status, code = 0;

	for (;;) {
		if (waitpid(trace->pid, &status, __WALL) < 0) {
			if (errno == EINTR)
				continue;
			return upset_error_set(trace->error, EIO, "cannot wait for '%s': %s",
				trace->target->program, strerror(errno));
		}
		if (!WIFSTOPPED(status)) {
			if (upset_read_whole(gate->failed[0], &code, sizeof(code)))
				return exec_error(trace, code);
			return upset_error_set(trace->error, ENOEXEC,
				"the kernel could not load '%s' and killed it; the file is damaged",
				trace->target->program);
		}
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			return 0;
		if (ptrace(PTRACE_CONT, trace->pid, 0, status >> 16 != 0 ? 0 : WSTOPSIG(status)) !=
				0 &&
			errno != ESRCH)
			return native_ptrace_error(errno, trace->error);
	}
}

static int trace_child(struct native_trace *trace, const struct gate *gate)
{
	char path[64];
	int result;

	if (ptrace(PTRACE_SEIZE, trace->pid, NULL, TRACE_OPTIONS) != 0)
		return native_ptrace_error(errno, trace->error);
	if (write(gate->go[1], "", 1) != 1)
		return upset_error_set(
			trace->error, EIO, "cannot start the program: %s", strerror(errno));
	result = wait_for_exec(trace, gate);
	if (result != 0)
		return result;
	trace->pid_fd = pidfd_open(trace->pid, 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)trace->pid);
	trace->memory_fd = open(path, O_RDWR | O_CLOEXEC);
	if (trace->pid_fd < 0 || trace->memory_fd < 0)
		return upset_error_set(trace->error, EIO,
			"cannot read the program's memory through /proc: %s", strerror(errno));
	return 0;
}

void native_kill(const struct native_trace *trace)
{
	int status;

	(void)kill(trace->pid, SIGKILL);
	for (;;) {
		pid_t tid = waitpid(-1, &status, __WALL | __WNOTHREAD);

		if (tid < 0 && errno != EINTR)
			return;
		if (tid >= 0 && WIFSTOPPED(status)) /* also one that is about to exit stops */
			(void)ptrace(PTRACE_CONT, tid, NULL, NULL);
		else if (tid == trace->pid)
			return;
	}
}

void native_leave_sandbox(const struct native_trace *trace, struct upset_experiment_result *result)
{
	struct upset_sandbox_ending ending;
	pid_t tid;
	int status;

	/* What is killed there and traced stops once more, and has to go on. */
	do {
		tid = waitpid(-1, &status, __WALL | __WNOTHREAD);
		if (tid > 0 && WIFSTOPPED(status))
			(void)ptrace(PTRACE_CONT, tid, NULL, NULL);
	} while (tid < 0 ? errno == EINTR : tid != trace->keeper);
	upset_sandbox_end(trace->keeper, trace->status_fd, &ending);
	upset_ending_take_sandbox(result, trace->target->sandbox, &ending);
}

static int make_process(struct native_trace *trace)
{
	if (trace->target->sandbox != NULL) {
		trace->pid = upset_sandbox_fork(
			trace->target->sandbox, &trace->keeper, &trace->status_fd, trace->error);
		return trace->pid < 0 ? trace->pid : 0;
	}
	trace->pid = fork();
	if (trace->pid >= 0)
		return 0;
	return upset_error_set(trace->error, errno == ENOMEM ? ENOMEM : EIO,
		"cannot start a process: %s", strerror(errno));
}

/* Fork; the parent's end of the gate that only the child writes to is closed. */
static int launch_through(struct native_trace *trace, struct gate *gate, const int child_fds[2])
{
	int result;

	result = make_process(trace);
	if (result == 0 && trace->pid == 0)
		run_child(trace, gate, child_fds);
	close(gate->failed[1]);
	if (result != 0)
		return result;
	result = trace_child(trace, gate);
	if (result != 0)
		native_kill(trace);
	return result;
}

int native_launch(struct native_trace *trace, const int child_fds[2])
{
	struct gate gate;
	int result;

	if (pipe2(gate.go, O_CLOEXEC) != 0)
		return upset_error_set(
			trace->error, EIO, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(gate.failed, O_CLOEXEC) != 0) {
		result = upset_error_set(
			trace->error, EIO, "cannot make a pipe: %s", strerror(errno));
		close(gate.go[0]);
		close(gate.go[1]);
		return result;
	}
	result = launch_through(trace, &gate, child_fds);
	close(gate.go[0]);
	close(gate.go[1]);
	close(gate.failed[0]);
	return result;
}

int native_try_ptrace(void)
{
	struct native_trace trace = {.pid = fork()};
	int result = 0;

	if (trace.pid < 0)
		return -errno;
	if (trace.pid == 0) {
		for (;;)
			pause();
	}
	if (ptrace(PTRACE_SEIZE, trace.pid, NULL, TRACE_OPTIONS) != 0)
		result = -errno;
	native_kill(&trace);
	return result;
}
