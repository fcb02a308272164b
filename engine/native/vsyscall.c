/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the vsyscall page.  There is no code: the kernel carries the call out
 * and returns, at the fault of the jump, so that a step would not stop before the
 * next instruction is done.  Carried out by hand in the same way instead.
 */
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/maps.h"
#include "engine/native/native.h"

enum { ENTRY_GETTIMEOFDAY = 0x000, ENTRY_TIME = 0x400, ENTRY_GETCPU = 0x800 };

static const uint64_t page = UINT64_C(0xffffffffff600000);

static int note_page(void *context, const struct upset_mapping *mapping, bool shared)
{
	(void)shared;
	if (mapping->start == page)
		*(bool *)context = true;
	return 0;
}

/* The kernel may have been told to do without. */
static bool page_exists(void)
{
	bool exists = false;

	return upset_maps_read(getpid(), note_page, &exists) == 0 && exists;
}

static bool store(
	const struct native_trace *trace, uint64_t address, const void *value, size_t size)
{
	return address == 0 || native_write_memory(trace, address, value, size);
}

static bool carry_out(
	const struct native_trace *trace, struct user_regs_struct *regs, int64_t *number)
{
	struct timeval time;
	struct timezone zone;
	unsigned int cpu, node;

	(void)gettimeofday(&time, &zone);
	regs->rax = 0;
	switch (regs->rip - page) {
	case ENTRY_GETTIMEOFDAY:
		*number = SYS_gettimeofday;
		return store(trace, regs->rdi, &time, sizeof(time)) &&
		       store(trace, regs->rsi, &zone, sizeof(zone));
	case ENTRY_TIME:
		*number = SYS_time;
		regs->rax = (unsigned long long)time.tv_sec;
		return store(trace, regs->rdi, &time.tv_sec, sizeof(time.tv_sec));
	case ENTRY_GETCPU:
		*number = SYS_getcpu;
		return syscall(SYS_getcpu, &cpu, &node, NULL) == 0 &&
		       store(trace, regs->rdi, &cpu, sizeof(cpu)) &&
		       store(trace, regs->rsi, &node, sizeof(node));
	default:
		return false;
	}
}

bool native_vsyscall(
	const struct native_trace *trace, pid_t tid, struct user_regs_struct *regs, int64_t *number)
{
	struct user_regs_struct after = *regs;
	uint64_t caller;

	if (regs->rip - page >= 4096 || !page_exists() ||
		native_read_memory(trace, regs->rsp, &caller, sizeof(caller)) != sizeof(caller) ||
		!carry_out(trace, &after, number))
		return false;
	after.rip = caller;
	after.rsp += sizeof(caller);
	if (ptrace(PTRACE_SETREGS, tid, NULL, &after) != 0)
		return false;
	*regs = after;
	return true;
}
