/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting ones by bit: chooses the kernels for this processor once, and does
 * what need not be fast.  Knows nothing of how the kernels count.
 */
#include <stdatomic.h>
#include <string.h>

#include "profile/bitcount.h"
#include "profile/bitcount_level.h"

static const char *const level_names[UPSET_SIMD_COUNT] = {
	[UPSET_SIMD_SCALAR] = "scalar",
#ifdef __x86_64__
	[UPSET_SIMD_BASELINE] = "sse2",
#else
	[UPSET_SIMD_BASELINE] = "baseline",
#endif
	[UPSET_SIMD_AVX2] = "avx2",
	[UPSET_SIMD_AVX512] = "avx512",
};

const char *upset_simd_name(enum upset_simd level)
{
	return level_names[level];
}

int upset_simd_available(enum upset_simd level)
{
	switch (level) {
	case UPSET_SIMD_SCALAR:
	case UPSET_SIMD_BASELINE:
		return 1;
#ifdef __x86_64__
	case UPSET_SIMD_AVX2:
		return __builtin_cpu_supports("avx2") != 0;
	case UPSET_SIMD_AVX512:
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#endif
	default:
		return 0;
	}
}

enum upset_simd upset_simd_best(void)
{
	int level = UPSET_SIMD_COUNT - 1;

	while (!upset_simd_available((enum upset_simd)level))
		level--;
	return (enum upset_simd)level;
}

const struct upset_bitcount_level *upset_bitcount_level(enum upset_simd level)
{
	static const struct upset_bitcount_level *const levels[UPSET_SIMD_COUNT] = {
		[UPSET_SIMD_SCALAR] = &upset_bitcount_scalar,
		[UPSET_SIMD_BASELINE] = &upset_bitcount_baseline,
#ifdef __x86_64__
		[UPSET_SIMD_AVX2] = &upset_bitcount_avx2,
		[UPSET_SIMD_AVX512] = &upset_bitcount_avx512,
#endif
	};

	return upset_simd_available(level) ? levels[level] : NULL;
}

static _Atomic(const struct upset_bitcount_level *) best;

/* Every thread that finds no level chosen yet chooses the same. */
static __attribute__((noinline, cold)) const struct upset_bitcount_level *choose_level(void)
{
	const struct upset_bitcount_level *level = upset_bitcount_level(upset_simd_best());

	atomic_store_explicit(&best, level, memory_order_relaxed);
	return level;
}

static inline const struct upset_bitcount_level *best_level(void)
{
	const struct upset_bitcount_level *level =
		atomic_load_explicit(&best, memory_order_relaxed);

	return level ? level : choose_level();
}

size_t upset_bitcount_state_bytes(unsigned int width_bytes)
{
	size_t size =
		sizeof(struct upset_bitcount_state) + (size_t)width_bytes * 8 * sizeof(uint64_t);

	/* An odd number of cache lines: the hot planes of neighbours fall into different sets. */
	return (size / 64 | 1) * 64;
}

void upset_bitcount_drain(void *state, const void *column, unsigned int n, unsigned int width_bytes)
{
	best_level()->drain(state, column, n, width_bytes);
}

void upset_bitcount_drain_batch(void *states, const void *columns,
	const struct upset_bitcount_item *items, unsigned int count, unsigned int n)
{
	best_level()->drain_batch(states, columns, items, count, n);
}

void upset_bitcount_finish(void *state, unsigned int width_bytes, uint64_t *ones)
{
	struct upset_bitcount_state *s = state;

	best_level()->spill(s, width_bytes);
	for (unsigned int bit = 0; bit < width_bytes * 8; bit++)
		ones[bit] += s->counters[upset_bitcount_counter(width_bytes, bit)];
	memset(s->counters, 0, (size_t)width_bytes * 8 * sizeof(uint64_t));
}

void upset_bitcount_add(void *state, unsigned int width_bytes, const uint64_t *ones)
{
	struct upset_bitcount_state *s = state;

	for (unsigned int bit = 0; bit < width_bytes * 8; bit++)
		s->counters[upset_bitcount_counter(width_bytes, bit)] += ones[bit];
}
