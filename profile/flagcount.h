/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows from columns of values in bulk: the status flags that an
 * instruction left, values that need not be stored because they are sums or
 * shifts of others, and the range of addresses.  Runs beside bitcount.h at each
 * drain.  Knows nothing of instructions, blocks or counters' owners.
 *
 * As there: nothing allocates, blocks or fails, and there is no state beside
 * the caller's.  Columns hold at most UPSET_BUCKET_RECORDS values, aligned to
 * the size of one.
 */
#ifndef UPSET_PROFILE_FLAGCOUNT_H
#define UPSET_PROFILE_FLAGCOUNT_H

#include <stdint.h>

#include "isa/effect.h" /* kinds of flags and of deriving */
#include "profile/bitcount.h"

/* A column of unsigned values, or a constant in place of one. */
struct upset_column {
	const void *values; /* n values of @bytes each, little-endian; NULL: the constant */
	uint64_t constant;
	uint8_t bytes; /* 1, 2, 4 or 8; of a constant: ignored */
};

/* --- flags ------------------------------------------------------------------------ */

/* The flags of one instruction.  Inputs that the kind does not name are ignored. */
struct upset_flags {
	enum upset_flags_kind kind;
	uint8_t bits;  /* operand size: 8, 16, 32 or 64 */
	uint8_t shift; /* shifts: 1 .. 31, with 64 bits 1 .. 63 */
	/* Bits over @bits are ignored; a column narrower than @bits is zero-extended. */
	struct upset_column a, b; /* the sources before the instruction */
	struct upset_column r;	  /* the result */
};

/* Add to counts[UPSET_FLAG_COUNT] how many of @n (0 .. R) executions left each flag 1. */
void upset_flags_count(uint64_t *counts, const struct upset_flags *flags, unsigned int n);

/* --- derived columns ------------------------------------------------------------------ */

/*
 * How to compute a column: inputs are cut or zero-extended to @bits, the result
 * is taken modulo 2^bits, then zero-extended (SIGN_EXTEND: sign-extended) or
 * cut to the values of the output.
 */
struct upset_derivation {
	enum upset_derive_kind kind;
	uint8_t bits;	/* 8, 16, 32 or 64 */
	uint8_t amount; /* 0 .. bits - 1; ADDRESS: log2 of the scale */
	struct upset_column a, b;
	uint64_t displacement;
};

/*
 * Write the first @n (0 .. R) values of @out, of @out_bytes (1, 2, 4 or 8) each,
 * aligned to @out_bytes.  @out must not overlap the inputs.
 */
void upset_derive(void *out, unsigned int out_bytes, const struct upset_derivation *derivation,
	unsigned int n);

/* --- addresses ---------------------------------------------------------------------------- */

/* Lower *@min and raise *@max so that [*min, *max] holds all @n (0 .. R) of @addresses. */
void upset_addresses_range(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max);

/* Whether all @n (0 .. R) of @addresses lie in one page of 4 KiB. */
int upset_addresses_in_page(const uint64_t *addresses, unsigned int n);

#endif
