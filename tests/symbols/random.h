/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same numbers in every run, for the tests of symbols/. */
#ifndef UPSET_TESTS_SYMBOLS_RANDOM_H
#define UPSET_TESTS_SYMBOLS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* A number below @limit (not 0); *@seed is any number but 0 (xorshift64*). */
static inline size_t random_below(uint64_t *seed, size_t limit)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (size_t)((*seed * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % limit;
}

#endif
