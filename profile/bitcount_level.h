/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between bitcount.c and its kernels: the layout of a state, and the table of
 * functions that each SIMD level fills.  For them, their tests and their
 * benchmark only.
 */
#ifndef UPSET_PROFILE_BITCOUNT_LEVEL_H
#define UPSET_PROFILE_BITCOUNT_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "profile/bitcount.h"

/* In a kernel's source: @name with the level that the build compiles it for, such as name_avx2. */
#define UPSET_LEVEL_JOIN(name, level) name##_##level
#define UPSET_LEVEL_NAME(name, level) UPSET_LEVEL_JOIN(name, level)
#define UPSET_LEVEL(name) UPSET_LEVEL_NAME(name, UPSET_SIMD_LEVEL)

enum {
	UPSET_BITCOUNT_PLANES = 8,
	UPSET_BITCOUNT_PLANE_BYTES = 32,
	UPSET_BITCOUNT_HIGH_SHIFT = 4, /* log2 of the unit of the high planes */
};

/*
 * A column is read as vectors of 32 bytes.  Plane p holds bit p of a small sum
 * for each of their 256 bit positions (lanes).  When a sum reaches 128, the
 * planes from 4 on are added to the high planes, whose units are 16; when a sum
 * there reaches 128 units, the high planes are spilled: the sums of the lanes
 * that belong to the same bit of a value are added to its 64-bit counter.
 *
 * Between drains the top planes are zero, so no sum is over 127.  One drain
 * adds at most R * width / 32 <= R <= 128 to a lane, and 15 units to the high
 * planes, so neither passes 255.
 */
struct upset_bitcount_state {
	uint64_t planes[UPSET_BITCOUNT_PLANES][UPSET_BITCOUNT_PLANE_BYTES / 8];
	uint64_t high_planes[UPSET_BITCOUNT_PLANES][UPSET_BITCOUNT_PLANE_BYTES / 8];
	uint64_t counters[]; /* [width * 8], in the order of upset_bitcount_counter() */
};

/* Where the counter of bit @bit of a value of @width bytes is. */
static inline size_t upset_bitcount_counter(unsigned int width, unsigned int bit)
{
	unsigned int byte = bit / 8;
	unsigned int row = bit % 8 * width;

	/* A spill handles even and odd bytes apart. */
	return width == 1 ? row : row + byte % 2 * (width / 2) + byte / 2;
}

struct upset_bitcount_level {
	void (*drain)(struct upset_bitcount_state *state, const void *column, unsigned int n,
		unsigned int width);
	void (*drain_batch)(void *states, const void *columns,
		const struct upset_bitcount_item *items, unsigned int count, unsigned int n);
	/* Move the sums in the planes to the counters; the planes are zero afterwards. */
	void (*spill)(struct upset_bitcount_state *state, unsigned int width);
};

extern const struct upset_bitcount_level upset_bitcount_scalar;
extern const struct upset_bitcount_level upset_bitcount_baseline;
extern const struct upset_bitcount_level upset_bitcount_avx2;
extern const struct upset_bitcount_level upset_bitcount_avx512;

/* The functions of @level, or NULL when it is not available. */
const struct upset_bitcount_level *upset_bitcount_level(enum upset_simd level);

#endif
