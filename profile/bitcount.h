/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts ones by bit position over columns of values: the hot path of a golden
 * run.  A column holds up to UPSET_BUCKET_RECORDS values of one width, one
 * after the other; draining it adds its bits to the column's state.  Knows
 * nothing of blocks, operands or who owns the memory.  Method: doc/counting.md.
 *
 * Nothing here allocates, blocks or fails, and there is no state beside the
 * caller's, so every function may be called in any thread and in a signal
 * handler, as long as each state is used by one thread at a time.
 */
#ifndef UPSET_PROFILE_BITCOUNT_H
#define UPSET_PROFILE_BITCOUNT_H

#include <stddef.h>
#include <stdint.h>

/* Values that a column holds, R: a power of two, 32 .. 128.  doc/counting.md: why this one. */
#ifndef UPSET_BUCKET_RECORDS
#define UPSET_BUCKET_RECORDS 128
#endif

enum {
	UPSET_BITCOUNT_WIDTH_MAX = 32, /* bytes of the widest value */
	UPSET_BITCOUNT_ALIGNMENT = 64, /* bytes, of states and of columns */
};

/* --- which instructions are used --------------------------------------------- */

enum upset_simd {
	UPSET_SIMD_SCALAR,   /* the reference: one value at a time */
	UPSET_SIMD_BASELINE, /* what every processor of this kind has: SSE2 on x86-64 */
	UPSET_SIMD_AVX2,
	UPSET_SIMD_AVX512, /* AVX-512 F, VL, BW and DQ */
	UPSET_SIMD_COUNT
};

/* "scalar", "sse2" ("baseline" where it is not x86), "avx2", "avx512". */
const char *upset_simd_name(enum upset_simd level);
/* Whether this processor (and this build of upset) has @level. */
int upset_simd_available(enum upset_simd level);
/* The highest level available: the one in use. */
enum upset_simd upset_simd_best(void);

/* --- the state of one column ---------------------------------------------------- */

/*
 * A state is upset_bitcount_state_bytes() of memory, all zero at first, aligned
 * to UPSET_BITCOUNT_ALIGNMENT.  It holds no pointers and its layout does not
 * depend on the SIMD level: it may lie in shared memory and be finished by
 * another process.  Counts are exact up to 2^64 - 1 ones of each bit.
 */

/* Bytes of a state for values of @width_bytes (1, 2, 4, 8, 16 or 32); a multiple of 64. */
size_t upset_bitcount_state_bytes(unsigned int width_bytes);

/* Bytes of a column: UPSET_BUCKET_RECORDS * @width_bytes, rounded up to a multiple of 64. */
static inline size_t upset_bitcount_column_bytes(unsigned int width_bytes)
{
	return ((size_t)UPSET_BUCKET_RECORDS * width_bytes + 63) & ~(size_t)63;
}

/*
 * Count the first @n (0 .. UPSET_BUCKET_RECORDS) values of @column into @state.
 * Values are little-endian, @width_bytes each; the column is aligned to
 * UPSET_BITCOUNT_ALIGNMENT.  What lies behind them is not looked at and may be
 * anything; a full column is the fast case.
 */
void upset_bitcount_drain(
	void *state, const void *column, unsigned int n, unsigned int width_bytes);

/* One column of a batch. */
struct upset_bitcount_item {
	uint32_t state_offset;	/* bytes from the batch's states, a multiple of 64 */
	uint32_t column_offset; /* bytes from the batch's columns, a multiple of 64 */
	uint32_t width_bytes;
};

/*
 * Drain @count columns that hold @n values each: upset_bitcount_drain() of
 * every item.  Items of equal width side by side are faster.
 */
void upset_bitcount_drain_batch(void *states, const void *columns,
	const struct upset_bitcount_item *items, unsigned int count, unsigned int n);

/*
 * Add to @ones[@width_bytes * 8] in how many of the values drained so far each
 * bit was 1, bit 0 first.  @state is all zero afterwards.
 */
void upset_bitcount_finish(void *state, unsigned int width_bytes, uint64_t *ones);

/*
 * Add ones[@width_bytes * 8] to the counts in @state, as if values with so many
 * ones had been drained: merges counts of other states, and lets tests begin
 * near a limit.
 */
void upset_bitcount_add(void *state, unsigned int width_bytes, const uint64_t *ones);

#endif
