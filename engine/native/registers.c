/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers by resource: see registers.h. */
#include "engine/native/registers.h"

#include <elf.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

enum {
	XSTATE_BYTES = 16384,
	/* In the XSAVE area's standard format (Intel SDM 1, 13.4). */
	X87_REGISTERS_AT = 32,
	XMM_AT = 160,
	XSTATE_BV_AT = 512,
	YMM_UPPER_AT = 576,
	YMM_END = 832,
	X87_REGISTER_BYTES = 10,
	/* Components, in XSTATE_BV. */
	HAS_X87 = 1,
	HAS_SSE = 2,
	HAS_AVX = 4,
};

/* --- general registers and flags -------------------------------------------------------------- */

static unsigned long long *general(struct user_regs_struct *regs, unsigned int resource)
{
	unsigned long long *const places[16] = {&regs->rax, &regs->rcx, &regs->rdx, &regs->rbx,
		&regs->rsp, &regs->rbp, &regs->rsi, &regs->rdi, &regs->r8, &regs->r9, &regs->r10,
		&regs->r11, &regs->r12, &regs->r13, &regs->r14, &regs->r15};

	if (resource == UPSET_FAULT_RIP)
		return &regs->rip;
	return resource < 16 ? places[resource] : NULL;
}

static bool access_general(pid_t tid, unsigned int resource, uint8_t *value, bool write)
{
	struct user_regs_struct regs;
	unsigned long long *place;
	uint64_t flags;

	if (!native_read_registers(tid, &regs))
		return false;
	place = general(&regs, resource);
	if (place != NULL) {
		upset_inject_copy(place, value, sizeof(*place), write);
	} else {
		flags = regs.eflags;
		upset_inject_copy_flag(&flags, resource, value, write);
		regs.eflags = flags;
	}
	return !write || ptrace(PTRACE_SETREGS, tid, NULL, &regs) == 0;
}

/* --- vectors and x87 -------------------------------------------------------------------------- */

static bool access_extended(pid_t tid, unsigned int resource, uint8_t *value, bool write)
{
	uint8_t area[XSTATE_BYTES] __attribute__((aligned(8))) = {0};
	struct iovec part = {area, sizeof(area)};
	bool vector = resource < UPSET_ST0;
	size_t number = resource - (vector ? UPSET_YMM0 : UPSET_ST0);
	uint8_t *low = area + (vector ? XMM_AT : X87_REGISTERS_AT) + 16 * number;
	uint8_t *high = area + YMM_UPPER_AT + 16 * number;

	if (ptrace(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &part) != 0)
		return false;
	if (vector && part.iov_len < YMM_END)
		return false;
	upset_inject_copy(low, value, vector ? 16 : X87_REGISTER_BYTES, write);
	if (vector)
		upset_inject_copy(high, value + 16, 16, write);
	if (!write)
		return true;
	area[XSTATE_BV_AT] |= vector ? HAS_SSE | HAS_AVX : HAS_X87;
	return ptrace(PTRACE_SETREGSET, tid, NT_X86_XSTATE, &part) == 0;
}

static bool access_register(pid_t tid, unsigned int resource, uint8_t *value, bool write)
{
	if (resource == UPSET_FAULT_RIP || resource < UPSET_YMM0)
		return access_general(tid, resource, value, write);
	return resource < UPSET_MM0 && access_extended(tid, resource, value, write);
}

/* --- for engine/inject.h ---------------------------------------------------------------------- */

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	return access_register(((struct native_registers *)context)->tid, resource, value, false);
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	return access_register(((struct native_registers *)context)->tid, resource,
		(uint8_t *)(uintptr_t)value, true);
}

static bool read_memory(void *context, uint64_t address, uint8_t *value, size_t size)
{
	const struct native_registers *r = context;

	return native_read_memory(r->trace, address, value, size) == size;
}

static bool write_memory(void *context, uint64_t address, const uint8_t *value, size_t size)
{
	const struct native_registers *r = context;

	return native_write_memory(r->trace, address, value, size);
}

static void segment_bases(void *context, uint64_t *fs_base, uint64_t *gs_base)
{
	struct user_regs_struct regs;

	if (!native_read_registers(((struct native_registers *)context)->tid, &regs))
		return;
	*fs_base = regs.fs_base;
	*gs_base = regs.gs_base;
}

struct upset_inject_state native_inject_state(
	struct native_registers *registers, const struct native_trace *trace, pid_t tid)
{
	*registers = (struct native_registers){trace, tid};
	return (struct upset_inject_state){
		.context = registers,
		.read_register = read_register,
		.write_register = write_register,
		.read_memory = read_memory,
		.write_memory = write_memory,
		.segment_bases = segment_bases,
	};
}
