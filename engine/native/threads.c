/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The traced threads: found by id, numbered by creation, counted when they end. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ptrace.h>

#include "engine/native/native.h"

struct native_thread *native_thread_find(struct native_trace *trace, pid_t tid)
{
	if (trace->last_thread != NULL && trace->last_thread->tid == tid)
		return trace->last_thread;
	for (size_t i = 0; i < trace->thread_count; i++) {
		if (trace->threads[i]->tid == tid) {
			trace->last_thread = trace->threads[i];
			return trace->threads[i];
		}
	}
	return NULL;
}

struct native_thread *native_thread_add(struct native_trace *trace, pid_t tid)
{
	struct native_thread *thread = calloc(1, sizeof(*thread));
	struct native_thread **threads = reallocarray(
		trace->threads, trace->thread_count + 1, sizeof(struct native_thread *));

	if (threads != NULL)
		trace->threads = threads;
	if (thread != NULL && trace->detail == UPSET_DETAIL_FULL)
		thread->live = calloc(1, sizeof(*thread->live));
	if (threads == NULL || thread == NULL ||
		(trace->detail == UPSET_DETAIL_FULL && thread->live == NULL)) {
		free(thread);
		if (trace->result == 0)
			trace->result = upset_error_set(trace->error, ENOMEM,
				"no memory for another thread of the program");
		return NULL;
	}
	if (trace->calls != NULL)
		upset_calls_begin(
			&thread->calls, trace->profile->isa, trace->calls, &thread->calls_position);
	thread->tid = tid;
	thread->number = trace->threads_created++;
	threads[trace->thread_count++] = thread;
	return thread;
}

void native_thread_end(struct native_trace *trace, struct native_thread *thread)
{
	if (upset_profile_add_thread(trace->profile, thread->number, thread->instructions) != 0 &&
		trace->result == 0)
		trace->result = upset_error_set(trace->error, ENOMEM, "no memory to count threads");
	if (trace->calls != NULL)
		upset_calls_end(trace->calls, &thread->calls_position, &thread->work);
	upset_calls_fini(&thread->calls);
	if (thread->live != NULL)
		upset_profile_add_live(trace->profile, thread->live, thread->instructions);
	for (size_t i = 0; i < trace->thread_count; i++) {
		if (trace->threads[i] == thread) {
			trace->threads[i] = trace->threads[--trace->thread_count];
			break;
		}
	}
	if (trace->last_thread == thread)
		trace->last_thread = NULL;
	free(thread->live);
	free(thread);
}

bool native_is_thread(const struct native_trace *trace, pid_t tid)
{
	return tgkill(trace->pid, tid, 0) == 0;
}

void native_release_process(const struct native_trace *trace, pid_t tid)
{
	struct user_regs_struct regs;

	if (native_read_registers(tid, &regs))
		native_hide_trap_flag(tid, &regs);
	if (trace->pinned)
		(void)sched_setaffinity(tid, sizeof(trace->affinity), &trace->affinity);
	(void)ptrace(PTRACE_DETACH, tid, NULL, NULL);
}
