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
	if (threads == NULL || thread == NULL || !native_count_begin(trace, thread)) {
		free(thread);
		if (trace->result == 0)
			trace->result = upset_error_set(trace->error, ENOMEM,
				"no memory for another thread of the program");
		return NULL;
	}
	thread->tid = tid;
	thread->number = trace->threads_created++;
	threads[trace->thread_count++] = thread;
	return thread;
}

void native_thread_end(struct native_trace *trace, struct native_thread *thread)
{
	native_count_end(trace, thread);
	for (size_t i = 0; i < trace->thread_count; i++) {
		if (trace->threads[i] == thread) {
			trace->threads[i] = trace->threads[--trace->thread_count];
			break;
		}
	}
	if (trace->last_thread == thread)
		trace->last_thread = NULL;
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
