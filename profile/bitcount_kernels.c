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

/* A vector in a register: the compiler would rather load it anew for each use. */
ALWAYS_INLINE vector load(const vector *memory)
{
	vector v = *memory;

#ifdef __AVX__
	__asm__("" : "+x"(v));
#endif
	return v;
}

/* absorb_N() adds N vectors to the planes 0 .. log2(N) - 1 and returns the carries, worth N. */
ALWAYS_INLINE vector absorb_1(vector *planes, const vector *v)
{
	(void)planes;
	return load(v);
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

/* Add @carry, worth 2^@level, to the planes from @level on. */
ALWAYS_INLINE void propagate(vector planes[PLANES], vector carry, unsigned int level)
{
	for (unsigned int p = level; p < PLANES; p++) {
		vector sum = planes[p] ^ carry;

		carry &= planes[p];
		planes[p] = sum;
	}
}

/* Whole vectors: memcpy() would go through smaller registers and memory. */
ALWAYS_INLINE void load_planes(vector planes[PLANES], uint64_t (*from)[4])
{
	for (unsigned int p = 0; p < PLANES; p++)
		planes[p] = load((const vector *)from[p]);
}

ALWAYS_INLINE void store_planes(uint64_t (*to)[4], const vector planes[PLANES])
{
	for (unsigned int p = 0; p < PLANES; p++)
		*(vector *)to[p] = planes[p];
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

/*
 * Add @v, sums of every other byte in 16 bits each, to the counters of those
 * bytes: @width / 2 of them, at least one.
 */
ALWAYS_INLINE void add_sums(uint64_t *counters, vector v, unsigned int width, unsigned int shift)
{
	union {
		vector vector;
		uint64_t words[4];
		uint16_t sums[16];
	} u = {v};

	if (width == 16) {
		u.words[0] += u.words[2];
		u.words[1] += u.words[3];
	}
	if (width <= 8)
		u.words[0] += u.words[1] + u.words[2] + u.words[3];
	if (width <= 4)
		u.words[0] += u.words[0] >> 32;
	if (width <= 2)
		u.words[0] += u.words[0] >> 16;
	for (unsigned int i = 0; i < (width + 1) / 2; i++)
		counters[i] += (uint64_t)u.sums[i] << shift;
}

/* Move the sums in @planes, in units of 2^@shift, to the counters. */
ALWAYS_INLINE void spill_planes(
	uint64_t *counters, uint64_t (*planes)[4], unsigned int width, unsigned int shift)
{
	vector v[PLANES];

	load_planes(v, planes);
	store_planes(planes, (const vector[PLANES]){{0}});
	transpose(v);
	for (unsigned int i = 0; i < 8; i++, counters += width) {
		vector even = v[i] & 0x00ff00ff00ff00ff;
		vector odd = (vector)((vector16)v[i] >> 8);

		if (width == 1) {
			add_sums(counters, even + odd, width, shift);
		} else {
			add_sums(counters, even, width, shift);
			add_sums(counters + width / 2, odd, width, shift);
		}
	}
}

static __attribute__((noinline)) void spill_any(
	uint64_t *counters, uint64_t (*planes)[4], unsigned int width, unsigned int shift)
{
	switch (width) {
	case 1:
		spill_planes(counters, planes, 1, shift);
		break;
	case 2:
		spill_planes(counters, planes, 2, shift);
		break;
	case 4:
		spill_planes(counters, planes, 4, shift);
		break;
	case 8:
		spill_planes(counters, planes, 8, shift);
		break;
	case 16:
		spill_planes(counters, planes, 16, shift);
		break;
	default:
		spill_planes(counters, planes, 32, shift);
		break;
	}
}

static void spill(struct upset_bitcount_state *state, unsigned int width)
{
	spill_any(state->counters, state->planes, width, 0);
	spill_any(state->counters, state->high_planes, width, UPSET_BITCOUNT_HIGH_SHIFT);
}

/* Add the upper half of the planes to the high planes, and spill these when they are full. */
static __attribute__((noinline)) void carry_up(
	struct upset_bitcount_state *state, unsigned int width)
{
	vector planes[PLANES], high[PLANES];
	vector carry = {0};

	load_planes(planes, state->planes);
	load_planes(high, state->high_planes);
	for (unsigned int p = 0; p < PLANES - UPSET_BITCOUNT_HIGH_SHIFT; p++) {
		carry = carry_save(&high[p], planes[p + UPSET_BITCOUNT_HIGH_SHIFT], carry);
		planes[p + UPSET_BITCOUNT_HIGH_SHIFT] = (vector){0};
	}
	propagate(high, carry, PLANES - UPSET_BITCOUNT_HIGH_SHIFT);
	store_planes(state->planes, planes);
	store_planes(state->high_planes, high);
	if (any(high[TOP]))
		spill_any(state->counters, state->high_planes, width, UPSET_BITCOUNT_HIGH_SHIFT);
}

/* --- draining ------------------------------------------------------------------------- */

ALWAYS_INLINE void drain_full(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	const unsigned int vectors = UPSET_BUCKET_RECORDS * width / (unsigned int)sizeof(vector);
	vector planes[PLANES];

	load_planes(planes, state->planes);
	propagate(planes, absorb(planes, column, vectors), (unsigned int)__builtin_ctz(vectors));
	store_planes(state->planes, planes);
	if (any(planes[TOP]))
		carry_up(state, width);
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
