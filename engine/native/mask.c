/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps SIGTRAP open while the program thinks that it is blocked: the kernel
 * reports steps with a forced SIGTRAP, and forcing a blocked signal takes its
 * handler away.  What the program reads of its mask shows it as it asked for.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "engine/native/native.h"

static const uint64_t trap_bit = UINT64_C(1) << (SIGTRAP - 1);

/* Open SIGTRAP in the real mask; true when it was blocked there. */
static bool open_trap(const struct native_thread *thread)
{
	uint64_t mask = 0;

	if (ptrace(PTRACE_GETSIGMASK, thread->tid, sizeof(mask), &mask) != 0 ||
		(mask & trap_bit) == 0)
		return false;
	mask &= ~trap_bit;
	(void)ptrace(PTRACE_SETSIGMASK, thread->tid, sizeof(mask), &mask);
	return true;
}

static void add_trap(const struct native_trace *trace, uint64_t address)
{
	uint64_t mask;

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

void native_mask_ask(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs)
{
	uint64_t set;

	thread->trap_asked = thread->trap_blocked;
	if (native_syscall_number(regs) != SYS_rt_sigprocmask ||
		native_read_memory(trace, regs->rsi, &set, sizeof(set)) != sizeof(set))
		return;
	if (regs->rdi == SIG_SETMASK)
		thread->trap_asked = (set & trap_bit) != 0;
	else if ((set & trap_bit) != 0)
		thread->trap_asked = regs->rdi == SIG_BLOCK;
}

void native_mask_returned(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result)
{
	if (native_syscall_number(before) == SYS_rt_sigreturn) {
		thread->trap_blocked = open_trap(thread);
	} else if (native_syscall_number(before) == SYS_rt_sigprocmask && result == 0) {
		if (thread->trap_blocked && before->rdx != 0)
			add_trap(trace, before->rdx);
		thread->trap_blocked = thread->trap_asked;
		(void)open_trap(thread);
	}
}

void native_mask_handler(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at)
{
	if (thread->trap_blocked)
		add_trap(trace, at->rsp + NATIVE_FRAME_CONTEXT + offsetof(ucontext_t, uc_sigmask));
	if (open_trap(thread))
		thread->trap_blocked = true;
}
