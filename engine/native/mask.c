/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps SIGTRAP open while the program thinks that it is blocked: the kernel
 * reports steps with a forced SIGTRAP, and forcing a blocked signal takes its
 * handler away.  What the program reads of its mask shows it as it asked for.
 */
#include <signal.h>
#include <sys/ptrace.h>

#include "engine/native/native.h"

/* It lies in the first word of any mask, which may be all there is of one. */
static const uint32_t trap_bit = UINT32_C(1) << (SIGTRAP - 1);

/* Open SIGTRAP in the real mask; true when it was blocked there. */
static bool open_trap(const struct native_thread *thread)
{
	uint64_t mask = 0;

	if (ptrace(PTRACE_GETSIGMASK, thread->tid, sizeof(mask), &mask) != 0 ||
		(mask & trap_bit) == 0)
		return false;
	mask &= ~(uint64_t)trap_bit;
	(void)ptrace(PTRACE_SETSIGMASK, thread->tid, sizeof(mask), &mask);
	return true;
}

static void add_trap(const struct native_trace *trace, uint64_t address)
{
	uint32_t mask;

	if (native_read_memory(trace, address, &mask, sizeof(mask)) != sizeof(mask))
		return;
	mask |= trap_bit;
	(void)native_write_memory(trace, address, &mask, sizeof(mask));
}

void native_mask_begin(struct native_thread *thread)
{
	if (open_trap(thread))
		thread->trap_blocked = true;
}

static bool sets_mask(const struct native_trace *trace, const struct user_regs_struct *before)
{
	return native_syscall_is(trace, before, "rt_sigprocmask") ||
	       native_syscall_is(trace, before, "sigprocmask");
}

/* It is given the mask itself, and returns the old one, in which SIGTRAP shows as open. */
static bool sets_whole_mask(const struct native_trace *trace, const struct user_regs_struct *before)
{
	return native_syscall_is(trace, before, "ssetmask");
}

void native_mask_ask(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs)
{
	const uint64_t how = native_syscall_argument(trace, regs, 0);
	uint32_t set;

	thread->trap_asked = thread->trap_blocked;
	if (sets_whole_mask(trace, regs))
		thread->trap_asked = (how & trap_bit) != 0;
	if (!sets_mask(trace, regs) ||
		native_read_memory(trace, native_syscall_argument(trace, regs, 1), &set,
			sizeof(set)) != sizeof(set))
		return;
	if (how == SIG_SETMASK)
		thread->trap_asked = (set & trap_bit) != 0;
	else if ((set & trap_bit) != 0)
		thread->trap_asked = how == SIG_BLOCK;
}

void native_mask_returned(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result)
{
	const uint64_t old = native_syscall_argument(trace, before, 2);

	if (native_syscall_is_sigreturn(trace, before)) {
		thread->trap_blocked = open_trap(thread);
	} else if (sets_whole_mask(trace, before)) {
		thread->trap_blocked = thread->trap_asked;
		(void)open_trap(thread);
	} else if (sets_mask(trace, before) && result == 0) {
		if (thread->trap_blocked && old != 0)
			add_trap(trace, old);
		thread->trap_blocked = thread->trap_asked;
		(void)open_trap(thread);
	}
}

void native_mask_handler(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at)
{
	if (thread->trap_blocked)
		add_trap(trace, native_frame_mask(trace, at));
	if (open_trap(thread))
		thread->trap_blocked = true;
}
