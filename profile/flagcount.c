/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags and derived columns: chooses the kernels for this processor once.
 * Knows nothing of how they compute.
 */
#include <stdatomic.h>
#include <stddef.h>

#include "profile/flagcount.h"
#include "profile/flagcount_level.h"

const struct upset_flagcount_level *upset_flagcount_level(enum upset_simd level)
{
	static const struct upset_flagcount_level *const levels[UPSET_SIMD_COUNT] = {
		[UPSET_SIMD_SCALAR] = &upset_flagcount_baseline,
		[UPSET_SIMD_BASELINE] = &upset_flagcount_baseline,
#ifdef __x86_64__
		[UPSET_SIMD_AVX2] = &upset_flagcount_avx2,
		[UPSET_SIMD_AVX512] = &upset_flagcount_avx512,
#endif
	};

	return upset_simd_available(level) ? levels[level] : NULL;
}

static _Atomic(const struct upset_flagcount_level *) best;

/* Every thread that finds no level chosen yet chooses the same. */
static __attribute__((noinline, cold)) const struct upset_flagcount_level *choose_level(void)
{
	const struct upset_flagcount_level *level = upset_flagcount_level(upset_simd_best());

	atomic_store_explicit(&best, level, memory_order_relaxed);
	return level;
}

static inline const struct upset_flagcount_level *best_level(void)
{
	const struct upset_flagcount_level *level =
		atomic_load_explicit(&best, memory_order_relaxed);

	return level ? level : choose_level();
}

void upset_flags_count(uint64_t *counts, const struct upset_flags *flags, unsigned int n)
{
	best_level()->flags_count(counts, flags, n);
}

void upset_derive(void *out, unsigned int out_bytes, const struct upset_derivation *derivation,
	unsigned int n)
{
	best_level()->derive(out, out_bytes, derivation, n);
}

void upset_addresses_range(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max)
{
	best_level()->addresses_range(addresses, n, min, max);
}

int upset_addresses_in_page(const uint64_t *addresses, unsigned int n)
{
	return best_level()->addresses_in_page(addresses, n);
}
