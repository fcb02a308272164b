/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a system call changed that the tracer must know: mappings, files opened
 * for writing, and the answer that would tell the program that it is pinned.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/native/native.h"

struct call {
	struct native_trace *trace;
	const struct native_thread *thread;
	uint64_t arguments[6];
	uint64_t result;
};

/* --- mappings ------------------------------------------------------------------- */

static void mapped(const struct call *call)
{
	native_code_changed(call->trace, call->result, call->arguments[1],
		(call->arguments[2] & PROT_EXEC) != 0);
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
	char link[64], path[4096];
	struct stat status;
	ssize_t size;

	(void)snprintf(
		link, sizeof(link), "/proc/%d/fd/%d", (int)call->thread->tid, (int)call->result);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0 || path[0] != '/' || stat(link, &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_nlink == 0) /* nobody can find it any more */
		return;
	path[size] = '\0';
	(void)upset_profile_add_file(call->trace->profile, path);
}

static void opened_with(const struct call *call, uint64_t flags)
{
	if ((flags & O_PATH) == 0 && (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY)
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
	int64_t number;
	void (*returned)(const struct call *call);
} effects[] = {
	{SYS_mmap, mapped},
	{SYS_munmap, unmapped},
	{SYS_mprotect, protected},
	{SYS_pkey_mprotect, protected},
	{SYS_mremap, moved},
	{SYS_remap_file_pages, unmapped},
	{SYS_madvise, unmapped},
	{SYS_brk, break_set},
	{SYS_shmat, shared_attached},
	{SYS_shmdt, shared_detached},
	{SYS_open, opened},
	{SYS_creat, add_written_file},
	{SYS_openat, opened_at},
	{SYS_openat2, opened_how},
	{SYS_sched_getaffinity, affinity_read},
};

void native_syscall_returned(struct native_trace *trace, const struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result)
{
	const int64_t number = native_syscall_number(before);
	const struct call call = {
		.trace = trace,
		.thread = thread,
		.arguments = {before->rdi, before->rsi, before->rdx, before->r10, before->r8,
			before->r9},
		.result = (uint64_t)result,
	};

	if (result < 0 && result > -4096)
		return;
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (effects[i].number == number)
			effects[i].returned(&call);
}
