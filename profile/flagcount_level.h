/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between flagcount.c and its kernels: the table of functions that each SIMD
 * level fills.  For them, their tests and their benchmark only.
 */
#ifndef UPSET_PROFILE_FLAGCOUNT_LEVEL_H
#define UPSET_PROFILE_FLAGCOUNT_LEVEL_H

#include "profile/bitcount_level.h"
#include "profile/flagcount.h"

typedef void upset_derive_function(void *out, unsigned int out_bytes,
	const struct upset_derivation *derivation, unsigned int n);

struct upset_flagcount_level {
	void (*flags_count)(uint64_t *counts, const struct upset_flags *flags, unsigned int n);
	upset_derive_function *derive;
	void (*addresses_range)(
		const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max);
	int (*addresses_in_page)(const uint64_t *addresses, unsigned int n);
};

extern const struct upset_flagcount_level upset_flagcount_baseline;
extern const struct upset_flagcount_level upset_flagcount_avx2;
extern const struct upset_flagcount_level upset_flagcount_avx512;

/* The kernels of flagcount_derive.c, which those of flagcount_kernels.c name. */
upset_derive_function upset_derive_baseline;
upset_derive_function upset_derive_avx2;
upset_derive_function upset_derive_avx512;

/* The functions of @level (baseline for scalar), or NULL when it is not available. */
const struct upset_flagcount_level *upset_flagcount_level(enum upset_simd level);

#endif
