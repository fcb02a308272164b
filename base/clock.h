/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock that durations are measured with. */
#ifndef UPSET_BASE_CLOCK_H
#define UPSET_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds since some moment in the past; never set back. */
static inline uint64_t upset_now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

#endif
