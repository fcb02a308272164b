/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intervals against published values, against their own definition (tails of
 * the binomial distribution), and sample sizes against those of the literature.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "campaign/interval.h"

static void near(double got, double wanted, double within)
{
	if (fabs(got - wanted) > within)
		fail_msg("%.9f is not %.9f", got, wanted);
}

/* Newcombe, Statistics in Medicine 17 (1998), table I: Wilson without, and Clopper-Pearson. */
static void are_those_of_the_literature(void **state)
{
	static const struct {
		uint64_t hits, n;
		double wilson[2], exact[2];
	} known[] = {
		{81, 263, {0.2553, 0.3662}, {0.2527, 0.3676}},
		{15, 148, {0.0624, 0.1605}, {0.0578, 0.1617}},
		{0, 20, {0, 0.1611}, {0, 0.1684}},
		{1, 29, {0.0061, 0.1718}, {0.0009, 0.1776}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct upset_interval w = upset_interval_wilson(known[i].hits, known[i].n, 0.95);
		struct upset_interval e = upset_interval_exact(known[i].hits, known[i].n, 0.95);

		near(w.low, known[i].wilson[0], 0.00005);
		near(w.high, known[i].wilson[1], 0.00005);
		near(e.low, known[i].exact[0], 0.00005);
		near(e.high, known[i].exact[1], 0.00005);
	}
}

/* Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10. */
static void differences_are_those_of_the_literature(void **state)
{
	static const struct {
		uint64_t hits, n, base_hits, base_n;
		double low, high;
	} known[] = {
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1.0000},
		{10, 10, 0, 10, 0.6075, 1.0000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct upset_sampled one = {known[i].hits, known[i].n, 1};
		const struct upset_sampled base = {known[i].base_hits, known[i].base_n, 1};
		struct upset_interval d = upset_interval_difference(one, base, 0.95);

		near(d.low, known[i].low, 0.00005);
		near(d.high, known[i].high, 0.00005);
	}
}

/* Of populations: worked out by hand from the intervals of the shares. */
static void differences_are_of_what_was_sampled_from(void **state)
{
	const struct upset_sampled one = {56, 70, 3000}, base = {48, 80, 1000}, none = {0, 0, 7};
	const struct upset_interval w = upset_interval_wilson(56, 70, 0.95);
	const struct upset_interval v = upset_interval_wilson(48, 80, 0.95);
	struct upset_interval d = upset_interval_difference(one, base, 0.95);
	double low = 2400 - w.low * 3000, base_high = v.high * 1000 - 600;
	double high = w.high * 3000 - 2400, base_low = 600 - v.low * 1000;

	(void)state;
	near(d.low, 1800 - sqrt(low * low + base_high * base_high), 1e-6);
	near(d.high, 1800 + sqrt(high * high + base_low * base_low), 1e-6);
	d = upset_interval_difference(none, base, 0.95);
	assert_true(d.low == -1000 && d.high == 7);
	d = upset_interval_difference(base, none, 0.95);
	assert_true(d.low == -7 && d.high == 1000);
}

/* 95 of 100 such intervals hold the true difference, also where the populations differ much. */
static void intervals_of_differences_hold_them(void **state)
{
	enum { ROUNDS = 4000, N = 200 };
	const double share = 0.02, base_share = 0.3, all = 5e6, base_all = 1e6;
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	unsigned int held = 0;

	(void)state;
	assert_non_null(random);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		const struct upset_sampled one = {gsl_ran_binomial(random, share, N), N, all};
		const struct upset_sampled base = {
			gsl_ran_binomial(random, base_share, N), N, base_all};
		struct upset_interval d = upset_interval_difference(one, base, 0.95);

		held += d.low <= share * all - base_share * base_all &&
			d.high >= share * all - base_share * base_all;
	}
	gsl_rng_free(random);
	assert_in_range(held, ROUNDS * 93 / 100, ROUNDS * 98 / 100);
}

/* At its ends, a result as extreme as the one seen has just the probability of one tail. */
static void the_exact_one_is_exact(void **state)
{
	(void)state;
	for (unsigned int n = 1; n < 200; n += 7) {
		for (unsigned int hits = 0; hits <= n; hits++) {
			struct upset_interval i = upset_interval_exact(hits, n, 0.99);

			if (hits > 0)
				near(gsl_cdf_binomial_Q(hits - 1, i.low, n), 0.005, 1e-9);
			if (hits < n)
				near(gsl_cdf_binomial_P(hits, i.high, n), 0.005, 1e-9);
		}
	}
}

static void are_mirrored_and_hold_the_share(void **state)
{
	(void)state;
	for (uint64_t hits = 0; hits <= 1000; hits++) {
		struct upset_interval w = upset_interval_wilson(hits, 1000, 0.95);
		struct upset_interval m = upset_interval_wilson(1000 - hits, 1000, 0.95);
		double share = (double)hits / 1000;

		assert_true(w.low <= share && share <= w.high);
		assert_true(w.low >= 0 && w.high <= 1);
		near(w.low, 1 - m.high, 1e-12);
	}
	assert_true(upset_interval_wilson(0, 0, 0.95).high == 1);
	assert_true(upset_interval_exact(0, 0, 0.95).low == 0);
}

static void sample_sizes_are_those_of_the_literature(void **state)
{
	(void)state;
	assert_int_equal(upset_sample_size(UINT64_C(1) << 60, 0.03, 0.95), 1068);
	assert_int_equal(upset_sample_size(UINT64_C(1) << 60, 0.01, 0.95), 9604);
	assert_int_equal(upset_sample_size(UINT64_C(1) << 60, 0.01, 0.99), 16588);
	/* Of few there are fewer to be sampled, and never more than there are. */
	assert_int_equal(upset_sample_size(0, 0.01, 0.95), 0);
	assert_int_equal(upset_sample_size(1, 0.01, 0.95), 1);
	assert_int_equal(upset_sample_size(100, 0.01, 0.95), 99);
	assert_int_equal(upset_sample_size(10000, 0.01, 0.95), 4900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_those_of_the_literature),
		cmocka_unit_test(differences_are_those_of_the_literature),
		cmocka_unit_test(differences_are_of_what_was_sampled_from),
		cmocka_unit_test(intervals_of_differences_hold_them),
		cmocka_unit_test(the_exact_one_is_exact),
		cmocka_unit_test(are_mirrored_and_hold_the_share),
		cmocka_unit_test(sample_sizes_are_those_of_the_literature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
