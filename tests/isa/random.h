/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers for tests of what processors do: the same in each run, and often at the edge. */
#ifndef UPSET_TESTS_ISA_RANDOM_H
#define UPSET_TESTS_ISA_RANDOM_H

#include <stdint.h>

static uint64_t random_seed = 0x2545f4914f6cdd1d;

static inline uint64_t random_next(void)
{
	random_seed ^= random_seed << 13;
	random_seed ^= random_seed >> 7;
	random_seed ^= random_seed << 17;
	return random_seed;
}

static inline uint64_t random_number(void)
{
	switch (random_next() % 8) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
	case 3:
		return random_next() % 100;
	default:
		return random_next();
	}
}

#endif
