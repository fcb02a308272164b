/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: takes what the kernel reports of the traced threads, decides
 * what it means and lets the thread go on.  What an instruction did is step.c's.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "engine/native/native.h"

enum {
	LOOK_AT_CLOCK_EVERY = 1024, /* events */
	PROGRESS_EVERY_NS = 100 * 1000 * 1000,
	HANDLER_ENTERED = SIGTRAP, /* si_code of the stop at a handler's first instruction */
};

struct event {
	pid_t tid; /* 0: none, everything has ended */
	int status;
	struct rusage usage; /* when it ended */
};

static struct event next_event(void)
{
	struct event event;

	do {
		event.tid = wait4(-1, &event.status, __WALL | __WNOTHREAD, &event.usage);
	} while (event.tid < 0 && errno == EINTR);
	if (event.tid < 0)
		event.tid = 0;
	return event;
}

/*
 * System calls are run to their end, not stepped: a step's SIGTRAP would meet
 * the signal mask that the call is changing.  A signal is passed on with a step,
 * which stops at the handler's first instruction.  A thread that was killed
 * meanwhile shows in a later event.
 */
static bool emulate_vsyscall(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs = thread->flight.before;
	int64_t number;

	if (!native_vsyscall(trace, thread->tid, &regs, &number))
		return false;
	native_count_syscall(trace, number);
	native_step_begin(trace, thread, &regs);
	return true;
}

/* What is carried out by hand; true: something was, the next instruction has begun. */
static bool emulate(struct native_trace *trace, struct native_thread *thread)
{
	const struct native_flight *flight = &thread->flight;
	struct user_regs_struct regs = flight->before;

	if (!thread->started || thread->in_syscall)
		return false;
	if (emulate_vsyscall(trace, thread))
		return true;
	if (flight->code.record == NULL || (flight->code.needs & NATIVE_POPS_FLAGS) == 0 ||
		!native_pop_flags(trace, thread->tid, &flight->code.record->insn, &regs))
		return false;
	native_step_done(trace, thread, &regs);
	return true;
}

static void resume(struct native_trace *trace, struct native_thread *thread, int signal)
{
	const struct upset_profile_insn *record;
	bool is_call;

	while (signal == 0 && emulate(trace, thread))
		;
	record = thread->flight.code.record;
	is_call = thread->started && thread->delivered == 0 && record != NULL &&
		  (record->insn.classes & UPSET_CLASS_SYSCALL) != 0;
	(void)ptrace(is_call ? PTRACE_SYSCALL : PTRACE_SINGLESTEP, thread->tid, NULL, signal);
}

static void count_signal(struct native_trace *trace, int signal)
{
	if (upset_profile_add_signal(trace->profile, signal, 1) != 0 && trace->result == 0)
		trace->result = upset_error_set(trace->error, ENOMEM, "no memory to count signals");
}

/* --- the run's end -------------------------------------------------------------- */

/* The number that the kernel tells of the program as @name in its status; 0: none. */
static uint64_t read_status(const struct native_trace *trace, const char *name, int base)
{
	char path[64], line[256];
	uint64_t value = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)trace->pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name), NULL, base);
	(void)fclose(file);
	return value;
}

/* Highest resident size so far, of the program alone: what wait4() says includes the fork. */
static void note_peak_memory(struct native_trace *trace)
{
	struct upset_run *run = &trace->profile->run;
	uint64_t bytes = read_status(trace, "VmHWM:", 10) * 1024;

	if (bytes > run->peak_memory_bytes)
		run->peak_memory_bytes = bytes;
}

static void note_usage(struct native_trace *trace, const struct rusage *usage)
{
	struct upset_run *run = &trace->profile->run;

	if (run->peak_memory_bytes == 0)
		run->peak_memory_bytes = (uint64_t)usage->ru_maxrss * 1024;
}

static void end_thread(struct native_trace *trace, struct native_thread *thread)
{
	if (thread->in_syscall) /* killed there without a stop */
		native_step_left(trace, thread);
	native_thread_end(trace, thread);
}

static void end_threads(struct native_trace *trace)
{
	while (trace->thread_count > 0)
		end_thread(trace, trace->threads[0]);
}

static void program_ended(struct native_trace *trace, const struct event *event)
{
	struct upset_run *run = &trace->profile->run;

	note_usage(trace, &event->usage);
	end_threads(trace);
	trace->running = false;
	if (WIFEXITED(event->status)) {
		run->seen.end = UPSET_END_EXITED;
		run->seen.status = WEXITSTATUS(event->status);
	} else {
		run->seen.end = UPSET_END_SIGNALED;
		run->seen.status = WTERMSIG(event->status);
	}
	if (upset_stop_reason(trace->stop) != 0)
		run->seen.end = UPSET_END_INTERRUPTED;
	else if (run->seen.end == UPSET_END_SIGNALED)
		count_signal(trace, run->seen.status);
}

/* The program became another one, which is not counted: wait for its end. */
static void program_replaced(struct native_trace *trace)
{
	struct upset_run *run = &trace->profile->run;
	struct event event;

	end_threads(trace);
	native_release_process(trace, trace->pid);
	do {
		event = next_event();
	} while (event.tid != 0 && (event.tid != trace->pid || WIFSTOPPED(event.status)));
	note_usage(trace, &event.usage);
	trace->running = false;
	run->seen.end =
		upset_stop_reason(trace->stop) != 0 ? UPSET_END_INTERRUPTED : UPSET_END_EXEC;
	run->seen.status =
		WIFEXITED(event.status) ? WEXITSTATUS(event.status) : 128 + WTERMSIG(event.status);
}

/* --- stops ------------------------------------------------------------------------- */

enum trap {
	TRAP_STEP,
	TRAP_HANDLER, /* entered */
	TRAP_SIGNAL,  /* a SIGTRAP of the program's own */
	TRAP_GONE,    /* the thread */
};

/* The flight is an ordinary instruction and has gone on: no need to ask why it stopped. */
static bool is_plain_step(const struct native_thread *thread, const struct user_regs_struct *regs)
{
	const struct native_flight *flight = &thread->flight;

	if (thread->delivered != 0 || flight->code.record == NULL ||
		(flight->code.record->insn.classes & (UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP)) != 0)
		return false;
	return regs->rip != flight->before.rip || regs->rcx != flight->before.rcx;
}

static enum trap trap_kind(const struct native_thread *thread, const struct user_regs_struct *regs)
{
	const struct upset_profile_insn *record = thread->flight.code.record;
	bool traps = record != NULL && (record->insn.classes & UPSET_CLASS_TRAP) != 0;
	siginfo_t info;

	if (is_plain_step(thread, regs))
		return TRAP_STEP;
	if (ptrace(PTRACE_GETSIGINFO, thread->tid, NULL, &info) != 0)
		return TRAP_GONE;
	if (info.si_code == HANDLER_ENTERED && thread->delivered != 0)
		return TRAP_HANDLER;
	if ((info.si_code == TRAP_TRACE || info.si_code == TRAP_BRKPT) && !traps)
		return TRAP_STEP;
	return TRAP_SIGNAL;
}

/* Without a tracer the kernel drops such a signal, and it interrupts no system call. */
static bool is_ignored(const struct native_trace *trace, int signal)
{
	const uint64_t bit = UINT64_C(1) << (signal - 1);

	if (signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH)
		return (read_status(trace, "SigCgt:", 16) & bit) == 0;
	return (read_status(trace, "SigIgn:", 16) & bit) != 0;
}

static void signal_stop(struct native_trace *trace, struct native_thread *thread, int signal)
{
	struct user_regs_struct regs;

	if (!native_read_registers(thread->tid, &regs))
		return;
	native_step_interrupted(trace, thread, &regs);
	if (thread->restarting != 0)
		*(is_ignored(trace, signal) ? &thread->ignored : &thread->heeded) = true;
	thread->delivered = signal;
	resume(trace, thread, signal);
}

/* The entry to a system call, or the exit from it. */
static void syscall_stop(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs;

	if (!thread->in_syscall) {
		native_step_entered(trace, thread);
	} else {
		if (!native_read_registers(thread->tid, &regs))
			return;
		thread->in_syscall = false;
		native_step_done(trace, thread, &regs);
	}
	resume(trace, thread, 0);
}

static void first_stop(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs;

	if (!native_read_registers(thread->tid, &regs))
		return;
	native_hide_trap_flag(thread->tid, &regs);
	native_mask_begin(thread);
	native_step_begin(trace, thread, &regs);
	resume(trace, thread, 0);
}

static void trap_stop(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs;

	if (!native_read_registers(thread->tid, &regs))
		return;
	switch (trap_kind(thread, &regs)) {
	case TRAP_STEP:
		native_step_done(trace, thread, &regs);
		break;
	case TRAP_HANDLER:
		count_signal(trace, thread->delivered);
		native_step_handler(trace, thread, &regs);
		break;
	case TRAP_SIGNAL:
		signal_stop(trace, thread, SIGTRAP);
		return;
	case TRAP_GONE:
		return;
	}
	thread->delivered = 0;
	resume(trace, thread, 0);
}

/* A stopped process goes on or stays stopped. */
static void group_stop(struct native_trace *trace, struct native_thread *thread, int signal)
{
	if (signal == SIGTRAP)
		resume(trace, thread, 0);
	else
		(void)ptrace(PTRACE_LISTEN, thread->tid, NULL, NULL);
}

/* fork, vfork or clone returned a new process or thread, which may have shown itself already. */
static void thread_created(struct native_trace *trace, struct native_thread *thread, int kind)
{
	struct native_thread *created;
	unsigned long tid = 0;

	if (ptrace(PTRACE_GETEVENTMSG, thread->tid, NULL, &tid) == 0) {
		created = native_thread_find(trace, (pid_t)tid);
		if (kind == PTRACE_EVENT_VFORK || !native_is_thread(trace, (pid_t)tid))
			trace->profile->run.children_not_counted++;
		else if (created == NULL)
			created = native_thread_add(trace, (pid_t)tid);
		if (created != NULL)
			created->trap_blocked |= thread->trap_blocked;
	}
	resume(trace, thread, 0);
}

static void thread_exits(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs;
	pid_t tid = thread->tid;

	if (native_read_registers(tid, &regs))
		native_step_last(trace, thread, &regs);
	note_peak_memory(trace);
	if (trace->maps_changed && trace->thread_count == 1)
		native_code_read_maps(trace);
	end_thread(trace, thread);
	(void)ptrace(PTRACE_CONT, tid, NULL, NULL);
}

/* exec: the thread that called it has taken the first one's id. */
static void thread_replaced(struct native_trace *trace)
{
	struct native_thread *caller = NULL;
	unsigned long tid = 0;

	if (ptrace(PTRACE_GETEVENTMSG, trace->pid, NULL, &tid) == 0)
		caller = native_thread_find(trace, (pid_t)tid);
	if (caller != NULL)
		native_step_left(trace, caller);
	program_replaced(trace);
}

static void dispatch_stop(struct native_trace *trace, struct native_thread *thread, int status)
{
	int kind = status >> 16, signal = WSTOPSIG(status);

	switch (kind) {
	case 0:
		if (signal == SIGTRAP && !thread->started)
			first_stop(trace, thread);
		else if (signal == SIGTRAP)
			trap_stop(trace, thread);
		else if (signal == (SIGTRAP | 0x80))
			syscall_stop(trace, thread);
		else
			signal_stop(trace, thread, signal);
		break;
	case PTRACE_EVENT_STOP:
		if (thread->started)
			group_stop(trace, thread, signal);
		else
			first_stop(trace, thread);
		break;
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		thread_created(trace, thread, kind);
		break;
	case PTRACE_EVENT_EXIT:
		thread_exits(trace, thread);
		break;
	default:
		resume(trace, thread, 0);
		break;
	}
}

/* --- the loop ------------------------------------------------------------------------ */

static void dispatch_event(struct native_trace *trace, const struct event *event)
{
	struct native_thread *thread = native_thread_find(trace, event->tid);

	if (event->tid == 0) { /* someone else waited for it */
		trace->running = false;
		trace->result = upset_error_set(
			trace->error, EIO, "lost the program: %s", strerror(ECHILD));
	} else if (!WIFSTOPPED(event->status)) {
		if (event->tid == trace->pid)
			program_ended(trace, event);
		else if (thread != NULL)
			end_thread(trace, thread);
	} else if (event->status >> 16 == PTRACE_EVENT_EXEC) {
		thread_replaced(trace);
	} else if (thread == NULL && event->status >> 16 == PTRACE_EVENT_EXIT) {
		(void)ptrace(PTRACE_CONT, event->tid, NULL, NULL);
	} else if (thread == NULL && !native_is_thread(trace, event->tid)) {
		native_release_process(trace, event->tid);
	} else {
		if (thread == NULL)
			thread = native_thread_add(trace, event->tid);
		if (thread != NULL)
			dispatch_stop(trace, thread, event->status);
	}
}

static void report_progress(struct native_trace *trace)
{
	const struct upset_golden_request *request = trace->request;
	uint64_t now = upset_now_ns();

	if (now - trace->progress_at_ns < PROGRESS_EVERY_NS)
		return;
	trace->progress_at_ns = now;
	request->progress(request->progress_context, trace->instructions);
}

void native_run(struct native_trace *trace)
{
	struct native_thread *first = native_thread_add(trace, trace->pid);

	trace->running = true;
	trace->maps_changed = true;
	trace->progress_at_ns = upset_now_ns();
	if (first != NULL)
		resume(trace, first, 0);
	for (uint64_t events = 1; trace->running && trace->result == 0; events++) {
		struct event event = next_event();

		dispatch_event(trace, &event);
		if (events % LOOK_AT_CLOCK_EVERY == 0 && trace->request->progress != NULL)
			report_progress(trace);
	}
	if (trace->running)
		native_kill(trace);
	end_threads(trace);
}
