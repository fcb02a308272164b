/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of this folder share: random values, and running each test
 * once for each SIMD level, those that the processor lacks reported as skipped.
 */
#ifndef UPSET_TESTS_BITCOUNT_LEVELS_H
#define UPSET_TESTS_BITCOUNT_LEVELS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "profile/bitcount.h"

enum { LEVEL_TESTS_MAX = 8 };

/* xorshift64: the same values in every run. */
static inline uint64_t random_word(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* The SIMD level that a test is run for; does not return when it is not available. */
static inline enum upset_simd level_of(void **state)
{
	const enum upset_simd *level = *state;

	if (!upset_simd_available(*level)) {
		print_message("this processor has no %s\n", upset_simd_name(*level));
		skip();
	}
	return *level;
}

/* Run tests[count] once for each level; the number of failures. */
static inline int run_for_each_level(const struct CMUnitTest *tests, unsigned int count)
{
	static enum upset_simd levels[UPSET_SIMD_COUNT];
	static char names[UPSET_SIMD_COUNT * LEVEL_TESTS_MAX][64];
	static struct CMUnitTest all[UPSET_SIMD_COUNT * LEVEL_TESTS_MAX];
	unsigned int next = 0;

	for (unsigned int level = 0; level < UPSET_SIMD_COUNT; level++) {
		levels[level] = (enum upset_simd)level;
		for (unsigned int i = 0; i < count; i++, next++) {
			snprintf(names[next], sizeof(names[next]), "%s %s", tests[i].name,
				upset_simd_name(levels[level]));
			all[next] = tests[i];
			all[next].name = names[next];
			all[next].initial_state = &levels[level];
		}
	}
	return _cmocka_run_group_tests("levels", all, next, NULL, NULL);
}

#endif
