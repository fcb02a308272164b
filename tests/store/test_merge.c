/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a campaign made one study: more of them than are open at one time, in any order, with
 * texts that have other numbers in each; what is no part; copies.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/merge.h"
#include "tests/store/fixture.h"

enum { PARTS = 104, PLANNED = 200 };

static const char campaign_id[] = "one";
static char names[PARTS][16];
static const char *paths[PARTS];

static struct upset_store *make_study(struct fixture *f, const char *path, int64_t *campaign)
{
	struct upset_error error = {0};
	struct upset_campaign_row row;
	struct upset_store *store = NULL;

	fixture_campaign(&row, campaign_id);
	assert_int_equal(upset_store_create(&store, path, &error), 0);
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, campaign, &error), 0);
	return store;
}

/* Experiments i of all those planned with i mod @parts = @part, the last ones first. */
static void make_part(struct fixture *f, const char *path, uint64_t part, uint64_t parts)
{
	struct upset_error error = {0};
	int64_t campaign = 0;
	struct upset_store *store = make_study(f, path, &campaign);

	if (parts == 1)
		assert_int_equal(fixture_add_experiments(store, campaign, 0, PLANNED, &error), 0);
	for (uint64_t i = PLANNED; parts > 1 && i-- > 0;) {
		if (i % parts == part)
			assert_int_equal(fixture_add_experiments(store, campaign, i, 1, &error), 0);
	}
	upset_store_close(store);
}

static void make_parts(struct fixture *f)
{
	for (int i = 0; i < PARTS; i++) {
		/* In an order in which neighbours are no neighbours. */
		int at = i * 47 % PARTS;

		(void)snprintf(names[at], sizeof(names[at]), "part-%d", i);
		paths[at] = names[at];
		make_part(f, names[at], (uint64_t)i, PARTS);
	}
}

/* All that the views tell of experiments, in the order of their numbers. */
static char *describe(const char *path)
{
	static const char sql[] =
		"SELECT group_concat(quote(experiment) || quote(fault) || quote(outcome) || "
		"quote(cause) || quote(letter) || quote(\"end\") || quote(status) || quote(insn) "
		"|| "
		"quote(latency) || quote(way) || quote(model) || quote(location) || quote(bit) || "
		"quote(address) || quote(module) || quote(function) || quote(file) || quote(line) "
		"|| "
		"quote(old_value) || quote(new_value), char(10)) "
		"FROM (SELECT * FROM experiments ORDER BY experiment)";

	return strdup(fixture_value(path, sql));
}

static void expect_same(const char *path, const char *other)
{
	char *a = describe(path), *b = describe(other);

	assert_string_equal(a, b);
	assert_string_equal(fixture_value(path, "SELECT count(*) FROM injection"),
		fixture_value(other, "SELECT count(*) FROM injection"));
	free(a);
	free(b);
}

static void test_whole(void **state)
{
	struct upset_error error = {0};

	make_parts(*state);
	make_part(*state, "whole", 0, 1);
	assert_int_equal(upset_store_merge("merged", paths, PARTS, false, &error), 0);
	assert_string_equal(
		fixture_value("merged", "SELECT made || ' ' || planned FROM campaigns"), "200 200");
	assert_string_equal(fixture_value("merged", "PRAGMA integrity_check"), "ok");
	expect_same("merged", "whole");
	/* Again, and into one that has a part of them. */
	assert_int_equal(upset_store_merge("merged", paths + 3, 2, false, &error), 0);
	expect_same("merged", "whole");
	assert_int_equal(upset_store_merge("part-7", paths, PARTS, false, &error), 0);
	expect_same("part-7", "whole");
	assert_int_equal(access("merged-journal", F_OK), -1);
}

static void expect_refused(const char *path, int code, const char *message)
{
	struct upset_error error = {0};
	char *before = describe("whole"), *after;

	assert_int_equal(upset_store_merge("whole", &path, 1, false, &error), -code);
	if (strstr(error.message, message) == NULL)
		fail_msg("'%s' is not in '%s'", message, error.message);
	error = (struct upset_error){0};
	assert_int_equal(
		upset_store_merge("new", (const char *[]){"whole", path}, 2, false, &error), -code);
	assert_int_equal(access("new", F_OK), -1);
	after = describe("whole");
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_refused(void **state)
{
	static const struct {
		const char *sql;
		int code;
		const char *message;
	} cases[] = {
		{"UPDATE campaign SET seed = 43", ENOTSUP,
			"differ in the seed, which is 43, not 42"},
		{"UPDATE campaign SET stdout_sha256 = 'other'", ENOTSUP,
			"differ in what it writes to standard output without faults"},
		{"UPDATE campaign SET golden_instructions = NULL", ENOTSUP,
			"which is nothing, not 123456"},
		{"UPDATE campaign SET identity = 'another'", ENOTSUP,
			"differ in its arguments, environment or input"},
		{"DELETE FROM campaign", ENOTSUP, "part holds no campaign"},
		{"UPDATE experiment SET insn = insn + 1 WHERE number = 61", EEXIST,
			"experiment 61 came to something else in part"},
		{"UPDATE experiment SET verdict = (SELECT id FROM verdict WHERE cause = 'hang') "
		 "WHERE number = 3",
			EEXIST, "experiment 3 came to something else in part"},
		{"UPDATE injection SET new_value = x'00' WHERE experiment = 5 AND position = 1",
			EEXIST, "the fault of experiment 5 came to something else in part"},
		{"UPDATE experiment SET \"end\" = 1000", EIO, "part is damaged"},
	};

	make_part(*state, "whole", 0, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_part(*state, "part", 0, 1);
		fixture_run_sql("part", cases[i].sql);
		expect_refused("part", cases[i].code, cases[i].message);
		assert_int_equal(unlink("part"), 0);
	}
	expect_refused("none", ENOENT, "none: No such file");
}

/* The same at another time, in another way, is the same. */
static void test_times(void **state)
{
	struct upset_error error = {0};

	make_part(*state, "whole", 0, 1);
	make_part(*state, "part", 0, 1);
	fixture_run_sql("part", "UPDATE experiment SET host_time_ns = 1, way = (SELECT id FROM "
				"label WHERE name = 'fresh')");
	assert_int_equal(upset_store_merge("whole", (const char *[]){"part"}, 1, false, &error), 0);
}

static int take_range(void *context, uint64_t first, uint64_t last)
{
	char *text = context;

	(void)sprintf(text + strlen(text), "%d-%d ", (int)first, (int)last);
	return 0;
}

static void test_missing(void **state)
{
	struct upset_error error = {0};
	int64_t campaign = 0;
	struct upset_store *store = make_study(*state, "study", &campaign);
	char text[128] = "";

	assert_int_equal(upset_store_missing(store, campaign, take_range, text, &error), 0);
	assert_string_equal(text, "0-199 ");
	assert_int_equal(fixture_add_experiments(store, campaign, 0, 2, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 5, 193, &error), 0);
	text[0] = '\0';
	assert_int_equal(upset_store_missing(store, campaign, take_range, text, &error), 0);
	assert_string_equal(text, "2-4 198-199 ");
	upset_store_close(store);
}

static void test_copy(void **state)
{
	struct upset_error error = {0};

	make_part(*state, "whole", 0, 1);
	assert_int_equal(upset_store_copy("whole", "copy", false, &error), 0);
	expect_same("copy", "whole");
	assert_int_equal(upset_store_copy("whole", "copy", false, &error), -EEXIST);
	error = (struct upset_error){0};
	assert_int_equal(upset_store_copy("none", "other", false, &error), -ENOENT);
	assert_int_equal(access("other", F_OK), -1);
	error = (struct upset_error){0};
	assert_int_equal(upset_store_copy("whole", "no/folder", false, &error), -ENOENT);
}

static void test_claim(void **state)
{
	struct upset_error error = {0};
	int64_t campaign = 0;
	struct upset_store *store = make_study(*state, "study", &campaign);

	assert_int_equal(upset_store_claim_shard(store, campaign, 2, 5, &error), 0);
	assert_int_equal(upset_store_claim_shard(store, campaign, 3, 5, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 3, 1, &error), 0);
	assert_int_equal(upset_store_claim_shard(store, campaign, 3, 5, &error), 0);
	assert_int_equal(upset_store_claim_shard(store, campaign, 2, 5, &error), -ENOTSUP);
	assert_non_null(strstr(error.message, "shard 3/5"));
	error = (struct upset_error){0};
	assert_int_equal(upset_store_claim_shard(store, campaign, 0, 0, &error), -ENOTSUP);
	upset_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_times, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_missing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_copy, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_claim, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
