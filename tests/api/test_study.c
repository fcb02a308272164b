/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library reads from a study what was written to it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/fixture.h"
#include "upset/upset.h"

static struct upset_study *open_study(const char *path)
{
	struct upset_study *study = NULL;
	struct upset_error error = {0};

	assert_int_equal(upset_study_open(&study, path, &error), 0);
	return study;
}

/* A study with a run and a campaign. */
static void write_study(struct fixture *fixture)
{
	struct upset_campaign_row row;
	struct upset_store *store = NULL;
	struct upset_error error = {0};
	int64_t campaign;

	fixture_store(fixture, "study.upset");
	fixture_campaign(&row, "one");
	assert_int_equal(upset_store_create(&store, "study.upset", &error), 0);
	assert_int_equal(
		upset_store_add_campaign(store, &row, &fixture->provenance, &campaign, &error), 0);
	assert_int_equal(
		fixture_add_experiments(store, campaign, 0, FIXTURE_EXPERIMENTS, &error), 0);
	upset_store_close(store);
}

static void reads_every_view(void **state)
{
	struct upset_study *study;
	struct upset_rows *rows;
	struct upset_error error = {0};
	size_t views = 0;

	write_study(*state);
	study = open_study("study.upset");
	for (const char *name; (name = upset_view_name(views)) != NULL; views++) {
		int rc;

		assert_int_equal(upset_study_read(study, name, 0, &rows, &error), 0);
		while ((rc = upset_rows_next(rows, &error)) == 1) {
			for (unsigned int i = 0; i < upset_rows_columns(rows); i++)
				assert_non_null(upset_rows_text(rows, i, NULL));
		}
		assert_int_equal(rc, 0);
		upset_rows_close(rows);
	}
	assert_true(views > 20);
	upset_study_close(study);
}

static void has_counts_by_bit(void **state)
{
	const struct fixture *fixture = *state;
	struct upset_study *study;
	struct upset_rows *rows = NULL;
	struct upset_error error = {0};
	uint64_t counts[512];
	unsigned int bits, ones, rows_seen = 0;

	write_study(*state);
	study = open_study("study.upset");
	assert_int_equal(upset_study_read(study, "operands", 0, &rows, &error), 0);
	ones = (unsigned int)upset_rows_find(rows, "ones_by_bit");
	assert_string_equal(upset_rows_name(rows, ones), "ones_by_bit");
	assert_int_equal(upset_rows_find(rows, "nothing"), -1);
	assert_null(upset_rows_name(rows, upset_rows_columns(rows)));
	assert_true(upset_rows_is_null(rows, upset_rows_columns(rows)));
	assert_int_equal(upset_rows_next(rows, &error), 1);
	bits = (unsigned int)upset_rows_integer(rows, (unsigned int)upset_rows_find(rows, "bits"));
	assert_true(bits > 0);
	assert_int_equal(upset_rows_counts(rows, ones, counts, bits, &error), 0);
	for (unsigned int bit = 0; bit < bits; bit++)
		assert_int_equal(counts[bit], fixture->ones[0][0][bit]);
	assert_int_equal(upset_rows_counts(rows, 0, counts, bits, &error), -EINVAL);
	do
		rows_seen++;
	while (upset_rows_next(rows, NULL) == 1);
	assert_true(rows_seen > 3);
	upset_rows_close(rows);
	upset_study_close(study);
}

static void has_shares(void **state)
{
	struct upset_study *study;
	struct upset_shares shares;
	struct upset_error error = {0};
	double low, high;

	write_study(*state);
	study = open_study("study.upset");
	assert_int_equal(upset_study_shares(study, 0, &shares, &error), 0);
	assert_int_equal(shares.planned, 200);
	assert_int_equal(shares.made, FIXTURE_EXPERIMENTS);
	assert_int_equal(shares.results, 100);
	assert_int_equal(shares.population, FIXTURE_POPULATION);
	assert_int_equal(shares.outcomes[UPSET_OUTCOME_SDC].count, 10);
	assert_true(shares.outcomes[UPSET_OUTCOME_SDC].share == 0.1);
	/* Wilson's interval of 10 in 100 at 95 %, from a table. */
	assert_true(shares.outcomes[UPSET_OUTCOME_SDC].low > 0.0552 &&
		    shares.outcomes[UPSET_OUTCOME_SDC].low < 0.0553);
	assert_true(shares.outcomes[UPSET_OUTCOME_SDC].high > 0.1743 &&
		    shares.outcomes[UPSET_OUTCOME_SDC].high < 0.1744);
	assert_int_equal(shares.outcomes[UPSET_OUTCOME_NOT_INJECTED].count, 4);
	assert_true(shares.outcomes[UPSET_OUTCOME_NOT_INJECTED].high == 0);
	upset_share_interval(0, 0, 0.95, &low, &high);
	assert_true(low == 0 && high == 1);
	upset_study_close(study);
}

static void says_what_is_not_there(void **state)
{
	struct upset_study *study = NULL;
	struct upset_rows *rows = NULL;
	struct upset_shares shares;
	struct upset_error error = {0};
	int64_t number;

	assert_int_equal(upset_study_open(&study, "nothing.upset", &error), -ENOENT);
	assert_null(study);
	assert_non_null(strstr(error.message, "nothing.upset"));
	upset_study_close(study);
	fixture_store(*state, "study.upset");
	study = open_study("study.upset");
	assert_int_equal(upset_study_find_run(study, 0, &number, NULL), 0);
	assert_int_equal(number, 1);
	assert_int_equal(upset_study_find_run(study, 2, &number, NULL), -ENOENT);
	assert_int_equal(upset_study_find_campaign(study, 0, &number, NULL), -ENOENT);
	assert_int_equal(upset_study_shares(study, 0, &shares, NULL), -ENOENT);
	assert_int_equal(upset_study_read(study, "experiments", 0, &rows, NULL), -ENOENT);
	assert_int_equal(upset_study_read(study, "run; DROP", 0, &rows, NULL), -EINVAL);
	assert_null(rows);
	upset_rows_close(rows);
	upset_study_close(study);
}

static void parses_faults(void **state)
{
	struct upset_faults faults;
	struct upset_error error = {0};
	unsigned int column;
	char *text;

	(void)state;
	assert_int_equal(
		upset_faults_parse("flip:3 rax@insn=7; skip @ pc=main", &faults, &column, &error),
		0);
	assert_int_equal(faults.count, 2);
	assert_int_equal(faults.faults[0].bits[0], 1 << 3);
	assert_string_equal(upset_fault_location_name(&faults.faults[0]), "rax");
	assert_null(upset_fault_location_name(&faults.faults[1]));
	assert_string_equal(upset_fault_model_name(faults.faults[1].model), "skip");
	text = upset_faults_print(&faults);
	assert_string_equal(text, "flip:3 rax @ insn=7; skip @ pc=main #1");
	free(text);
	upset_faults_free(&faults);
	assert_int_equal(
		upset_faults_parse("flip:3 rxa @ insn=7", &faults, &column, &error), -EINVAL);
	assert_int_equal(column, 8);
	upset_faults_free(&faults);
}

static void knows_names(void **state)
{
	(void)state;
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++)
		assert_int_equal(upset_outcome_find(upset_outcome_name((enum upset_outcome)o)), o);
	for (unsigned int c = 0; c < UPSET_CAUSES; c++)
		assert_int_equal(upset_cause_find(upset_cause_name((enum upset_cause)c)), c);
	assert_int_equal(upset_outcome_find("nothing"), UPSET_OUTCOMES);
	assert_int_equal(upset_cause_find("nothing"), UPSET_CAUSES);
	assert_string_equal(upset_outcome_name(UPSET_OUTCOMES), "");
	assert_string_equal(upset_cause_name(UPSET_CAUSES), "");
	assert_string_equal(upset_fault_model_name(UPSET_FAULT_MODELS), "");
	assert_string_equal(upset_version(), UPSET_VERSION);
}

#define STUDY_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STUDY_TEST(reads_every_view),
		STUDY_TEST(has_counts_by_bit),
		STUDY_TEST(has_shares),
		STUDY_TEST(says_what_is_not_there),
		cmocka_unit_test(parses_faults),
		cmocka_unit_test(knows_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
