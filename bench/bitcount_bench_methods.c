/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upset's bit counting kernels, compiled for one bucket size and one SIMD level
 * of the benchmark, and beside them, built of the same parts, methods that were
 * tried and lost.  Each drains whole columns of any width; none is used by
 * upset.
 */
#include "profile/bitcount_kernels.c" /* NOLINT(bugprone-suspicious-include) */

#include "bench/bitcount_bench.h"

static size_t plain_bytes(unsigned int width)
{
	return upset_bitcount_state_bytes(width);
}

/* A batch function from one that drains a column of a width known when it is compiled. */
#define BATCH_OF(name)                                                                             \
	static void name##_batch(void *states, const void *columns,                                \
		const struct upset_bitcount_item *items, unsigned int count, unsigned int n)       \
	{                                                                                          \
		(void)n;                                                                           \
		for (unsigned int i = 0; i < count; i++) {                                         \
			void *state = (char *)states + items[i].state_offset;                      \
			const void *column = (const char *)columns + items[i].column_offset;       \
                                                                                                   \
			switch (items[i].width_bytes) {                                            \
			case 1:                                                                    \
				name(state, column, 1);                                            \
				break;                                                             \
			case 4:                                                                    \
				name(state, column, 4);                                            \
				break;                                                             \
			case 8:                                                                    \
				name(state, column, 8);                                            \
				break;                                                             \
			case 16:                                                                   \
				name(state, column, 16);                                           \
				break;                                                             \
			default:                                                                   \
				name(state, column, 32);                                           \
				break;                                                             \
			}                                                                          \
		}                                                                                  \
	}

ALWAYS_INLINE unsigned int vectors_of(unsigned int width)
{
	return UPSET_BUCKET_RECORDS * width / (unsigned int)sizeof(vector);
}

/* --- carry-save adders that keep nothing: every drain is spilled ------------------------ */

ALWAYS_INLINE void spill_always(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	vector planes[PLANES] = {0};
	unsigned int vectors = vectors_of(width);
	vector carry = absorb(planes, column, vectors);

	planes[__builtin_ctz(vectors)] = carry;
	store_planes(state->planes, planes);
	spill_planes(state->counters, state->planes, width, 0);
}
BATCH_OF(spill_always)

/* --- fewer planes: less to load and store, but spilled more often ------------------------- */

ALWAYS_INLINE void drain_planes(struct upset_bitcount_state *state, const vector *column,
	unsigned int width, unsigned int count)
{
	unsigned int vectors = vectors_of(width);
	vector planes[PLANES] = {0};

	if (vectors >= 1u << (count - 1)) {
		spill_always(state, column, width);
		return;
	}
	for (unsigned int p = 0; p < count; p++)
		planes[p] = *(const vector *)state->planes[p];
	propagate(planes, absorb(planes, column, vectors), (unsigned int)__builtin_ctz(vectors));
	for (unsigned int p = 0; p < count; p++)
		*(vector *)state->planes[p] = planes[p];
	if (any(planes[count - 1]))
		spill_any(state->counters, state->planes, width, 0);
}

ALWAYS_INLINE void planes_8(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	drain_planes(state, column, width, 8);
}
BATCH_OF(planes_8)

ALWAYS_INLINE void planes_7(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	drain_planes(state, column, width, 7);
}
BATCH_OF(planes_7)

/* --- masked adds into byte counters ------------------------------------------------------------
 */

struct byte_state {
	uint64_t vectors, unused[7]; /* added since the counts were spilled */
	vector counts[8];	     /* by bit of the byte */
	uint64_t counters[];
};

static size_t byte_bytes(unsigned int width)
{
	return 64 + upset_bitcount_state_bytes(width);
}

ALWAYS_INLINE void masked_adds(void *memory, const vector *column, unsigned int width)
{
	typedef uint8_t bytes __attribute__((vector_size(32)));
	struct byte_state *state = memory;
	unsigned int vectors = vectors_of(width);

	if (state->vectors + vectors > 255) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			uint64_t *counters = state->counters + (size_t)bit * width;
			vector even = state->counts[bit] & 0x00ff00ff00ff00ff;
			vector odd = (vector)((vector16)state->counts[bit] >> 8);

			if (width == 1) {
				add_sums(counters, even + odd, width, 0);
			} else {
				add_sums(counters, even, width, 0);
				add_sums(counters + width / 2, odd, width, 0);
			}
			state->counts[bit] = (vector){0};
		}
		state->vectors = 0;
	}
	state->vectors += vectors;
	for (unsigned int bit = 0; bit < 8; bit++) {
		bytes sum = (bytes)state->counts[bit];

		for (unsigned int i = 0; i < vectors; i++)
			sum += (bytes)(column[i] >> bit & 0x0101010101010101);
		state->counts[bit] = (vector)sum;
	}
}
BATCH_OF(masked_adds)

/* --- transposing blocks of 64 by 64 bits, then counting each row --------------------------------
 */

ALWAYS_INLINE void transpose_words(uint64_t *restrict rows, unsigned int distance, uint64_t mask)
{
	for (unsigned int base = 0; base < 64; base += 2 * distance)
		for (unsigned int i = base; i < base + distance; i++) {
			uint64_t t = ((rows[i] >> distance) ^ rows[i + distance]) & mask;

			rows[i + distance] ^= t;
			rows[i] ^= t << distance;
		}
}

ALWAYS_INLINE void transposed(
	struct upset_bitcount_state *state, const vector *column, unsigned int width)
{
	uint64_t rows[64] __attribute__((aligned(64)));
	const unsigned int words = UPSET_BUCKET_RECORDS * width / 8;

	for (unsigned int begin = 0; begin < words; begin += 64) {
		unsigned int count = words - begin < 64 ? words - begin : 64;

		memset(rows, 0, sizeof(rows));
		memcpy(rows, (const uint64_t *)column + begin, count * sizeof(uint64_t));
		transpose_words(rows, 32, 0x00000000ffffffff);
		transpose_words(rows, 16, 0x0000ffff0000ffff);
		transpose_words(rows, 8, 0x00ff00ff00ff00ff);
		transpose_words(rows, 4, 0x0f0f0f0f0f0f0f0f);
		transpose_words(rows, 2, 0x3333333333333333);
		transpose_words(rows, 1, 0x5555555555555555);
		/* Each row holds one bit of 64 words; which counter it goes to costs the same. */
		for (unsigned int i = 0; i < 64; i++)
			state->counters[i % (width * 8)] +=
				(unsigned int)__builtin_popcountll(rows[i]);
	}
}
BATCH_OF(transposed)

const struct method UPSET_LEVEL(methods)[] = {
	{"carry-save adders, planes kept", plain_bytes, drain_batch},
	{"  without high planes", plain_bytes, planes_8_batch},
	{"  without high planes, 7 planes", plain_bytes, planes_7_batch},
	{"  none kept, every drain spilled", plain_bytes, spill_always_batch},
	{"masked adds into byte counters", byte_bytes, masked_adds_batch},
	{"64 x 64 transposition and popcnt", plain_bytes, transposed_batch},
	{0},
};
