/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bit counting kernels: bit-sliced carry-save adders after Harley and Seal,
 * and the spill of their planes.  Compiled once for each SIMD level, with that
 * level's compiler options.  Knows nothing of how a level is chosen.  Method and
 * figures: doc/counting.md.
 */
#include <string.h>
#ifdef __AVX__
#include <immintrin.h>
#endif

#include "profile/bitcount_level.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The 32 bytes that all works on: below AVX2 the compiler halves them. */
typedef uint64_t vector __attribute__((vector_size(32), may_alias));
typedef uint16_t vector16 __attribute__((vector_size(32)));
typedef uint16_t quad16 __attribute__((vector_size(8)));

enum { PLANES = UPSET_BITCOUNT_PLANES, TOP = PLANES - 1 };

/* --- adding a column to the planes ----------------------------------------------- */

/* Add @a and @b to the plane @sum, lane by lane, and return the carries. */
ALWAYS_INLINE vector carry_save(vector *sum, vector a, vector b)
{
#ifdef __AVX512VL__
	__m256i s = (__m256i)*sum;

	*sum = (vector)_mm256_ternarylogic_epi64(s, (__m256i)a, (__m256i)b, 0x96);
	return (vector)_mm256_ternarylogic_epi64(s, (__m256i)a, (__m256i)b, 0xe8);
#else
	vector x = a ^ b;
	vector carry = (a & b) | (x & *sum);

	*sum ^= x;
	return carry;
#endif
}

ALWAYS_INLINE int any(vector v)
{
#ifdef __AVX__
	return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#else
	return (v[0] | v[1] | v[2] | v[3]) != 0;
#endif
}

/* absorb_N() adds N vectors to the planes 0 .. log2(N) - 1 and returns the carries, worth N. */
ALWAYS_INLINE vector absorb_1(vector *planes, const vector *v)
{
	(void)planes;
	return *v;
}

#define ABSORB(n, half, level)                                                                     \
	ALWAYS_INLINE vector absorb_##n(vector *planes, const vector *v)                           \
	{                                                                                          \
		vector low = absorb_##half(planes, v);                                             \
		vector high = absorb_##half(planes, v + (half));                                   \
                                                                                                   \
		return carry_save(&planes[level], low, high);                                      \
	}
ABSORB(2, 1, 0)
ABSORB(4, 2, 1)
ABSORB(8, 4, 2)
ABSORB(16, 8, 3)
ABSORB(32, 16, 4)
ABSORB(64, 32, 5)
ABSORB(128, 64, 6)

ALWAYS_INLINE vector absorb(vector *planes, const vector *column, unsigned int vectors)
{
	switch (vectors) {
	case 1:
		return absorb_1(planes, column);
	case 2:
		return absorb_2(planes, column);
	case 4:
		return absorb_4(planes, column);
	case 8:
		return absorb_8(planes, column);
	case 16:
		return absorb_16(planes, column);
	case 32:
		return absorb_32(planes, column);
	case 64:
		return absorb_64(planes, column);
	default:
		return absorb_128(planes, column);
	}
}

/* --- spilling the planes to the counters -------------------------------------------- */

/* Swap the bits of @high under @mask with those of @low that are @shift further up. */
ALWAYS_INLINE void swap_bits(vector *low, vector *high, unsigned int shift, uint64_t mask)
{
	vector t = ((*low >> shift) ^ *high) & mask;

	*high ^= t;
	*low ^= t << shift;
}

/* Bit i of the byte j of plane p becomes bit p of the byte j of vector i: the lanes' sums. */
ALWAYS_INLINE void transpose(vector v[PLANES])
{
	for (unsigned int i = 0; i < 4; i++)
		swap_bits(&v[i], &v[i + 4], 4, 0x0f0f0f0f0f0f0f0f);
	for (unsigned int i = 0; i < 8; i += i & 1 ? 3 : 1)
		swap_bits(&v[i], &v[i + 2], 2, 0x3333333333333333);
	for (unsigned int i = 0; i < 8; i += 2)
		swap_bits(&v[i], &v[i + 1], 1, 0x5555555555555555);
}

ALWAYS_INLINE void add_quad(uint64_t counters[4], uint64_t sums)
{
	union {
		uint64_t word;
		quad16 sums;
	} quad = {.word = sums};

	*(vector *)counters += __builtin_convertvector(quad.sums, vector);
}

/* Add 16-bit sums of every other byte to the counters of those bytes: width / 2 of them. */
ALWAYS_INLINE void add_sums(uint64_t *counters, vector v, unsigned int width)
{
	uint64_t sum = v[0] + v[1] + v[2] + v[3];

	switch (width) {
	case 32:
		for (unsigned int i = 0; i < 4; i++)
			add_quad(counters + 4 * (size_t)i, v[i]);
		break;
	case 16:
		add_quad(counters, v[0] + v[2]);
		add_quad(counters + 4, v[1] + v[3]);
		break;
	case 8:
		add_quad(counters, sum);
		break;
	case 4:
		sum += sum >> 32;
		counters[0] += (uint16_t)sum;
		counters[1] += (uint16_t)(sum >> 16);
		break;
	default:
		sum += sum >> 32;
		counters[0] += (uint16_t)(sum + (sum >> 16));
		break;
	}
}

ALWAYS_INLINE void spill_width(struct upset_bitcount_state *state, unsigned int width)
{
	vector v[PLANES];

	memcpy(v, state->planes, sizeof(v));
	memset(state->planes, 0, sizeof(state->planes));
	transpose(v);
	for (unsigned int i = 0; i < 8; i++) {
		uint64_t *counters = state->counters + (size_t)i * width;
		vector even = v[i] & 0x00ff00ff00ff00ff;
		vector odd = (vector)((vector16)v[i] >> 8);

		if (width == 1) {
			add_sums(counters, even + odd, width);
		} else {
			add_sums(counters, even, width);
			add_sums(counters + width / 2, odd, width);
		}
	}
}

static __attribute__((noinline)) void spill(struct upset_bitcount_state *state, unsigned int width)
{
	switch (width) {
	case 1:
		spill_width(state, 1);
		break;
	case 2:
		spill_width(state, 2);
		break;
	case 4:
		spill_width(state, 4);
		break;
	case 8:
		spill_width(state, 8);
		break;
	case 16:
		spill_width(state, 16);
		break;
	default:
		spill_width(state, 32);
		break;
	}
}

/* --- draining ------------------------------------------------------------------------- */

ALWAYS_INLINE void drain_full(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	const unsigned int vectors = UPSET_BUCKET_RECORDS * width / (unsigned int)sizeof(vector);
	vector planes[PLANES];
	vector carry;

	memcpy(planes, state->planes, sizeof(planes));
	carry = absorb(planes, column, vectors);
	for (unsigned int p = (unsigned int)__builtin_ctz(vectors); p < PLANES; p++) {
		vector sum = planes[p] ^ carry;

		carry &= planes[p];
		planes[p] = sum;
	}
	memcpy(state->planes, planes, sizeof(planes));
	if (any(planes[TOP]))
		spill(state, width);
}

/* Drain the run of items that have the width of @item; the items behind it. */
ALWAYS_INLINE const struct upset_bitcount_item *drain_run(char *states, const char *columns,
	const struct upset_bitcount_item *item, const struct upset_bitcount_item *end,
	unsigned int width)
{
	do {
		drain_full((void *)(states + item->state_offset),
			(const void *)(columns + item->column_offset), width);
		item++;
	} while (item < end && item->width_bytes == width);
	return item;
}

static void drain_items(void *states, const void *columns, const struct upset_bitcount_item *item,
	const struct upset_bitcount_item *end)
{
	while (item < end) {
		switch (item->width_bytes) {
		case 1:
			item = drain_run(states, columns, item, end, 1);
			break;
		case 2:
			item = drain_run(states, columns, item, end, 2);
			break;
		case 4:
			item = drain_run(states, columns, item, end, 4);
			break;
		case 8:
			item = drain_run(states, columns, item, end, 8);
			break;
		case 16:
			item = drain_run(states, columns, item, end, 16);
			break;
		default:
			item = drain_run(states, columns, item, end, 32);
			break;
		}
	}
}

static void drain(
	struct upset_bitcount_state *state, const void *column, unsigned int n, unsigned int width)
{
	const struct upset_bitcount_item item = {.width_bytes = width};
	uint8_t padded[UPSET_BUCKET_RECORDS * UPSET_BITCOUNT_WIDTH_MAX]
		__attribute__((aligned(UPSET_BITCOUNT_ALIGNMENT)));

	if (n < UPSET_BUCKET_RECORDS) {
		size_t size = (size_t)n * width;

		memcpy(padded, column, size);
		memset(padded + size, 0, (size_t)UPSET_BUCKET_RECORDS * width - size);
		column = padded;
	}
	drain_items(state, column, &item, &item + 1);
}

static void drain_batch(void *states, const void *columns, const struct upset_bitcount_item *items,
	unsigned int count, unsigned int n)
{
	if (n == UPSET_BUCKET_RECORDS) {
		drain_items(states, columns, items, items + count);
		return;
	}
	for (const struct upset_bitcount_item *item = items; item < items + count; item++)
		drain((void *)((char *)states + item->state_offset),
			(const char *)columns + item->column_offset, n, item->width_bytes);
}

const struct upset_bitcount_level UPSET_LEVEL(upset_bitcount) = {drain, drain_batch, spill};
