/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a stopped thread: registers, extended state and memory, and
 * how they go into a register image and back.  Knows nothing of counting.
 */
#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/native/native.h"
#include "isa/x86/x86.h"

enum {
	/* In the 64-bit FXSAVE image and the XSAVE area's standard format (Intel SDM 1, 13.4). */
	X87_STATUS_AT = 2,
	X87_REGISTERS_AT = 32,
	XMM_AT = 160,
	YMM_UPPER_AT = 576,
	X87_REGISTER_BYTES = 10,
};

/*
 * Registers that PTRACE_GETREGS has, 8 bytes each.  Those of a 32-bit program are the lower halves;
 * what the kernel has in the upper ones is not the program's.
 */
static const struct {
	uint8_t resource;
	uint16_t at;
} places[] = {
	{X86_RAX, offsetof(struct user_regs_struct, rax)},
	{X86_RCX, offsetof(struct user_regs_struct, rcx)},
	{X86_RDX, offsetof(struct user_regs_struct, rdx)},
	{X86_RBX, offsetof(struct user_regs_struct, rbx)},
	{X86_RSP, offsetof(struct user_regs_struct, rsp)},
	{X86_RBP, offsetof(struct user_regs_struct, rbp)},
	{X86_RSI, offsetof(struct user_regs_struct, rsi)},
	{X86_RDI, offsetof(struct user_regs_struct, rdi)},
	{X86_R8, offsetof(struct user_regs_struct, r8)},
	{X86_R9, offsetof(struct user_regs_struct, r9)},
	{X86_R10, offsetof(struct user_regs_struct, r10)},
	{X86_R11, offsetof(struct user_regs_struct, r11)},
	{X86_R12, offsetof(struct user_regs_struct, r12)},
	{X86_R13, offsetof(struct user_regs_struct, r13)},
	{X86_R14, offsetof(struct user_regs_struct, r14)},
	{X86_R15, offsetof(struct user_regs_struct, r15)},
	{X86_RIP, offsetof(struct user_regs_struct, rip)},
	{X86_RFLAGS, offsetof(struct user_regs_struct, eflags)},
	{X86_FS_BASE, offsetof(struct user_regs_struct, fs_base)},
	{X86_GS_BASE, offsetof(struct user_regs_struct, gs_base)},
};

/* None of a register that the instruction set has not. */
static size_t bytes_of(const struct upset_isa *isa, unsigned int resource)
{
	return isa->resources[resource].bits / 8u;
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

/* The @size bytes at @place of the area, and those of the image. */
static void copy(uint8_t *place, void *image, size_t size, bool to_area)
{
	memcpy(to_area ? place : image, to_area ? image : place, size);
}

static void copy_extended(
	struct upset_state *state, unsigned int resource, uint8_t *area, bool to_area)
{
	uint8_t *image = upset_state_place(state, resource);
	unsigned int slot;

	switch (state->isa->resources[resource].kind) {
	case UPSET_RESOURCE_VECTOR:
		slot = resource - X86_YMM0;
		copy(area + XMM_AT + 16 * (size_t)slot, image, 16, to_area);
		copy(area + YMM_UPPER_AT + 16 * (size_t)slot, image + 16, 16, to_area);
		break;
	case UPSET_RESOURCE_X87:
		slot = resource - X86_ST0;
		copy(area + X87_REGISTERS_AT + 16 * (size_t)slot, image, X87_REGISTER_BYTES,
			to_area);
		break;
	case UPSET_RESOURCE_MMX:
		slot = mmx_slot(area, resource - X86_MM0);
		copy(area + X87_REGISTERS_AT + 16 * (size_t)slot, image, 8, to_area);
		break;
	default:
		break;
	}
}

void native_fill(struct upset_state *state, const struct upset_isa *isa,
	const struct user_regs_struct *regs, const uint8_t *xstate)
{
	state->isa = isa;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		memcpy(upset_state_place(state, places[i].resource),
			(const char *)regs + places[i].at, bytes_of(isa, places[i].resource));
	for (unsigned int r = X86_YMM0; r < UPSET_MEMORY && xstate != NULL; r++)
		copy_extended(state, r, (uint8_t *)(uintptr_t)xstate, false);
}

void native_flush(const struct upset_state *state, struct user_regs_struct *regs)
{
	struct upset_state *from = (struct upset_state *)(uintptr_t)state;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		memcpy((char *)regs + places[i].at, upset_state_place(from, places[i].resource),
			bytes_of(state->isa, places[i].resource));
}

void native_flush_extended(const struct upset_state *state, unsigned int resource, uint8_t *xstate)
{
	copy_extended((struct upset_state *)(uintptr_t)state, resource, xstate, true);
}
