/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The methods that bitcount_bench.c compares: a table for every SIMD level and
 * bucket size, of which bitcount_bench_methods.c is compiled once for each.
 */
#ifndef UPSET_BENCH_BITCOUNT_BENCH_H
#define UPSET_BENCH_BITCOUNT_BENCH_H

#include "profile/bitcount_level.h"

struct method {
	const char *name;
	size_t (*state_bytes)(unsigned int width);
	void (*drain_batch)(void *states, const void *columns,
		const struct upset_bitcount_item *items, unsigned int count, unsigned int n);
};

/* The last of each has no name. */
#define METHODS_OF(level)                                                                          \
	extern const struct method methods_##level##_32[], methods_##level##_64[],                 \
		methods_##level##_128[]
METHODS_OF(baseline);
METHODS_OF(avx2);
METHODS_OF(avx512);

#endif
