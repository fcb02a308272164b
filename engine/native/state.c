/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a stopped thread: registers, extended state, memory, and the
 * value that an operand row has in them.  Knows nothing of counting.
 */
#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/native/native.h"

enum {
	/* In the 64-bit FXSAVE image and the XSAVE area's standard format (Intel SDM 1, 13.4). */
	X87_STATUS_AT = 2,
	X87_REGISTERS_AT = 32,
	XMM_AT = 160,
	YMM_UPPER_AT = 576,
	X87_REGISTER_BYTES = 10,
};

/* General registers in encoding order. */
static const size_t general_offset[16] = {
	offsetof(struct user_regs_struct, rax),
	offsetof(struct user_regs_struct, rcx),
	offsetof(struct user_regs_struct, rdx),
	offsetof(struct user_regs_struct, rbx),
	offsetof(struct user_regs_struct, rsp),
	offsetof(struct user_regs_struct, rbp),
	offsetof(struct user_regs_struct, rsi),
	offsetof(struct user_regs_struct, rdi),
	offsetof(struct user_regs_struct, r8),
	offsetof(struct user_regs_struct, r9),
	offsetof(struct user_regs_struct, r10),
	offsetof(struct user_regs_struct, r11),
	offsetof(struct user_regs_struct, r12),
	offsetof(struct user_regs_struct, r13),
	offsetof(struct user_regs_struct, r14),
	offsetof(struct user_regs_struct, r15),
};

static uint64_t general_register(const struct user_regs_struct *regs, unsigned int resource)
{
	uint64_t value;

	memcpy(&value, (const char *)regs + general_offset[resource], sizeof(value));
	return value;
}

bool native_read_registers(pid_t tid, struct user_regs_struct *regs)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, regs) == 0;
}

bool native_pop_flags(const struct native_trace *trace, pid_t tid, const struct upset_insn *insn,
	struct user_regs_struct *regs)
{
	const size_t bytes = insn->memory[0].bits / 8;
	/* What user mode may change: CF PF AF ZF SF TF DF OF NT and, in the upper half, AC ID. */
	const uint64_t own = bytes == 2 ? 0x4dd5 : 0x244dd5;
	uint64_t flags = 0;

	if (bytes > sizeof(flags) || native_read_memory(trace, regs->rsp, &flags, bytes) != bytes)
		return false;
	regs->eflags = (regs->eflags & ~own) | (flags & own);
	regs->rsp += bytes;
	regs->rip += insn->size;
	return ptrace(PTRACE_SETREGS, tid, NULL, regs) == 0;
}

void native_hide_trap_flag(pid_t tid, struct user_regs_struct *regs)
{
	if ((regs->r11 & NATIVE_TRAP_FLAG) == 0 || (regs->eflags & NATIVE_TRAP_FLAG) != 0)
		return;
	regs->r11 &= ~(unsigned long long)NATIVE_TRAP_FLAG;
	(void)ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, r11), regs->r11);
}

/* It is bit 0 of the second byte. */
void native_hide_pushed_trap_flag(const struct native_trace *trace, uint64_t flags, uint64_t rsp)
{
	uint8_t byte = (uint8_t)(flags >> 8);

	(void)native_write_memory(trace, rsp + 1, &byte, 1);
}

void native_general_registers(const struct user_regs_struct *regs, uint64_t gpr[16])
{
	for (unsigned int i = 0; i < 16; i++)
		gpr[i] = general_register(regs, i);
}

size_t native_read_memory(
	const struct native_trace *trace, uint64_t address, void *buffer, size_t size)
{
	size_t done = 0;

	while (done < size && address + done <= INT64_MAX) {
		ssize_t n = pread(trace->memory_fd, (char *)buffer + done, size - done,
			(off_t)(address + done));

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done == 0)
		done = native_time_page_read(trace, address, buffer, size);
	return done;
}

bool native_write_memory(
	const struct native_trace *trace, uint64_t address, const void *buffer, size_t size)
{
	return pwrite(trace->memory_fd, buffer, size, (off_t)address) == (ssize_t)size;
}

bool native_read_xstate(pid_t tid, uint8_t xstate[NATIVE_XSTATE_BYTES])
{
	struct iovec part = {xstate, NATIVE_XSTATE_BYTES};

	/* Without AVX the area is shorter, and the upper halves read as zero. */
	memset(xstate + XMM_AT, 0, NATIVE_XSTATE_BYTES - XMM_AT);
	return ptrace(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &part) == 0;
}

/* The image holds x87 registers from the top of their stack on, MMX registers have fixed places. */
static unsigned int mmx_slot(const uint8_t *xstate, unsigned int number)
{
	unsigned int top = (xstate[X87_STATUS_AT + 1] >> 3) & 7;

	return (number - top) & 7;
}

static void copy_vector(uint8_t value[32], const uint8_t *xstate, unsigned int number)
{
	memcpy(value, xstate + XMM_AT + 16 * (size_t)number, 16);
	memcpy(value + 16, xstate + YMM_UPPER_AT + 16 * (size_t)number, 16);
}

static void copy_x87(uint8_t *value, const uint8_t *xstate, unsigned int slot, size_t size)
{
	memcpy(value, xstate + X87_REGISTERS_AT + 16 * (size_t)slot, size);
}

void native_row_value(const struct upset_operand *row, const struct user_regs_struct *regs,
	const uint8_t *xstate, uint8_t value[NATIVE_VALUE_BYTES])
{
	const struct upset_resource *resource = upset_isa_resource(row->resource);
	uint64_t word = 0;

	memset(value, 0, NATIVE_VALUE_BYTES);
	switch (resource->kind) {
	case UPSET_RESOURCE_GENERAL:
		word = general_register(regs, row->resource) >> row->bit_offset;
		memcpy(value, &word, sizeof(word));
		break;
	case UPSET_RESOURCE_FLAG:
		value[0] = (regs->eflags >> resource->flag_bit) & 1;
		break;
	case UPSET_RESOURCE_VECTOR:
		copy_vector(value, xstate, row->resource - UPSET_YMM0);
		memmove(value, value + row->bit_offset / 8, 32);
		break;
	case UPSET_RESOURCE_X87:
		copy_x87(value, xstate, row->resource - UPSET_ST0, X87_REGISTER_BYTES);
		break;
	case UPSET_RESOURCE_MMX:
		copy_x87(value, xstate, mmx_slot(xstate, row->resource - UPSET_MM0), 8);
		break;
	case UPSET_RESOURCE_MEMORY:
		break;
	}
}
