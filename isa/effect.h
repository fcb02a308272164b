/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an instruction computes, as far as it can be computed again from what its
 * rows read: engine qemu stores values and has the rest of them follow.  An effect
 * is an offer, never a duty: what has none is observed, which is right and slower.
 * The kinds of computing are those of profile/flagcount.h, which carries them out.
 */
#ifndef UPSET_ISA_EFFECT_H
#define UPSET_ISA_EFFECT_H

#include <stdint.h>

/* A value from a and b, of @bits; what is above them is 0, or as said. */
enum upset_derive_kind {
	UPSET_DERIVE_ADD,	  /* a + b */
	UPSET_DERIVE_SUB,	  /* a - b */
	UPSET_DERIVE_AND,	  /* a & b */
	UPSET_DERIVE_OR,	  /* a | b */
	UPSET_DERIVE_XOR,	  /* a ^ b */
	UPSET_DERIVE_SIGNED_ADD,  /* a + b with bit bits - 1 in all higher bits of the output */
	UPSET_DERIVE_SIGNED_SUB,  /* a - b, likewise */
	UPSET_DERIVE_NOT,	  /* ~a */
	UPSET_DERIVE_NEG,	  /* -a */
	UPSET_DERIVE_SHL,	  /* a << amount */
	UPSET_DERIVE_SHR,	  /* a >> amount, zeroes come in */
	UPSET_DERIVE_SAR,	  /* a >> amount, copies of the top bit come in */
	UPSET_DERIVE_ZERO_EXTEND, /* a */
	UPSET_DERIVE_SIGN_EXTEND, /* a with bit bits - 1 in all higher bits of the output */
	UPSET_DERIVE_ADDRESS,	  /* a + (b << amount) + displacement */
	UPSET_DERIVE_KIND_COUNT
};

/* Status flags, as kinds of instructions leave them. */
enum upset_flag {
	UPSET_FLAG_CF,
	UPSET_FLAG_PF,
	UPSET_FLAG_AF,
	UPSET_FLAG_ZF,
	UPSET_FLAG_SF,
	UPSET_FLAG_OF,
	UPSET_FLAG_COUNT
};

enum upset_flags_kind {
	UPSET_FLAGS_ADD, /* r = a + b or a + b + carry: add, adc, xadd; inc with b = 1 */
	UPSET_FLAGS_SUB, /* r = a - b or a - b - borrow: sub, sbb, cmp; dec with b = 1, neg with a =
			    0 */
	UPSET_FLAGS_LOGIC, /* and, or, xor, test: r alone; CF, AF and OF are 0 */
	UPSET_FLAGS_SHL,   /* shifts of a by the constant: CF from a, PF ZF SF from r; */
	UPSET_FLAGS_SHR,   /* AF is 0; OF is that of a shift by 1, for longer ones: */
	UPSET_FLAGS_SAR,   /* SHL: CF ^ SF, the others: 0 */
	UPSET_FLAGS_KIND_COUNT
};

/* Where an input comes from: the number of a row of the instruction, or one of these. */
enum {
	UPSET_FROM_IMMEDIATE = 0xf0, /* insn->immediate */
	UPSET_FROM_ZERO = 0xf1,
	UPSET_FROM_ONE = 0xf2,
	UPSET_FROM_VALUE = 0xf3, /* the effect's @value */
	UPSET_FROM_NOTHING = 0xff,
};

enum upset_effect_kind {
	UPSET_EFFECT_NONE,     /* nothing is said */
	UPSET_EFFECT_CONSTANT, /* the value is @value */
	UPSET_EFFECT_COPY,     /* the low @bits of a, above which the row's resource is 0; vectors
				  and memory, as wide as a: bit for bit */
	UPSET_EFFECT_DERIVE,   /* by @derive, from a and b */
	UPSET_EFFECT_BIT,      /* bit @amount of a */
	UPSET_EFFECT_BEFORE,   /* resource a (a number, not a row) as it was before */
};

/*
 * The value that a write row leaves, in the whole of its resource.  Inputs are read
 * rows, that is values from before the instruction; those of flags may be write rows
 * of registers and memory, with the values from after it.
 */
struct upset_effect {
	uint8_t kind;	/* enum upset_effect_kind */
	uint8_t derive; /* enum upset_derive_kind */
	uint8_t bits;	/* 8, 16, 32 or 64; copies of vectors and memory: not looked at */
	uint8_t amount; /* of shifts; ADDRESS: log2 of the scale */
	uint8_t a, b;	/* UPSET_FROM_* or the number of a row */
	uint64_t value; /* of CONSTANT, FROM_VALUE; ADDRESS: the displacement */
};

/* How the status flags that have write rows and no effect of their own follow. */
struct upset_flags_effect {
	uint8_t kind;	/* enum upset_flags_kind; UPSET_FROM_NOTHING: nothing is said */
	uint8_t bits;	/* width of the operation: 8, 16, 32 or 64 */
	uint8_t amount; /* of shifts: 1 .. bits - 1 */
	uint8_t a, b;	/* inputs, as above */
	uint8_t result; /* the write row that holds r; UPSET_FROM_NOTHING: none does */
	uint8_t derive; /* enum upset_derive_kind by which r follows from a and b where no row
			   holds it; UPSET_FROM_NOTHING: it does not */
};

enum { UPSET_INSN_MAX_EFFECTS = 4, UPSET_NO_EFFECT = 0xff };

#endif
