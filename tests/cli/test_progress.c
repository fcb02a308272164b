/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress of campaigns: when a line is due, how durations read, and what estimates come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/campaign.h"
#include "cli/campaign.h"

#define SECOND UINT64_C(1000000000)

static void is_told_each_minute_and_each_tenth(void **state)
{
	struct campaign_tally t = {.state.planned = 1000, .start_ns = 5 * SECOND};

	(void)state;
	assert_false(campaign_tally_line_is_due(&t, 14 * SECOND));
	assert_false(campaign_tally_line_is_due(&t, 15 * SECOND));
	t.state.made = 99;
	assert_false(campaign_tally_line_is_due(&t, 15 * SECOND));
	t.state.made = 100;
	assert_false(campaign_tally_line_is_due(&t, 14 * SECOND));
	assert_true(campaign_tally_line_is_due(&t, 15 * SECOND));
	t.state.made = 1;
	assert_false(campaign_tally_line_is_due(&t, 64 * SECOND));
	assert_true(campaign_tally_line_is_due(&t, 65 * SECOND));
	t.shown_ns = 65 * SECOND;
	t.shown_made = 1;
	assert_false(campaign_tally_line_is_due(&t, 80 * SECOND));
	t.state.made = 101;
	assert_true(campaign_tally_line_is_due(&t, 80 * SECOND));
}

static void reads_as_people_say_it(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {{0.4, "a second"}, {1, "1 s"}, {99.4, "99 s"}, {120, "2 min"},
		{5400, "90 min"}, {9000, "2.5 h"}, {864000, "10 days"}};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		campaign_format_duration(cases[i].seconds, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

/* Wilson's intervals are of 1200 and of 1300 results. */
static void fits_into_a_terminal(void **state)
{
	struct campaign_tally t = {.state = {.planned = 2401,
					   .made = 1200,
					   .before = 1200,
					   .confidence = 0.95,
					   .estimate_ns = 40 * SECOND,
					   .outcomes = {[UPSET_OUTCOME_MASKED] = 660,
						   [UPSET_OUTCOME_SDC] = 200,
						   [UPSET_OUTCOME_DUE] = 340}}};
	char line[256];

	(void)state;
	campaign_tally_format(&t, 79, line, sizeof(line));
	assert_string_equal(line, "1200/2401 0.00/s 40 s left: masked 52.2..57.8% "
				  "sdc 14.7..18.9% due 25.9..30.9%");
	t.state.outcomes[UPSET_OUTCOME_DETECTED] = 100;
	campaign_tally_format(&t, 79, line, sizeof(line));
	assert_string_equal(line, "1200/2401 0.00/s 40 s left: masked 48..53% detected 6..9% "
				  "sdc 14..17% due 24..29%");
}

static void rates_are_never_rounded_to_nothing(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} cases[] = {{0.0694, "0.07/s"}, {3.14, "3.1/s"}, {238.4, "238/s"}, {12345.6, "12346/s"}};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		campaign_format_rate(cases[i].rate, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void follows_from_the_first_experiments(void **state)
{
	struct campaign_pace pace = {.golden_ns = SECOND,
		.elapsed_ns = 10 * SECOND,
		.carried = 16,
		.jobs = 2,
		.batch = 4096,
		.copies = true};

	(void)state;
	/* 2 s for the two runs, 8 s for 16: 0.5 s each, and 2 s more for each 4096. */
	assert_int_equal(campaign_estimate(&pace, 100), 52 * SECOND);
	assert_int_equal(campaign_estimate(&pace, 4097), (4 + 2048) * SECOND + SECOND / 2);
	assert_int_equal(campaign_estimate(&pace, 0), 0);
	/* 10 in copies, 6 of 3 s each afresh, and the others afresh, two at one time. */
	pace = (struct campaign_pace){.golden_ns = SECOND,
		.elapsed_ns = 10 * SECOND,
		.carried = 10,
		.fresh = 6,
		.fresh_ns = 18 * SECOND,
		.jobs = 2,
		.batch = 4096};
	assert_int_equal(campaign_estimate(&pace, 100), 150 * SECOND);
	/* All afresh. */
	pace.carried = 0;
	pace.elapsed_ns = 12 * SECOND;
	assert_int_equal(campaign_estimate(&pace, 100), 200 * SECOND);
	/* None was made. */
	pace.fresh = 0;
	assert_int_equal(campaign_estimate(&pace, 100), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_told_each_minute_and_each_tenth),
		cmocka_unit_test(reads_as_people_say_it),
		cmocka_unit_test(fits_into_a_terminal),
		cmocka_unit_test(rates_are_never_rounded_to_nothing),
		cmocka_unit_test(follows_from_the_first_experiments),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
