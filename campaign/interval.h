/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How sure a share is that was found by sampling, and how many experiments it
 * takes to be so sure.
 */
#ifndef UPSET_CAMPAIGN_INTERVAL_H
#define UPSET_CAMPAIGN_INTERVAL_H

#include <stdint.h>

struct upset_interval {
	double low, high; /* shares, 0 .. 1; differences of shares, -1 .. 1 */
};

/* How many standard deviations on both sides of the mean hold @confidence: 1.96 for 0.95. */
double upset_interval_z(double confidence);

/*
 * Wilson's score interval of the share @hits / @n at @confidence (0.5 .. 1,
 * exclusive).  [0, 1] when @n is 0.  (Wilson, JASA 22, 1927.)
 */
struct upset_interval upset_interval_wilson(uint64_t hits, uint64_t n, double confidence);

/*
 * The interval of Clopper and Pearson: never covers less than @confidence.
 * [0, 1] when @n is 0.  (Biometrika 26, 1934.)
 */
struct upset_interval upset_interval_exact(uint64_t hits, uint64_t n, double confidence);

/*
 * The interval of the difference @hits / @n - @base_hits / @base_n of two independent
 * shares, from Wilson's of each: Newcombe's hybrid score method.  [-1, 1] when one of the
 * two has no results.  (Statistics in Medicine 17, 1998, pages 873-890, method 10.)
 */
struct upset_interval upset_interval_difference(
	uint64_t hits, uint64_t n, uint64_t base_hits, uint64_t base_n, double confidence);

/*
 * How many of @population experiments to sample so that a share is known within
 * +- @margin (0 .. 0.5, exclusive) at @confidence, whatever it is:
 * N / (1 + e^2 (N - 1) / (t^2 / 4)), rounded up.  (Leveugle et al., DATE 2009.)
 */
uint64_t upset_sample_size(uint64_t population, double margin, double confidence);

#endif
