/* SPDX-License-Identifier: GPL-2.0-or-later */
/* McNemar's test against published values, and against its definition, term by term. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "campaign/mcnemar.h"

static void near(double got, double wanted, double within)
{
	if (!(fabs(got - wanted) <= within))
		fail_msg("%.12f is not %.12f", got, wanted);
}

/*
 * Fay, "Exact McNemar's test and matching confidence intervals" (2010), and the two
 * examples of Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91
 * (2013), there called the exact conditional test.
 */
static void is_that_of_the_literature(void **state)
{
	(void)state;
	near(upset_mcnemar(2, 9), 0.06543, 0.000005);
	near(upset_mcnemar(1, 7), 0.0703, 0.00005);
	near(upset_mcnemar(6, 16), 0.0525, 0.00005);
}

static double choose(unsigned int n, unsigned int k)
{
	return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0));
}

static void is_the_sum_of_its_terms(void **state)
{
	(void)state;
	for (unsigned int n = 0; n <= 60; n++) {
		for (unsigned int b = 0; b <= n; b++) {
			unsigned int least = b < n - b ? b : n - b;
			double tail = 0;

			for (unsigned int k = 0; k <= least; k++)
				tail += choose(n, k) * pow(0.5, n);
			near(upset_mcnemar(b, n - b), fmin(1, 2 * tail), 1e-9);
			near(upset_mcnemar(b, n - b), upset_mcnemar(n - b, b), 0);
		}
	}
}

static void bears_any_number(void **state)
{
	(void)state;
	near(upset_mcnemar(0, 0), 1, 0);
	near(upset_mcnemar(UINT64_C(1) << 40, UINT64_C(1) << 40), 1, 0);
	near(upset_mcnemar(0, UINT64_C(1) << 40), 0, 1e-300);
	/* One standard deviation of 2^32: 0.3173 on both sides of a normal distribution. */
	near(upset_mcnemar((UINT64_C(1) << 31) - 32768, (UINT64_C(1) << 31) + 32768), 0.3173,
		0.0001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_that_of_the_literature),
		cmocka_unit_test(is_the_sum_of_its_terms),
		cmocka_unit_test(bears_any_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
