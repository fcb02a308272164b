/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which system call it is, what it is given and returns, and what it changed that the
 * tracer must know: mappings, files opened for writing, and the answer that would tell
 * the program that it is pinned.
 */
#include <errno.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "engine/native/native.h"
#include "engine/written.h"

enum { ARGUMENTS = 6 };

/* Where user_regs_struct has what a call is given: of programs of 64 and of 32 bits. */
static const size_t passing[2][ARGUMENTS] = {
	{offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rsi),
		offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, r10),
		offsetof(struct user_regs_struct, r8), offsetof(struct user_regs_struct, r9)},
	{offsetof(struct user_regs_struct, rbx), offsetof(struct user_regs_struct, rcx),
		offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, rsi),
		offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rbp)},
};

static bool is_narrow(const struct native_trace *trace)
{
	return trace->abi->word_bytes == sizeof(uint32_t);
}

int64_t native_syscall_number(const struct user_regs_struct *before)
{
	return (int32_t)(uint32_t)before->rax;
}

bool native_syscall_is(
	const struct native_trace *trace, const struct user_regs_struct *before, const char *name)
{
	const char *own = upset_abi_call_name(trace->abi, native_syscall_number(before));

	return own != NULL && strcmp(own, name) == 0;
}

bool native_syscall_is_sigreturn(
	const struct native_trace *trace, const struct user_regs_struct *before)
{
	return native_syscall_is(trace, before, "rt_sigreturn") ||
	       native_syscall_is(trace, before, "sigreturn");
}

uint64_t native_syscall_argument(const struct native_trace *trace,
	const struct user_regs_struct *before, unsigned int number)
{
	unsigned long long value;

	memcpy(&value, (const char *)before + passing[is_narrow(trace)][number], sizeof(value));
	return is_narrow(trace) ? (uint32_t)value : value;
}

int64_t native_syscall_result(
	const struct native_trace *trace, const struct user_regs_struct *after)
{
	return is_narrow(trace) ? (int32_t)(uint32_t)after->rax : (int64_t)after->rax;
}

/* --- what a call changed ----------------------------------------------------------- */

struct call {
	struct native_trace *trace;
	const struct native_thread *thread;
	uint64_t arguments[ARGUMENTS];
	uint64_t result;
};

/* --- mappings ------------------------------------------------------------------- */

static void mapped(const struct call *call)
{
	native_code_changed(call->trace, call->result, call->arguments[1],
		(call->arguments[2] & PROT_EXEC) != 0);
}

/* What is to be mapped is said in memory, or is one of several things that the call does. */
static void mapped_somewhere(const struct call *call)
{
	native_code_changed(call->trace, 0, UINT64_MAX, true);
}

static void unmapped(const struct call *call)
{
	native_code_changed(call->trace, call->arguments[0], call->arguments[1], false);
}

static void protected(const struct call *call)
{
	native_code_changed(call->trace, call->arguments[0], call->arguments[1],
		(call->arguments[2] & PROT_EXEC) != 0);
}

static void moved(const struct call *call)
{
	native_code_changed(call->trace, call->arguments[0], call->arguments[1], false);
	native_code_changed(call->trace, call->result, call->arguments[2], false);
}

static void break_set(const struct call *call)
{
	call->trace->maps_changed = true;
}

static void shared_attached(const struct call *call)
{
	native_code_changed(call->trace, call->result, 1, (call->arguments[2] & SHM_EXEC) != 0);
}

static void shared_detached(const struct call *call)
{
	native_code_changed(call->trace, call->arguments[0], 1, false);
}

/* --- files ------------------------------------------------------------------------ */

static void add_written_file(const struct call *call)
{
	struct native_trace *trace = call->trace;

	if (upset_written_add(trace->profile, call->thread->tid, (int)call->result) != 0 &&
		trace->result == 0)
		trace->result = upset_error_set(trace->error, ENOMEM, "no memory to note files");
}

static void opened_with(const struct call *call, uint64_t flags)
{
	if (upset_written_opens(flags))
		add_written_file(call);
}

static void opened(const struct call *call)
{
	opened_with(call, call->arguments[1]);
}

static void opened_at(const struct call *call)
{
	opened_with(call, call->arguments[2]);
}

static void opened_how(const struct call *call)
{
	struct open_how how;

	if (native_read_memory(call->trace, call->arguments[2], &how.flags, sizeof(how.flags)) ==
		sizeof(how.flags))
		opened_with(call, how.flags);
}

/* --- the rest ---------------------------------------------------------------------- */

/* The program is kept on one core, but shall choose its number of threads as without us. */
static void affinity_read(const struct call *call)
{
	const struct native_trace *trace = call->trace;
	cpu_set_t mask;

	if (!trace->pinned || call->result > sizeof(mask) ||
		(call->arguments[0] != 0 && !native_is_thread(trace, (pid_t)call->arguments[0])))
		return;
	if (native_read_memory(trace, call->arguments[2], &mask, call->result) == call->result &&
		CPU_COUNT_S(call->result, &mask) == 1)
		(void)native_write_memory(
			trace, call->arguments[2], &trace->affinity, call->result);
}

static const struct {
	const char *name;
	void (*returned)(const struct call *call);
	void (*narrow)(const struct call *call); /* of the same name in 32-bit programs; NULL: the
						    same */
} effects[] = {
	{"mmap", mapped, mapped_somewhere},
	{"mmap2", mapped, NULL},
	{"munmap", unmapped, NULL},
	{"mprotect", protected, NULL},
	{"pkey_mprotect", protected, NULL},
	{"mremap", moved, NULL},
	{"remap_file_pages", unmapped, NULL},
	{"madvise", unmapped, NULL},
	{"brk", break_set, NULL},
	{"shmat", shared_attached, NULL},
	{"shmdt", shared_detached, NULL},
	{"ipc", mapped_somewhere, NULL},
	{"open", opened, NULL},
	{"creat", add_written_file, NULL},
	{"openat", opened_at, NULL},
	{"openat2", opened_how, NULL},
	{"sched_getaffinity", affinity_read, NULL},
};

void native_syscall_returned(struct native_trace *trace, const struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result)
{
	struct call call = {.trace = trace,
		.thread = thread,
		.result = is_narrow(trace) ? (uint32_t)result : (uint64_t)result};

	if (result < 0 && result > -4096)
		return;
	for (unsigned int i = 0; i < ARGUMENTS; i++)
		call.arguments[i] = native_syscall_argument(trace, before, i);
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
		if (!native_syscall_is(trace, before, effects[i].name))
			continue;
		if (is_narrow(trace) && effects[i].narrow != NULL)
			effects[i].narrow(&call);
		else
			effects[i].returned(&call);
	}
}
