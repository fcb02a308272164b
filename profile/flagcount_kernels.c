/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags of one instruction over columns, and the range of addresses.  All flags
 * but ZF follow from the topmost and the lowest byte of the sources and the
 * result, so these bytes are taken out of the columns first and the formulas
 * work on vectors of bytes.  Compiled once for each SIMD level, with that
 * level's compiler options.  Knows nothing of how a level is chosen.
 */
#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "profile/flagcount_columns.h"

typedef uint64_t vector __attribute__((vector_size(32)));

enum { VECTORS = (size_t)R * 2 / sizeof(vector) };

/* --- taking the bytes that matter out of a column ------------------------------------ */

/* Of each value the top byte in bits 0 .. 7 and the low byte in bits 8 .. 15, in any one order. */
struct ends {
	vector vectors[VECTORS];
};

static const uint64_t ONES = 0x0001000100010001;

/* An input brought to one form. */
struct input {
	const u64 *values; /* R of them, or NULL: the constant */
	uint64_t constant;
};

static __attribute__((noinline)) struct input prepare(
	const struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	if (column->values) {
		widen(buffer, column, n);
	} else {
		if (n == R)
			return (struct input){.constant = column->constant};
		for (unsigned int i = 0; i < R; i++)
			buffer[i] = i < n ? column->constant : 0;
	}
	return (struct input){.values = buffer};
}

static inline struct input load(
	const struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	if (column->values && column->bytes == 8 && n == R)
		return (struct input){.values = column->values};
	return prepare(column, buffer, n);
}

#ifdef __AVX2__
/* Four vectors of four values each make one of 16 ends: a shuffle picks, an OR puts together. */
static inline __attribute__((always_inline)) void take_values(
	struct ends *ends, const u64 *values, unsigned int top)
{
	const __m256i pick = _mm256_set1_epi32((int)(0x08080000 | top / 8 * 0x00010001));
	const __m256i *from = (const __m256i *)values;

	for (unsigned int i = 0; i < VECTORS; i++, from += 4) {
		__m256i v = _mm256_setzero_si256();

		for (unsigned int j = 0; j < 4; j++) {
			/* Indices with the top bit set give zero: all but the j-th four bytes. */
			__m256i others = _mm256_set1_epi64x(
				j & 1 ? 0x0000000080808080 : (long long)0x8080808000000000);
			__m256i slot =
				j & 2 ? _mm256_unpacklo_epi64(_mm256_set1_epi8((char)0x80), others)
				      : _mm256_unpacklo_epi64(others, _mm256_set1_epi8((char)0x80));

			v |= _mm256_shuffle_epi8(
				_mm256_loadu_si256(from + j), _mm256_or_si256(pick, slot));
		}
		ends->vectors[i] = (vector)v;
	}
}
#else
static inline __attribute__((always_inline)) void take_values(
	struct ends *ends, const u64 *values, unsigned int top)
{
	u16 *restrict out = (u16 *)ends->vectors;

	for (unsigned int i = 0; i < R; i++)
		out[i] = (uint16_t)((values[i] >> top & 0xff) | (values[i] & 0xff) << 8);
}
#endif

/* Take the byte that begins at bit @top, and the low byte, of each value. */
static inline __attribute__((always_inline)) void take(
	struct ends *ends, const struct input *input, unsigned int top)
{
	uint64_t both = (input->constant >> top & 0xff) | (input->constant & 0xff) << 8;

	if (input->values)
		take_values(ends, input->values, top);
	else
		for (unsigned int i = 0; i < VECTORS; i++)
			ends->vectors[i] = (vector){0} + both * ONES;
}

/* How many of the values have no 1 in their low @bits. */
static unsigned int count_zeroes(const struct input *input, unsigned int bits)
{
	unsigned int shift = 64 - bits;
	uint64_t zeroes = 0;

	if (!input->values)
		return input->constant << shift ? 0 : R;
	if (bits == 64)
		for (unsigned int i = 0; i < R; i++)
			zeroes += input->values[i] == 0;
	else
		for (unsigned int i = 0; i < R; i++)
			zeroes += input->values[i] << shift == 0;
	return (unsigned int)zeroes;
}

/* Counting the signs (topmost bits) of the top bytes and of the low bytes. */
#ifdef __AVX2__
/* The sign bits of two vectors of bytes. */
static uint64_t signs(vector first, vector second)
{
	uint64_t low = (unsigned int)_mm256_movemask_epi8((__m256i)first);

	return (uint64_t)(unsigned int)_mm256_movemask_epi8((__m256i)second) << 32 | low;
}

static unsigned int count_tops(const vector v[VECTORS])
{
	int count = 0;

	for (unsigned int i = 0; i < VECTORS; i += 2)
		count += __builtin_popcountll(signs(v[i], v[i + 1]) & 0x5555555555555555);
	return (unsigned int)count;
}

static unsigned int count_lows(const vector v[VECTORS])
{
	int count = 0;

	for (unsigned int i = 0; i < VECTORS; i += 2)
		count += __builtin_popcountll(signs(v[i], v[i + 1]) & 0xaaaaaaaaaaaaaaaa);
	return (unsigned int)count;
}
#else
static unsigned int count_bit(const vector v[VECTORS], unsigned int bit)
{
	vector sums = {0};

	for (unsigned int i = 0; i < VECTORS; i++)
		sums += v[i] >> bit & ONES;
	return (unsigned int)((sums[0] + sums[1] + sums[2] + sums[3]) * ONES >> 48);
}

static unsigned int count_tops(const vector v[VECTORS])
{
	return count_bit(v, 7);
}

static unsigned int count_lows(const vector v[VECTORS])
{
	return count_bit(v, 15);
}
#endif

/* --- formulas: each flag ends in the sign of the top or of the low byte --------------- */

/* An instruction whose flags are counted: its inputs, and the ends of its result. */
struct executions {
	const struct upset_flags *flags;
	struct input a, b, r;
	struct ends result;
};

/* Of x + y = z, with a carry in or without; a - b = r is counted as r + b = a. */
static inline __attribute__((always_inline)) void count_sums(
	uint64_t *counts, const struct ends *x, const struct ends *y, const struct ends *z)
{
	vector carry[VECTORS], overflow[VECTORS], adjust[VECTORS];

	for (unsigned int i = 0; i < VECTORS; i++) {
		vector sum = z->vectors[i];
		vector p = x->vectors[i] ^ sum, q = y->vectors[i] ^ sum;

		carry[i] = (p | q) ^ sum; /* (x & y) | ((x | y) & ~z) */
		overflow[i] = p & q;
		adjust[i] = (p ^ y->vectors[i]) << 3;
	}
	counts[UPSET_FLAG_CF] += count_tops(carry);
	counts[UPSET_FLAG_AF] += count_lows(adjust);
	counts[UPSET_FLAG_OF] += count_tops(overflow);
}

/* The bit of the source that a shift moves out last; over 63: none. */
static unsigned int last_bit_out(const struct upset_flags *flags)
{
	unsigned int bits = flags->bits, shift = flags->shift;

	if (flags->kind == UPSET_FLAGS_SAR)
		return (shift < bits ? shift : bits) - 1;
	if (shift > bits)
		return 64;
	return flags->kind == UPSET_FLAGS_SHL ? bits - shift : shift - 1;
}

static void count_shifts(uint64_t *counts, const struct upset_flags *flags, const struct input *a,
	const struct ends *r)
{
	const struct input none = {.constant = 0};
	unsigned int bit = last_bit_out(flags);
	struct ends ends;
	vector carry[VECTORS], overflow[VECTORS];

	take(&ends, bit < 64 ? a : &none, bit & 56);
	for (unsigned int i = 0; i < VECTORS; i++) {
		carry[i] = ends.vectors[i] << (7 - bit % 8);
		overflow[i] = carry[i] ^ r->vectors[i];
	}
	counts[UPSET_FLAG_CF] += count_tops(carry);
	if (flags->kind == UPSET_FLAGS_SHL)
		counts[UPSET_FLAG_OF] += count_tops(overflow);
	if (flags->kind == UPSET_FLAGS_SHR && flags->shift == 1) {
		take(&ends, a, flags->bits - 8u);
		counts[UPSET_FLAG_OF] += count_tops(ends.vectors);
	}
}

static void count_result(
	uint64_t *counts, const struct input *input, const struct ends *r, unsigned int bits)
{
	vector odd[VECTORS];

	for (unsigned int i = 0; i < VECTORS; i++) {
		vector v = r->vectors[i] ^ r->vectors[i] << 4;

		v ^= v << 2;
		odd[i] = v ^ v << 1;
	}
	counts[UPSET_FLAG_PF] += R - count_lows(odd);
	counts[UPSET_FLAG_SF] += count_tops(r->vectors);
	counts[UPSET_FLAG_ZF] += count_zeroes(input, bits);
}

static void flags_count(uint64_t *counts, const struct upset_flags *flags, unsigned int n)
{
	uint64_t buffers[3][R];
	struct input a, b, r = load(&flags->r, buffers[2], n);
	struct ends a_ends, b_ends, r_ends;
	unsigned int top = flags->bits - 8u;

	take(&r_ends, &r, top);
	count_result(counts, &r, &r_ends, flags->bits);
	/* Records from n on are 0, 0 and 0: of those only these two flags are 1. */
	counts[UPSET_FLAG_PF] -= R - n;
	counts[UPSET_FLAG_ZF] -= R - n;
	if (flags->kind == UPSET_FLAGS_LOGIC)
		return;
	a = load(&flags->a, buffers[0], n);
	if (flags->kind != UPSET_FLAGS_ADD && flags->kind != UPSET_FLAGS_SUB) {
		count_shifts(counts, flags, &a, &r_ends);
		return;
	}
	b = load(&flags->b, buffers[1], n);
	take(&a_ends, &a, top);
	take(&b_ends, &b, top);
	if (flags->kind == UPSET_FLAGS_ADD)
		count_sums(counts, &a_ends, &b_ends, &r_ends);
	else
		count_sums(counts, &r_ends, &b_ends, &a_ends);
}

/* --- addresses -------------------------------------------------------------------------- */

static void range_of_values(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max)
{
	uint64_t low = *min, high = *max;

	for (unsigned int i = 0; i < n; i++) {
		low = addresses[i] < low ? addresses[i] : low;
		high = addresses[i] > high ? addresses[i] : high;
	}
	*min = low;
	*max = high;
}

#ifdef __AVX2__
/* Four lanes at a time, in two chains so that one need not wait for the other. */
static void addresses_range(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max)
{
	const __m256i flip = _mm256_set1_epi64x(INT64_MIN); /* comparisons are signed */
	const __m256i *from = (const __m256i *)addresses;
	__m256i low[2], high[2];
	uint64_t ends[2][4];

	if (n < R) {
		range_of_values(addresses, n, min, max);
		return;
	}
	for (unsigned int i = 0; i < 2; i++)
		low[i] = high[i] = _mm256_xor_si256(_mm256_loadu_si256(from + i), flip);
	for (unsigned int i = 2; i < R / 4; i++) {
		__m256i v = _mm256_xor_si256(_mm256_loadu_si256(from + i), flip);
		__m256i *l = &low[i % 2], *h = &high[i % 2];

		*l = _mm256_blendv_epi8(*l, v, _mm256_cmpgt_epi64(*l, v));
		*h = _mm256_blendv_epi8(*h, v, _mm256_cmpgt_epi64(v, *h));
	}
	low[0] = _mm256_blendv_epi8(low[0], low[1], _mm256_cmpgt_epi64(low[0], low[1]));
	high[0] = _mm256_blendv_epi8(high[0], high[1], _mm256_cmpgt_epi64(high[1], high[0]));
	_mm256_storeu_si256((__m256i *)ends[0], _mm256_xor_si256(low[0], flip));
	_mm256_storeu_si256((__m256i *)ends[1], _mm256_xor_si256(high[0], flip));
	range_of_values(ends[0], 4, min, max);
	range_of_values(ends[1], 4, min, max);
}
#else
static void addresses_range(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max)
{
	range_of_values(addresses, n, min, max);
}
#endif

static int addresses_in_page(const uint64_t *addresses, unsigned int n)
{
	uint64_t differences = 0;

	for (unsigned int i = 0; i < n; i++)
		differences |= addresses[i] ^ addresses[0];
	return differences < 4096;
}

const struct upset_flagcount_level UPSET_LEVEL(upset_flagcount) = {
	flags_count, UPSET_LEVEL(upset_derive), addresses_range, addresses_in_page};
