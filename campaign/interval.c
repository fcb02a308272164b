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
	uint64_t hits, uint64_t n, uint64_t base_hits, uint64_t base_n, double confidence)
{
	struct upset_interval one = upset_interval_wilson(hits, n, confidence);
	struct upset_interval base = upset_interval_wilson(base_hits, base_n, confidence);
	double share, base_share;

	if (n == 0 || base_n == 0)
		return (struct upset_interval){-1, 1};
	share = (double)hits / (double)n;
	base_share = (double)base_hits / (double)base_n;
	return (struct upset_interval){
		share - base_share - hypot(share - one.low, base.high - base_share),
		share - base_share + hypot(one.high - share, base_share - base.low)};
}

uint64_t upset_sample_size(uint64_t population, double margin, double confidence)
{
	double t = upset_interval_z(confidence), all = (double)population;
	double size = all / (1 + margin * margin * (all - 1) / (t * t / 4));

	return population == 0 ? 0 : (uint64_t)ceil(size);
}
