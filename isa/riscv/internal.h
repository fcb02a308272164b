/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of decoding RISC-V share; the kinds of operands and classes of
 * instructions that riscv.rows names.
 */
#ifndef UPSET_ISA_RISCV_INTERNAL_H
#define UPSET_ISA_RISCV_INTERNAL_H

#include "isa/riscv/riscv.h"
#include "isa/table.h"

enum riscv_kind {
	RISCV_X,      /* general register */
	RISCV_F,      /* floating-point register */
	RISCV_M,      /* memory at a general register plus a displacement */
	RISCV_IMM,    /* a number, written in decimal */
	RISCV_HEX,    /* and in hexadecimal */
	RISCV_TARGET, /* relative to the instruction */
	RISCV_CSR,    /* control and status register */
	RISCV_RM,     /* rounding mode: a constant, or frm */
	RISCV_FLAGS,  /* fflags, which instructions add to */
	RISCV_FENCE,  /* set of accesses */
	RISCV_ORDER,  /* .aq, .rl */
	RISCV_FLI,    /* number of a floating-point constant */
};

enum riscv_class {
	RISCV_JUMP = 1 << 0, /* a jump, call or return, which its registers tell */
	RISCV_CONDITIONAL = 1 << 1,
	RISCV_SYSCALL = 1 << 2,
	RISCV_TRAP = 1 << 3,
	RISCV_LOCK = 1 << 4,
};

/* What the first write row of an instruction holds. */
enum riscv_effect {
	RISCV_EFFECT_NONE,
	RISCV_EFFECT_CONSTANT, /* the immediate */
	RISCV_EFFECT_ADDRESS,  /* the instruction's address plus the immediate */
	RISCV_EFFECT_LINK,     /* the address of the next instruction */
	RISCV_EFFECT_COPY,     /* argument 1 */
	RISCV_EFFECT_ZERO,     /* argument 1, zero-extended */
	RISCV_EFFECT_SIGN,     /* argument 1, sign-extended */
	RISCV_EFFECT_STORE,    /* argument 0 */
	RISCV_EFFECT_WORD,     /* the low 32 bits of a sum, sign-extended */
	RISCV_EFFECT_WORDSUB,  /* of a difference */
	RISCV_EFFECT_SCALED,   /* argument 1 times 2, 4 or 8 by bits 14 .. 13, plus argument 2 */
	RISCV_EFFECT_ADD,      /* of arguments 1 and 2, of which the latter may be the immediate: */
	RISCV_EFFECT_SUB,
	RISCV_EFFECT_AND,
	RISCV_EFFECT_OR,
	RISCV_EFFECT_XOR,
	RISCV_EFFECT_SHL,
	RISCV_EFFECT_SHR,
	RISCV_EFFECT_SAR,
};

enum { RISCV_ROUNDING_DYNAMIC = 7 };

/* One instruction; @word is the long one where it is short. */
struct riscv_code {
	uint64_t address;
	uint32_t word;
	uint8_t size;
	uint16_t number; /* in riscv_table.insns */
};

extern const struct table riscv_table;

/* 0, -EILSEQ or -ENODATA, see struct upset_isa. */
int riscv_code(struct riscv_code *code, uint64_t address, const uint8_t *bytes, size_t size);

static inline const struct table_shape *riscv_shape(const struct riscv_code *code)
{
	return &riscv_table.shapes[riscv_table.insns[code->number].shape];
}

/* The value of field @field, which is there. */
static inline int64_t riscv_field(const struct riscv_code *code, unsigned int field)
{
	return table_field_get(&riscv_table, field, code->word);
}

/* The register that an operand of kind X, F or M names. */
static inline unsigned int riscv_register(
	const struct riscv_code *code, const struct table_operand *operand)
{
	return operand->field == TABLE_NONE ? operand->number
					    : (unsigned int)riscv_field(code, operand->field);
}

/* Fill @insn's memory arguments and operand rows. */
void riscv_build_rows(struct upset_insn *insn, const struct riscv_code *code);
/* Say what the first write row holds, when it follows from the others. */
void riscv_add_effect(struct upset_insn *insn, const struct riscv_code *code);

/* The functions of upset_isa_riscv64. */
int riscv_decode(struct upset_insn *insn, unsigned int mode, uint64_t address, const uint8_t *bytes,
	size_t size);
bool riscv_taken(const struct upset_insn *insn, const struct upset_state *state);
void riscv_format(const struct upset_insn *insn, char *text, size_t size);

#endif
