/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of decoding A64 share; the kinds of operands, classes and effects
 * of instructions that the files of rows name.
 */
#ifndef UPSET_ISA_AARCH64_INTERNAL_H
#define UPSET_ISA_AARCH64_INTERNAL_H

#include "isa/aarch64/aarch64.h"
#include "isa/table.h"

enum aarch64_kind {
	/* Registers: */
	AARCH64_R,	  /* general; 31 is xzr */
	AARCH64_S,	  /* general; 31 is sp */
	AARCH64_LOW,	  /* general, of which the low bits are read up to the number SECOND */
	AARCH64_BIT,	  /* general, of which bit SECOND is read */
	AARCH64_PAIR,	  /* general and the next one */
	AARCH64_VECTOR,	  /* whole, or its low bits when it is no vector */
	AARCH64_UPPER,	  /* the upper half of a vector of 128 bits */
	AARCH64_NEXT,	  /* as many bits above the low ones */
	AARCH64_ELEMENT,  /* element SECOND */
	AARCH64_COMPLEX,  /* and a pair of them */
	AARCH64_LIST,	  /* as many vectors as the number behind it says */
	AARCH64_ELEMENTS, /* element SECOND of each of as many */
	AARCH64_FLAGS,	  /* those of N, Z, C, V that the number behind it or the field has */
	AARCH64_COND,	  /* condition: reads the flags that it depends on */
	AARCH64_OPPOSITE, /* and the opposite one, in texts */
	AARCH64_MODES,	  /* fpcr */
	AARCH64_STATUS,	  /* fpsr */
	AARCH64_FP,	  /* reads fpcr, adds exceptions to fpsr */
	/* Memory, at a general register or sp: */
	AARCH64_M,	  /* plus SECOND */
	AARCH64_PRE,	  /* which becomes the sum first */
	AARCH64_POST,	  /* which becomes the sum then */
	AARCH64_POSTSIZE, /* to which then the width is added */
	AARCH64_POSTREG,  /* or register SECOND */
	AARCH64_MX,	  /* plus register SECOND, extended and shifted */
	AARCH64_LITERAL,  /* relative to the instruction */
	AARCH64_ZVA,	  /* the block that holds the address */
	/* Numbers: */
	AARCH64_IMM,	  /* decimal */
	AARCH64_HEX,	  /* hexadecimal */
	AARCH64_PAGES,	  /* a multiple of 4096 */
	AARCH64_WIDE,	  /* 16 bits, at bit 16 * SECOND */
	AARCH64_WHOLE,	  /* written as one number */
	AARCH64_INVERSE,  /* and all other bits of the register */
	AARCH64_BITMASK,  /* what logical instructions take */
	AARCH64_NEGATIVE, /* what is missing to the register's width */
	AARCH64_SPAN,	  /* from the immediate on */
	AARCH64_TARGET,	  /* relative to the instruction */
	AARCH64_PAGE,	  /* and its page */
	AARCH64_FLOAT,	  /* constant of 8 bits */
	AARCH64_BYTES,	  /* a byte for each bit */
	/* Text alone: */
	AARCH64_SHIFT,	  /* of the register before it */
	AARCH64_EXTEND,	  /* and its extension */
	AARCH64_IMMSHIFT, /* of a number for vectors */
	AARCH64_BARRIER,
	AARCH64_PREFETCH,
	AARCH64_SYSREG,
	AARCH64_SYSOP,
};

enum aarch64_class {
	AARCH64_JUMP = 1 << 0,
	AARCH64_CONDITIONAL = 1 << 1,
	AARCH64_CALL = 1 << 2,
	AARCH64_RETURN = 1 << 3,
	AARCH64_SYSCALL = 1 << 4,
	AARCH64_TRAP = 1 << 5,
	AARCH64_LOCK = 1 << 6,
};

/* What the first write row of an instruction holds; flags follow where it has them. */
enum aarch64_effect {
	AARCH64_EFFECT_NONE,
	AARCH64_EFFECT_CONSTANT, /* the immediate */
	AARCH64_EFFECT_INVERSE,	 /* all its bits inverted */
	AARCH64_EFFECT_ADDRESS, /* what the immediate is relative to the instruction, or its page */
	AARCH64_EFFECT_LINK,	/* the address of the next instruction */
	AARCH64_EFFECT_LOAD,	/* argument 1, zero-extended */
	AARCH64_EFFECT_SIGNED,	/* argument 1, sign-extended */
	AARCH64_EFFECT_UNSIGNED, /* a field of argument 1 */
	AARCH64_EFFECT_STORE,	 /* argument 0 */
	AARCH64_EFFECT_ADD,	 /* of arguments 1 and 2, of which the latter may be shifted: */
	AARCH64_EFFECT_ADDX,	 /* or extended */
	AARCH64_EFFECT_SUB,
	AARCH64_EFFECT_AND,
	AARCH64_EFFECT_OR,
	AARCH64_EFFECT_ORN,
	AARCH64_EFFECT_XOR,
	AARCH64_EFFECT_ADDS, /* with flags: */
	AARCH64_EFFECT_SUBS,
	AARCH64_EFFECT_ANDS,
	AARCH64_EFFECT_BICS,
};

enum { AARCH64_31 = 31 }; /* sp or xzr */

/* One instruction. */
struct aarch64_code {
	uint64_t address;
	uint32_t word;
	uint16_t number; /* in aarch64_table.insns */
};

extern const struct table aarch64_table;

/* 0, -EILSEQ or -ENODATA, see struct upset_isa. */
int aarch64_code(struct aarch64_code *code, uint64_t address, const uint8_t *bytes, size_t size);

static inline const struct table_shape *aarch64_shape(const struct aarch64_code *code)
{
	return &aarch64_table.shapes[aarch64_table.insns[code->number].shape];
}

/* The value of field @field, which is there. */
static inline int64_t aarch64_field(const struct aarch64_code *code, unsigned int field)
{
	return table_field_get(&aarch64_table, field, code->word);
}

/* The number of the register that an operand names, 31 included. */
static inline unsigned int aarch64_register(
	const struct aarch64_code *code, const struct table_operand *operand)
{
	return operand->field == TABLE_NONE ? operand->number
					    : (unsigned int)aarch64_field(code, operand->field);
}

/* The mask that the 13 bits N, immr and imms stand for; false: they are reserved. */
bool aarch64_bitmask(unsigned int encoded, unsigned int bits, uint64_t *mask);
/* The value of a number, or what a number is written as. */
uint64_t aarch64_number(const struct aarch64_code *code, const struct table_operand *operand);
/* How an index register is extended and shifted: bits, sign, places. */
void aarch64_index(const struct aarch64_code *code, const struct table_operand *operand,
	struct upset_memory *memory);

/* Fill @insn's memory arguments and operand rows. */
void aarch64_build_rows(struct upset_insn *insn, const struct aarch64_code *code);
/* Say what write rows hold, when it follows from the others. */
void aarch64_add_effects(struct upset_insn *insn, const struct aarch64_code *code);

/* The functions of upset_isa_aarch64. */
int aarch64_decode(struct upset_insn *insn, unsigned int mode, uint64_t address,
	const uint8_t *bytes, size_t size);
bool aarch64_taken(const struct upset_insn *insn, const struct upset_state *state);
void aarch64_format(const struct upset_insn *insn, char *text, size_t size);

#endif
