/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How sure a share is that was found by sampling, and how many experiments it
 * takes to be so sure.
 */
#ifndef UPSET_CAMPAIGN_INTERVAL_H
#define UPSET_CAMPAIGN_INTERVAL_H

#include <stdint.h>

struct upset_interval {
	double low, high;
};

/* What share of a sample had something. */
struct upset_sampled {
	uint64_t hits, n; /* @hits of @n had it */
	double all;	  /* what was sampled from, in the unit of differences: 1 for shares */
};

/* How many standard deviations on both sides of the mean hold @confidence: 1.96 for 0.95. */
double upset_interval_z(double confidence);

/*
 * Wilson's score interval of the share @hits / @n, 0 .. 1, at @confidence (0.5 .. 1,
 * exclusive).  [0, 1] when @n is 0.  (Wilson, JASA 22, 1927.)
 */
struct upset_interval upset_interval_wilson(uint64_t hits, uint64_t n, double confidence);

/*
 * The interval of Clopper and Pearson: never covers less than @confidence.
 * [0, 1] when @n is 0.  (Biometrika 26, 1934.)
 */
struct upset_interval upset_interval_exact(uint64_t hits, uint64_t n, double confidence);

/*
 * The interval of the difference @one - @base of two independent shares, each times what
 * it is a share of, from Wilson's of each: where both are of 1, Newcombe's hybrid score
 * method (Statistics in Medicine 17, 1998, pages 873-890, method 10); where they are of
 * populations, that of the variance estimates recovered, which is the same for linear
 * functions (Zou and Donner, Statistics in Medicine 27, 2008, pages 1693-1702).  From
 * -@base.all to @one.all when one of the two has no results.
 */
struct upset_interval upset_interval_difference(
	struct upset_sampled one, struct upset_sampled base, double confidence);

/*
 * How many of @population experiments to sample so that a share is known within
 * +- @margin (0 .. 0.5, exclusive) at @confidence, whatever it is:
 * N / (1 + e^2 (N - 1) / (t^2 / 4)), rounded up.  (Leveugle et al., DATE 2009.)
 */
uint64_t upset_sample_size(uint64_t population, double margin, double confidence);

#endif
