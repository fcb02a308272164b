/* SPDX-License-Identifier: GPL-2.0-or-later */
/* McNemar's test: see mcnemar.h.  The distribution is GSL's. */
#include "campaign/mcnemar.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

double upset_mcnemar(uint64_t only_first, uint64_t only_second)
{
	uint64_t less = only_first < only_second ? only_first : only_second;
	uint64_t more = only_first < only_second ? only_second : only_first;

	if (less == more)
		return 1;
	/* The binomial tail as a beta distribution, which takes numbers of any size. */
	return fmin(1, 2 * gsl_cdf_beta_P(0.5, (double)more, (double)less + 1));
}
