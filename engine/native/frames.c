/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames that the kernel makes for signal handlers, of 64 and of 32 bits; of those
 * there are two kinds, by whether the handler takes a siginfo_t.
 */
#include <stddef.h>
#include <ucontext.h>

#include "engine/native/native.h"

enum {
	/* x86-64: a ucontext_t above the return address */
	CONTEXT_AT = 8,
	/* i386: the registers in the frame of a handler with a number alone, where they and the
	   mask lie in the ucontext of the other kind, and what the registers begin with */
	PLAIN_REGISTERS_AT = 8,
	REGISTERS_AT = 20,
	MASK_AT = 108,
	EAX_AT = 44,
	OLD_MASK_AT = 80,
};

/* i386: where the ucontext is, which such handlers are given in ecx too; 0: there is none. */
static uint64_t context_of(const struct user_regs_struct *at)
{
	return (uint32_t)at->rcx;
}

uint64_t native_frame_mask(const struct native_trace *trace, const struct user_regs_struct *at)
{
	if (trace->abi->word_bytes == 8)
		return at->rsp + CONTEXT_AT + offsetof(ucontext_t, uc_sigmask);
	if (context_of(at) != 0)
		return context_of(at) + MASK_AT;
	return at->rsp + PLAIN_REGISTERS_AT + OLD_MASK_AT;
}

static uint64_t result_at(const struct native_trace *trace, const struct user_regs_struct *at)
{
	if (trace->abi->word_bytes == 8)
		return at->rsp + CONTEXT_AT + offsetof(ucontext_t, uc_mcontext.gregs[REG_RAX]);
	if (context_of(at) != 0)
		return context_of(at) + REGISTERS_AT + EAX_AT;
	return at->rsp + PLAIN_REGISTERS_AT + EAX_AT;
}

bool native_frame_result(
	const struct native_trace *trace, const struct user_regs_struct *at, uint64_t *result)
{
	const size_t bytes = trace->abi->word_bytes;

	*result = 0;
	return native_read_memory(trace, result_at(trace, at), result, bytes) == bytes;
}
