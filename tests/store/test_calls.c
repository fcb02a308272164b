/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call paths in a study: the table, and the views with hostile names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

/* The root; a call of it, which calls itself and the instruction without a name; a handler. */
static void add_paths(struct fixture *f, struct upset_call_path paths[5])
{
	static const struct upset_call_place none = {0, UPSET_NONE, UPSET_NONE};
	const struct upset_call_path filled[5] = {
		{UPSET_NONE, none, none, 1, {{10, 1, 2, 3, 4}}, {{100, 31, 41, 51, 61}}},
		{0, {1, 0, 0}, {1, 0, 0}, 3, {{20, 5, 6, 7, 8}}, {{60, 15, 18, 21, 24}}},
		{1, {1, 0, 1}, {1, 0, 0}, 2, {{0}}, {{0}}},
		{1, {1, 0, 1}, {1, 1, 2}, 4, {{40, 10, 12, 14, 16}}, {{40, 10, 12, 14, 16}}},
		{0, none, {1, 0, 1}, 5, {{30, 15, 21, 27, 33}}, {{30, 15, 21, 27, 33}}},
	};

	for (unsigned int i = 0; i < 5; i++)
		paths[i] = filled[i];
	f->profile.call_paths = paths;
	f->profile.call_path_count = 5;
	f->profile.calls_lost = 9;
}

static void test_calls(void **state)
{
	static const struct fixture_expected expected[] = {
		{"SELECT count(*) FROM call_path WHERE run = 2", "5"},
		{"SELECT number||' '||(parent IS NULL)||(site IS NULL)||(entry IS NULL)||calls||' '"
		 "||instructions||' '||inclusive FROM call_path WHERE run = 2 AND number = 0",
			"0 1111 10 100"},
		{"SELECT parent||' '||site||' '||entry||' '||calls FROM call_path WHERE run = 2 "
		 "AND number = 3",
			"1 5 6 4"},
		{"SELECT (call_paths IS NULL)||(calls_lost IS NULL) FROM runs WHERE run = 1", "11"},
		{"SELECT call_paths||' '||calls_lost FROM runs WHERE run = 2", "5 9"},
		{"SELECT count(*) FROM calls WHERE run = 2", "4"},
		{"SELECT count(*) FROM calls WHERE run = 1", "0"},
		{"SELECT group_concat(calls||':'||instructions, ' ') FROM (SELECT * FROM calls "
		 "ORDER BY site, entry)",
			"5:30 3:60 2:0 4:40"},
		{"SELECT "
		 "group_concat(register_reads||':'||register_writes||':'||loads||':'||stores, "
		 "' ') FROM (SELECT * FROM calls ORDER BY site, entry)",
			"15:21:27:33 15:18:21:24 0:0:0:0 10:12:14:16"},
		{"SELECT register_reads||' '||register_writes||' '||loads||' '||stores FROM "
		 "call_path "
		 "WHERE run = 2 AND number = 0",
			"1 2 3 4"},
		{"SELECT inclusive_register_reads||' '||inclusive_register_writes||' '||"
		 "inclusive_loads||' '||inclusive_stores FROM call_path WHERE run = 2 AND number = "
		 "0",
			"31 41 51 61"},
		{"SELECT function FROM calls WHERE calls = 2", "main"},
		{"SELECT caller FROM calls WHERE calls = 2", HOSTILE},
		{"SELECT caller IS NULL AND caller_module IS NULL FROM calls WHERE calls = 5", "1"},
		{"SELECT sum(instructions) FROM stacks WHERE run = 2", "100"},
		{"SELECT instructions FROM stacks WHERE stack = '(start)'", "10"},
		{"SELECT count(*) FROM stacks WHERE instr(CAST(stack AS BLOB), x'0a') > 0", "0"},
	};
	struct upset_call_path paths[5];
	struct fixture *f = *state;

	assert_int_equal(fixture_store(f, "s.upset"), 1);
	add_paths(f, paths);
	assert_int_equal(fixture_store(f, "s.upset"), 2);
	FIXTURE_CHECK(expected);
}

/* What a name may hold that would break a stack apart. */
static void test_names(void **state)
{
	static const struct fixture_expected expected[] = {
		{"SELECT stack FROM stacks WHERE instructions = 20", "(start);f(a: b) c"},
		{"SELECT stack FROM stacks WHERE instructions = 40",
			"(start);f(a: b) c;lib.so+0x10"},
		{"SELECT stack FROM stacks WHERE instructions = 30", "(start);(nowhere)"},
		{"SELECT hex(stack) FROM stacks WHERE instructions = 5", "28737461727429"},
	};

	fixture_init(*state, UPSET_DETAIL_FULL);
	assert_int_equal(fixture_store(*state, "s.upset"), 1);
	fixture_run_sql("s.upset",
		"INSERT INTO function VALUES (1000, 'f(a; b)' || char(10) || 'c');"
		"UPDATE module SET path = '/a;b/lib.so' WHERE id = 1;"
		"INSERT INTO instruction VALUES (1000, 1, 1, 1, x'90', 'nop', 1000, NULL, NULL, 1, "
		"NULL, NULL, 0, 0), (1001, 1, 1, 16, x'90', 'nop', NULL, NULL, NULL, 1, NULL, "
		"NULL, "
		"0, 0);"
		"INSERT INTO call_path (run, number, parent, site, entry, calls, instructions, "
		"inclusive) VALUES (1, 0, NULL, NULL, NULL, 1, 5, 95),"
		"(1, 1, 0, 1000, 1000, 1, 20, 60), (1, 2, 1, 1000, 1001, 1, 40, 40),"
		"(1, 3, 0, 1000, NULL, 1, 30, 30)");
	FIXTURE_CHECK(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_calls, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_names, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
