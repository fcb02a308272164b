/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which system call it is, what it is given and returns, and what it changed that the
 * tracer must know: mappings, files opened for writing, and the answer that would tell
 * the program that it is pinned.
 */
#include <errno.h>

#include "engine/native/native.h"
#include "engine/syscalls.h"

static void fill(struct upset_state *state, const struct native_trace *trace,
	const struct user_regs_struct *before)
{
	native_fill(state, trace->target->isa, before, NULL);
}

int64_t native_syscall_number(const struct user_regs_struct *before)
{
	return (int32_t)(uint32_t)before->rax;
}

bool native_syscall_is(
	const struct native_trace *trace, const struct user_regs_struct *before, const char *name)
{
	struct upset_state state;

	fill(&state, trace, before);
	return upset_syscall_is(trace->abi, &state, name);
}

bool native_syscall_is_sigreturn(
	const struct native_trace *trace, const struct user_regs_struct *before)
{
	struct upset_state state;

	fill(&state, trace, before);
	return upset_syscall_is_sigreturn(trace->abi, &state);
}

uint64_t native_syscall_argument(const struct native_trace *trace,
	const struct user_regs_struct *before, unsigned int number)
{
	struct upset_state state;

	fill(&state, trace, before);
	return upset_syscall_argument(&state, number);
}

int64_t native_syscall_result(
	const struct native_trace *trace, const struct user_regs_struct *after)
{
	return trace->abi->word_bytes == sizeof(uint32_t) ? (int32_t)(uint32_t)after->rax
							  : (int64_t)after->rax;
}

/* --- what a call changed ----------------------------------------------------------- */

struct call {
	struct native_trace *trace;
	const struct native_thread *thread;
};

static void mapped(void *context, uint64_t start, uint64_t size, bool executable)
{
	const struct call *call = context;

	native_code_changed(call->trace, start, size, executable);
}

static void break_set(void *context)
{
	const struct call *call = context;

	call->trace->maps_changed = true;
}

static void opened(void *context, int fd)
{
	const struct call *call = context;
	struct native_trace *trace = call->trace;

	if (upset_syscall_add_file(trace->profile, call->thread->tid, fd) != 0 &&
		trace->result == 0)
		trace->result = upset_error_set(trace->error, ENOMEM, "no memory to note files");
}

/* The program is kept on one core, but shall choose its number of threads as without us. */
static void affinity_told(void *context, pid_t tid, uint64_t address, uint64_t bytes)
{
	const struct native_trace *trace = ((const struct call *)context)->trace;
	cpu_set_t mask;

	if (!trace->pinned || bytes > sizeof(mask) || (tid != 0 && !native_is_thread(trace, tid)))
		return;
	if (native_read_memory(trace, address, &mask, bytes) == bytes &&
		CPU_COUNT_S(bytes, &mask) == 1)
		(void)native_write_memory(trace, address, &trace->affinity, bytes);
}

static bool read_memory(void *context, uint64_t address, uint8_t *bytes, size_t size)
{
	const struct call *call = context;

	return native_read_memory(call->trace, address, bytes, size) == size;
}

static const struct upset_syscall_effects effects = {.mapped = mapped,
	.break_set = break_set,
	.opened = opened,
	.affinity_told = affinity_told,
	.read_memory = read_memory};

void native_syscall_returned(struct native_trace *trace, const struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result)
{
	struct call call = {trace, thread};
	struct upset_state state;

	fill(&state, trace, before);
	upset_syscall_returned(trace->abi, &state, (uint64_t)result, &effects, &call);
}
