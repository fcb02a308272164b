/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of decoding share: Zydis's view of one instruction, corrected
 * by correct.c, from which the other files derive struct upset_insn.
 */
#ifndef UPSET_ISA_X86_INTERNAL_H
#define UPSET_ISA_X86_INTERNAL_H

#include <Zydis/Zydis.h>

#include "isa/state.h"
#include "isa/x86/x86.h"

struct x86_code {
	const struct upset_isa *isa;
	uint64_t address; /* of the instruction at run time */
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

/* Flags as bits of RFLAGS.  A flag in both is kept or changed. */
struct x86_flags {
	uint32_t read, write;
};

/* Hidden register operands that Zydis leaves out: @count of them from @first on. */
struct x86_extra {
	ZydisRegister first;
	unsigned int count;
	ZydisOperandActions actions;
};

/* Correct actions and widths of @code's operands where Zydis is wrong or too coarse. */
void x86_correct_operands(struct x86_code *code);
struct x86_extra x86_extra_operands(const struct x86_code *code);

/* True for x87 instructions that write a register below the top and then pop. */
bool x86_pops_x87(ZydisMnemonic mnemonic);

/* True when the sources are one register and the result does not depend on it. */
bool x86_is_idiom(const struct x86_code *code);

/* True when the instruction accesses none of its operands: nops and prefetch hints. */
bool x86_is_hint(const struct x86_code *code);

/* syscall, sysenter, int 0x80. */
bool x86_is_system_call(const struct x86_code *code);
/* With a REP prefix that has effect. */
bool x86_is_repeated(const struct x86_code *code);

/* The flags that the instruction reads and writes, of those that are resources. */
struct x86_flags x86_flags(const struct x86_code *code);

static inline const struct upset_resource *x86_describe(
	const struct x86_code *code, uint8_t resource)
{
	return &code->isa->resources[resource];
}

/* The resource that @reg is part of, or UPSET_RESOURCE_NONE. */
uint8_t x86_resource(ZydisRegister reg);

/* Describe the memory operand @operand of @code. */
/* An address of the registers' low 16 bits; what lies on the stack has none all the same. */
bool x86_is_short_address(const struct x86_code *code, const ZydisDecodedOperandMem *mem);
struct upset_memory x86_memory(const struct x86_code *code, const ZydisDecodedOperand *operand);

/* What follows from @insn's rows, once it has them. */
void x86_find_effects(struct upset_insn *insn, const struct upset_isa *isa);

/* See struct upset_isa. */
int x86_decode(struct upset_insn *insn, unsigned int mode, uint64_t address, const uint8_t *bytes,
	size_t size);
int x86_decode_32(struct upset_insn *insn, unsigned int mode, uint64_t address,
	const uint8_t *bytes, size_t size);
void x86_format(const struct upset_insn *insn, char *text, size_t size);
void x86_format_32(const struct upset_insn *insn, char *text, size_t size);
bool x86_taken(const struct upset_insn *insn, const struct upset_state *state);

/* Fill @insn's memory arguments and operand rows. */
void x86_build_rows(struct upset_insn *insn, const struct x86_code *code);

#endif
