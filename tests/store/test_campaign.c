/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Campaigns and experiments that are stored can be read back with plain SQL, and
 * the views' numbers are those worked out by hand.  The argument is schema.sql.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "store/internal.h"
#include "tests/store/fixture.h"

static const char *schema_path;

static struct upset_store *open_study(void)
{
	struct upset_error error = {0};
	struct upset_store *store = NULL;

	if (upset_store_create(&store, "s.upset", &error) != 0)
		fail_msg("%s", error.message);
	return store;
}

static void test_campaign(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT id||identity||engine||engine_version||source FROM campaign",
			"1first idnative1.2.3sample"},
		{"SELECT options FROM campaign", "--seed 42 --name " HOSTILE},
		{"SELECT typeof(options) FROM campaign", "blob"},
		{"SELECT seed||' '||planned||' '||population FROM campaign", "42 200 1000"},
		{"SELECT confidence||' '||round(z, 6)||(run IS NULL) FROM campaign",
			"0.95 1.9599641"},
		{"SELECT golden_end||golden_status||' '||golden_instructions||' '||golden_time_ns "
		 "FROM campaign",
			"exited3 123456 7000000"},
		{"SELECT stdout_bytes||' '||stderr_bytes||(stdout_sha256 = stderr_sha256) "
		 "FROM campaign",
			"11 221"},
		{"SELECT length(stdout_sha256) FROM campaign", "64"},
		{"SELECT upset_version||program||folder||host_system||host_cpu||started "
		 "FROM campaign",
			"9.9/opt/my program/homeLinux 6CPU2026-01-02T03:04:05.678Z"},
		{"SELECT length(program_sha256) FROM campaign", "64"},
		{"SELECT value FROM campaign_argument WHERE campaign = 1 AND position = 1",
			HOSTILE},
		{"SELECT value FROM campaign_environment WHERE campaign = 1", "A=1"},
		{"SELECT path||bytes FROM campaign_input WHERE position = 0", "/home1"},
		{"SELECT path||bytes FROM campaign_input WHERE position = 1", HOSTILE "2"},
		{"SELECT made||' '||masked||' '||detected||' '||sdc||' '||due||' '||not_injected"
		 "||' '||tool_error FROM campaigns WHERE campaign = 1",
			"105 60 5 10 25 4 1"},
		{"SELECT arguments FROM campaigns WHERE campaign = 1", HOSTILE},
	};

	assert_int_equal(fixture_store_campaign(*state, "s.upset", "first id"), 1);
	FIXTURE_CHECK(expected);
}

/* What is not known is NULL; a campaign without experiments is in the view. */
static void test_unknown(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT (population IS NULL)||(run IS NULL)||(golden_instructions IS NULL) "
		 "FROM campaign",
			"111"},
		{"SELECT made||masked||tool_error FROM campaigns", "000"},
		{"SELECT group_concat(outcome||experiments) FROM outcome_totals "
		 "WHERE campaign = 1 AND share IS NULL AND share_low IS NULL AND share_high IS "
		 "NULL "
		 "AND extrapolated IS NULL",
			"masked0,detected0,sdc0,due0,not-injected0,tool-error0"},
		{"SELECT count(*) FROM outcomes", "0"},
		{"SELECT population FROM campaign WHERE id = 2", "9223372036854775807"},
		{"SELECT run FROM campaign WHERE id = 2", "5"},
		{"SELECT count(*) FROM campaign", "2"},
	};
	struct upset_store *store = open_study();
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_campaign_row row;
	int64_t campaign = 0;

	fixture_campaign(&row, "id");
	row.population = row.golden_instructions = 0;
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	fixture_campaign(&row, "another id");
	row.population = UINT64_MAX;
	row.run = 5;
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	fixture_campaign(&row, "one without a quantile");
	row.z = 0;
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), -EIO);
	upset_store_close(store);
	FIXTURE_CHECK(expected);
}

static void test_experiments(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT count(*) FROM experiment", "105"},
		{"SELECT fault||outcome||cause||letter||\"end\"||status FROM experiments "
		 "WHERE experiment = 75",
			"flip:1 rax @ insn=75duesignalSsignaled11"},
		{"SELECT insn||' '||instructions||' '||latency||' '||host_time_ns||way "
		 "FROM experiments WHERE experiment = 75",
			"1075 2150 1075 5075fresh"},
		{"SELECT model||location||bit||' '||printf('%llx', address)||module"
		 "||printf(' %llx', module_address) FROM experiments WHERE experiment = 75",
			"fliprax1 ffff00000000104b/opt/my program 104b"},
		{"SELECT function||file||line FROM experiments WHERE experiment = 75",
			"main/src/" HOSTILE "8"},
		{"SELECT function FROM experiments WHERE experiment = 64", HOSTILE},
		{"SELECT old_value||' '||new_value FROM experiments WHERE experiment = 75",
			"0x000000000000004b 0x000000000000004a"},
		{"SELECT old_value FROM experiments WHERE experiment = 99", "0x63"},
		{"SELECT (insn IS NULL)||(instructions IS NULL)||(latency IS NULL)"
		 "||(address IS NULL)||(function IS NULL)||(old_value IS NULL)||(letter IS NULL) "
		 "FROM experiments WHERE experiment = 100",
			"1111111"},
		{"SELECT outcome||(cause IS NULL)||(\"end\" IS NULL)||(status IS NULL)"
		 "||(location IS NULL) FROM experiments WHERE experiment = 104",
			"tool-error1111"},
		{"SELECT count(*) FROM faults", "105"},
		{"SELECT faults FROM experiment WHERE number = 5",
			"flip:1 rax @ insn=5; flip:1 rax @ insn=5"},
		{"SELECT group_concat(position||fault) FROM faults WHERE experiment = 5",
			"0flip:1 rax @ insn=5,1flip:1 rax @ insn=5"},
		{"SELECT count(*) FROM injection WHERE fault IS NOT NULL", "2"},
		{"SELECT count(*) FROM injection WHERE read_back IS NOT NULL", "1"},
		{"SELECT read_back FROM faults WHERE experiment = 6", "0xa500000000000000"},
		{"SELECT read_back FROM faults WHERE experiment = 7", "0x0000000000000006"},
		{"SELECT state||outcome||(reason IS NULL) FROM faults WHERE experiment = 7",
			"donemasked1"},
		{"SELECT state||reason FROM faults WHERE experiment = 103",
			"impossibleno such " HOSTILE},
		{"SELECT count(*) FROM function", "2"},
		{"SELECT count(*) FROM source", "1"},
		{"SELECT count(*) FROM verdict", "9"},
	};

	(void)fixture_store_campaign(*state, "s.upset", "id");
	FIXTURE_CHECK(expected);
}

/* Wilson's intervals at 95 %, worked out with 30 digits: 10 of 100 is 0.0552291, 0.1743657. */
static void test_outcomes(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT group_concat(outcome||experiments, ' ') FROM (SELECT * FROM "
		 "outcome_totals "
		 "WHERE campaign = 1 ORDER BY outcome_number)",
			"masked60 detected5 sdc10 due25 not-injected4 tool-error1"},
		{"SELECT share||' '||round(share_low, 8)||' '||round(share_high, 8)||' "
		 "'||extrapolated "
		 "FROM outcome_totals WHERE outcome = 'sdc'",
			"0.1 0.05522914 0.17436566 100"},
		{"SELECT share||' '||round(share_low, 8)||' '||round(share_high, 8)||' "
		 "'||extrapolated "
		 "FROM outcome_totals WHERE outcome = 'masked'",
			"0.6 0.50200259 0.69059871 600"},
		{"SELECT count(*) FROM outcome_totals WHERE share IS NULL AND share_low IS NULL "
		 "AND share_high IS NULL AND extrapolated IS NULL",
			"2"},
		{"SELECT group_concat(outcome||'/'||coalesce(cause, '')||'/'||coalesce(letter, '')"
		 "||experiments, ' ') FROM (SELECT * FROM outcomes "
		 "ORDER BY outcome_number, experiments DESC, cause)",
			"masked/equal/C60 detected/detected/U5 sdc/stdout/INC7 sdc/stderr/INC3 "
			"due/signal/S20 due/hang/T5 not-injected/not-reached/3 "
			"not-injected/impossible/1 tool-error//1"},
		{"SELECT share||' '||round(share_low, 8)||' '||round(share_high, 8)||' "
		 "'||extrapolated "
		 "FROM outcomes WHERE cause = 'stderr'",
			"0.03 0.01025452 0.08451936 30"},
		{"SELECT count(*) FROM outcomes WHERE share IS NULL AND share_low IS NULL "
		 "AND share_high IS NULL AND extrapolated IS NULL",
			"3"},
		{"SELECT round(sum(share), 9) FROM outcomes", "1.0"},
		{"SELECT detected||' '||sdc||' '||round(coverage, 8)||' '||round(coverage_low, 8)"
		 "||' '||round(coverage_high, 8) FROM detection",
			"5 10 0.33333333 0.15176324 0.58286452"},
	};

	(void)fixture_store_campaign(*state, "s.upset", "id");
	FIXTURE_CHECK(expected);
}

/* All of one outcome: the interval ends at 0 and 1, exactly. */
static void test_extremes(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT share||' '||round(share_low, 8)||' '||share_high FROM outcomes",
			"1.0 0.7224672 1.0"},
		{"SELECT share||' '||share_low||' '||round(share_high, 8) FROM outcome_totals "
		 "WHERE outcome = 'sdc'",
			"0.0 0.0 0.2775328"},
		{"SELECT share_low||' '||share_high FROM outcome_totals WHERE outcome = 'sdc' "
		 "AND share_low = 0 AND share_high < 1",
			"0.0 0.277532799862889"},
		{"SELECT sdc_low||' '||round(sdc_high, 8) FROM by_location", "0.0 0.2775328"},
	};
	struct upset_campaign_row row;
	struct upset_error error = {0};
	struct upset_store *store = open_study();
	struct fixture *f = *state;
	int64_t campaign;

	fixture_campaign(&row, "id");
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 0, 10, &error), 0);
	upset_store_close(store);
	FIXTURE_CHECK(expected);
}

static void test_groups(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT results||' '||masked||' '||sdc||' '||due||' '||not_injected "
		 "FROM by_location WHERE campaign = 1 AND location = 'rax'",
			"80 60 10 10 0"},
		{"SELECT masked_share||' '||due_share||' '||sdc_share||' '||round(sdc_low, 8)||' '"
		 "||round(sdc_high, 8) FROM by_location WHERE campaign = 1 AND location = 'rax'",
			"0.75 0.125 0.125 0.06933558 0.21502802"},
		{"SELECT detected||' '||detected_share||' '||round(detected_low, 8)||' '"
		 "||round(masked_low, 8)||' '||round(due_high, 8) FROM by_bit "
		 "WHERE campaign = 1 AND bit = 1",
			"2 0.04 0.01103888 0.46181438 0.39553157"},
		{"SELECT results||' '||sdc_share||' '||sdc_low||' '||round(sdc_high, 8)||' '"
		 "||not_injected FROM by_location WHERE campaign = 1 AND location = 'zf'",
			"20 0.0 0.0 0.16112516 4"},
		{"SELECT results||(sdc_share IS NULL)||(sdc_low IS NULL)||(sdc_high IS NULL) "
		 "FROM by_location WHERE campaign = 1 AND location IS NULL",
			"0111"},
		{"SELECT count(*) FROM by_location WHERE campaign = 2", "3"},
		{"SELECT results||' '||sdc||' '||round(sdc_low, 8)||' '||round(sdc_high, 8) "
		 "FROM by_bit WHERE campaign = 2 AND bit = 0",
			"50 5 0.04347576 0.21360231"},
		{"SELECT module||results||' '||sdc||' '||round(sdc_low, 8)||' '"
		 "||round(sdc_high, 8) FROM by_function WHERE campaign = 1 AND function <> 'main'",
			"/opt/my program65 5 0.0333035 0.16775933"},
		{"SELECT function FROM by_function WHERE campaign = 1 AND results = 65", HOSTILE},
		{"SELECT file||line||function||results||' '||sdc||' '||round(sdc_low, 8) "
		 "FROM by_line WHERE campaign = 1 AND line = 8",
			"/src/" HOSTILE "8main35 5 0.06260231"},
		{"SELECT group_concat(results) FROM by_line WHERE campaign = 2", "0,65,35"},
	};

	(void)fixture_store_campaign(*state, "s.upset", "id");
	(void)fixture_store_campaign(*state, "s.upset", "id 2");
	FIXTURE_CHECK(expected);
}

static void expect_done_of(struct upset_store *store, int64_t campaign, uint64_t first,
	uint64_t step, const char *pattern)
{
	const struct upset_store_numbers numbers = {first, step, strlen(pattern)};
	struct upset_error error = {0};
	bool done[16];

	for (size_t i = 0; i < sizeof(done); i++)
		done[i] = i < strlen(pattern);
	assert_int_equal(upset_store_experiments_done(store, campaign, &numbers, done, &error), 0);
	for (size_t i = 0; pattern[i] != '\0'; i++)
		assert_int_equal(done[i], pattern[i] == 'x');
	assert_false(done[strlen(pattern)]); /* nothing behind the last */
}

static void expect_done(
	struct upset_store *store, int64_t campaign, uint64_t first, const char *pattern)
{
	expect_done_of(store, campaign, first, 1, pattern);
}

static void test_resume(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_campaign_row row;
	struct upset_store *store = open_study();
	int64_t campaign = 0, found = 0;
	uint64_t count = 0;

	fixture_campaign(&row, "id");
	assert_int_equal(upset_store_find_campaign(store, "id", &found, &error), -ENOENT);
	assert_int_equal(error.code, 0);
	assert_int_equal(upset_store_choose_campaign(store, 0, &found, &error), -ENOENT);
	assert_non_null(strstr(error.message, "upset campaign"));
	error = (struct upset_error){0};
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	assert_int_equal(upset_store_find_campaign(store, "id", &found, &error), 0);
	assert_int_equal(found, campaign);
	assert_int_equal(upset_store_choose_campaign(store, 0, &found, &error), 0);
	assert_int_equal(found, 1);
	expect_done(store, campaign, 0, "....");
	assert_int_equal(fixture_add_experiments(store, campaign, 2, 3, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 60, 2, &error), 0);
	expect_done(store, campaign, 0, "..xxx...");
	expect_done(store, campaign, 3, "xx.");
	expect_done_of(store, campaign, 0, 2, ".xx.");
	expect_done_of(store, campaign, 1, 3, ".x.");
	expect_done_of(store, campaign, 0, 60, ".x.");
	expect_done(store, campaign, 4, "x");
	expect_done(store, campaign, 4, "");
	expect_done(store, campaign + 1, 0, "........");
	assert_int_equal(
		upset_store_count_experiments(store, campaign, NULL, NULL, &count, &error), 0);
	assert_int_equal(count, 5);
	assert_int_equal(
		upset_store_count_experiments(store, campaign, "masked", NULL, &count, &error), 0);
	assert_int_equal(count, 3);
	assert_int_equal(
		upset_store_count_experiments(store, campaign, "sdc", "stdout", &count, &error), 0);
	assert_int_equal(count, 2);
	assert_int_equal(
		upset_store_count_experiments(store, campaign, "sdc", "stderr", &count, &error), 0);
	assert_int_equal(count, 0);
	assert_int_equal(upset_store_choose_campaign(store, 7, &found, &error), -ENOENT);
	assert_non_null(strstr(error.message, "has no campaign 7: it holds 1, the last is 1"));
	upset_store_close(store);
}

/* A duplicate, in the study or within a call, leaves nothing of its call behind. */
static void test_duplicates(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_campaign_row row;
	struct fixture_experiment twice;
	struct upset_experiment_row rows[2];
	struct upset_store *store = open_study();
	int64_t campaign = 0;

	fixture_campaign(&row, "id");
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), -EEXIST);
	assert_int_equal(campaign, 1);
	error = (struct upset_error){0};
	assert_int_equal(fixture_add_experiments(store, campaign, 3, 1, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 1, 5, &error), -EEXIST);
	assert_non_null(strstr(error.message, "holds experiment 3 of campaign 1"));
	expect_done(store, campaign, 0, "...x....");
	fixture_experiment(&twice, 9);
	rows[0] = rows[1] = twice.row;
	assert_int_equal(upset_store_add_experiments(store, campaign, rows, 2, &error), -EEXIST);
	expect_done(store, campaign, 8, "..");
	assert_int_equal(upset_store_add_experiments(store, campaign, rows, 1, &error), 0);
	assert_int_equal(upset_store_add_experiments(store, campaign, rows, 0, &error), 0);
	upset_store_close(store);
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM campaign"), "1");
	assert_string_equal(
		fixture_value("s.upset", "SELECT group_concat(experiment) FROM injection"), "3,9");
}

static void expect_setting(struct upset_store *store, const char *sql, const char *expected)
{
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), expected);
	sqlite3_finalize(statement);
}

/* With a journal that is deleted only EXTRA keeps a commit through a loss of power. */
static void test_durable(void **state)
{
	struct upset_store *store = open_study();

	(void)state;
	expect_setting(store, "PRAGMA journal_mode", "delete");
	expect_setting(store, "PRAGMA synchronous", "3");
	upset_store_close(store);
}

static int add_experiments(struct upset_store *store, void *context, struct upset_error *error)
{
	(void)context;
	return fixture_add_experiments(store, 1, FIXTURE_EXPERIMENTS, 2000, error);
}

static void test_full(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT count(*) FROM experiment", "105"},
		{"SELECT count(*) FROM injection", "105"},
		{"PRAGMA integrity_check", "ok"},
	};
	struct upset_error error = {0};
	struct upset_store *store;

	(void)fixture_store_campaign(*state, "s.upset", "id");
	fixture_check_full(add_experiments, NULL);
	FIXTURE_CHECK(expected);
	store = open_study();
	assert_int_equal(fixture_add_experiments(store, 1, FIXTURE_EXPERIMENTS, 2000, &error), 0);
	upset_store_close(store);
	assert_string_equal(fixture_value("s.upset", "SELECT made FROM campaigns"), "2105");
}

/* A study as the first release wrote it, with a run, a function and what a view was later. */
static void make_version_1(void)
{
	char *sql = calloc(1, 1 << 16);
	FILE *file = fopen(schema_path, "r");

	assert_non_null(file);
	assert_true(fread(sql, 1, (1 << 16) - 1, file) > 1000);
	assert_int_equal(fclose(file), 0);
	fixture_run_sql("s.upset", "PRAGMA page_size = 8192; PRAGMA application_id = 1431327572");
	fixture_run_sql("s.upset", sql);
	fixture_run_sql("s.upset",
		"INSERT INTO run VALUES (1, 'qemu', '7', 'full', '0.1', '/bin/p', NULL, '/', 'h', "
		"'c', 's', 'e', 'exited', 0, 10, 5, 1, 2, 0, 0, 3, 'a', 4, 'b', 9, 8); "
		"INSERT INTO function VALUES (1, 'main'); "
		"CREATE VIEW calls AS SELECT 1 AS calls; PRAGMA user_version = 1");
	free(sql);
}

static void test_migration(void **state)
{
	static const char schema[] = "SELECT group_concat(name||coalesce(sql, ''), '!') FROM "
				     "(SELECT * FROM sqlite_master ORDER BY name)";
	const struct fixture_expected expected[] = {
		{"PRAGMA user_version", "5"},
		{"SELECT run||engine||instructions FROM runs", "1qemu10"},
		{"SELECT name FROM function WHERE id = 1", "main"},
		{"SELECT count(*) FROM function", "2"},
		{"SELECT made||' '||sdc FROM campaigns", "105 10"},
		{"PRAGMA integrity_check", "ok"},
	};
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	char fresh[1 << 16];

	make_version_1();
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	upset_store_close(store);
	assert_int_equal(fixture_store_campaign(*state, "s.upset", "id"), 1);
	FIXTURE_CHECK(expected);
	assert_int_equal(upset_store_create(&store, "fresh.upset", &error), 0);
	upset_store_close(store);
	(void)snprintf(fresh, sizeof(fresh), "%s", fixture_value("fresh.upset", schema));
	assert_true(strlen(fresh) > 1000);
	assert_string_equal(fixture_value("s.upset", schema), fresh);
}

/* What was released never changes: a study of version 1 is what this file makes. */
static void test_released_step(void **state)
{
	char hash[65];

	(void)state;
	assert_int_equal(upset_hash_file(schema_path, hash, NULL), 0);
	assert_string_equal(
		hash, "f1169a5f623a7fae43fc3aefe19207ed827d5117bb2418055c23e7718adcbb74");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_campaign, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_unknown, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_experiments, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_outcomes, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_extremes, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_groups, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_resume, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_duplicates, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_durable, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_full, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_migration, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_released_step, fixture_setup, fixture_teardown),
	};

	if (argc != 2)
		return 2;
	schema_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
