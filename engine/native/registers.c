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
	XSTATE_BV_AT = 512,
	YMM_END = 832,
	/* Components, in XSTATE_BV. */
	HAS_X87 = 1,
	HAS_SSE = 2,
	HAS_AVX = 4,
};

/* Read or write the whole of a register through an image. */
static void access_image(
	struct upset_state *state, unsigned int resource, uint8_t *value, bool write)
{
	unsigned int bits = state->isa->resources[resource].bits;

	if (write)
		upset_state_put(state, resource, 0, bits, value);
	else
		upset_state_get(state, resource, 0, bits, value);
}

static bool access_general(
	const struct upset_isa *isa, pid_t tid, unsigned int resource, uint8_t *value, bool write)
{
	struct user_regs_struct regs;
	struct upset_state state;

	if (!native_read_registers(tid, &regs))
		return false;
	native_fill(&state, isa, &regs, NULL);
	access_image(&state, resource, value, write);
	native_flush(&state, &regs);
	return !write || ptrace(PTRACE_SETREGS, tid, NULL, &regs) == 0;
}

static bool access_extended(
	const struct upset_isa *isa, pid_t tid, unsigned int resource, uint8_t *value, bool write)
{
	uint8_t area[XSTATE_BYTES] __attribute__((aligned(8))) = {0};
	struct user_regs_struct none = {0};
	struct iovec part = {area, sizeof(area)};
	bool vector = isa->resources[resource].kind == UPSET_RESOURCE_VECTOR;
	struct upset_state state;

	if (ptrace(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &part) != 0)
		return false;
	if (vector && part.iov_len < YMM_END)
		return false;
	native_fill(&state, isa, &none, area);
	access_image(&state, resource, value, write);
	if (!write)
		return true;
	native_flush_extended(&state, resource, area);
	area[XSTATE_BV_AT] |= vector ? HAS_SSE | HAS_AVX : HAS_X87;
	return ptrace(PTRACE_SETREGSET, tid, NT_X86_XSTATE, &part) == 0;
}

static bool access_register(
	const struct native_registers *r, unsigned int resource, uint8_t *value, bool write)
{
	const struct upset_isa *isa = r->trace->target->isa;

	switch (isa->resources[resource].kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_FLAG:
	case UPSET_RESOURCE_HIDDEN:
		return access_general(isa, r->tid, resource, value, write);
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_X87:
		return access_extended(isa, r->tid, resource, value, write);
	default:
		return false;
	}
}

/* --- for engine/inject.h ---------------------------------------------------------------------- */

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	return access_register(context, resource, value, false);
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	return access_register(context, resource, (uint8_t *)(uintptr_t)value, true);
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

struct upset_inject_state native_inject_state(
	struct native_registers *registers, const struct native_trace *trace, pid_t tid)
{
	*registers = (struct native_registers){trace, tid};
	return (struct upset_inject_state){
		.isa = trace->target->isa,
		.context = registers,
		.read_register = read_register,
		.write_register = write_register,
		.read_memory = read_memory,
		.write_memory = write_memory,
	};
}
