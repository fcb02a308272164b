/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intervals and sample sizes: see interval.h.  The distributions are GSL's. */
#include "campaign/interval.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

double upset_interval_z(double confidence)
{
	return gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);
}

struct upset_interval upset_interval_wilson(uint64_t hits, uint64_t n, double confidence)
{
	double z = upset_interval_z(confidence), count = (double)n, share, centre, half;

	if (n == 0)
		return (struct upset_interval){0, 1};
	share = (double)hits / count;
	centre = (share + z * z / (2 * count)) / (1 + z * z / count);
	half = z / (1 + z * z / count) *
	       sqrt(share * (1 - share) / count + z * z / (4 * count * count));
	return (struct upset_interval){
		hits == 0 ? 0 : fmax(0, centre - half), hits == n ? 1 : fmin(1, centre + half)};
}

struct upset_interval upset_interval_exact(uint64_t hits, uint64_t n, double confidence)
{
	double tail = (1 - confidence) / 2, x = (double)hits, count = (double)n;

	if (n == 0)
		return (struct upset_interval){0, 1};
	return (struct upset_interval){hits == 0 ? 0 : gsl_cdf_beta_Pinv(tail, x, count - x + 1),
		hits == n ? 1 : gsl_cdf_beta_Qinv(tail, x + 1, count - x)};
}

struct upset_interval upset_interval_difference(
	struct upset_sampled one, struct upset_sampled base, double confidence)
{
	struct upset_interval w = upset_interval_wilson(one.hits, one.n, confidence);
	struct upset_interval v = upset_interval_wilson(base.hits, base.n, confidence);
	double share, base_share, difference;

	if (one.n == 0 || base.n == 0)
		return (struct upset_interval){-base.all, one.all};
	share = (double)one.hits / (double)one.n;
	base_share = (double)base.hits / (double)base.n;
	difference = share * one.all - base_share * base.all;
	return (struct upset_interval){
		difference - hypot((share - w.low) * one.all, (v.high - base_share) * base.all),
		difference + hypot((w.high - share) * one.all, (base_share - v.low) * base.all)};
}

uint64_t upset_sample_size(uint64_t population, double margin, double confidence)
{
	double t = upset_interval_z(confidence), all = (double)population;
	double size = all / (1 + margin * margin * (all - 1) / (t * t / 4));

	return population == 0 ? 0 : (uint64_t)ceil(size);
}
