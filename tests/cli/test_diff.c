/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `upset diff` finds: a study and its copy are equal; after one change to
 * the copy it names just that; what depends on engine and host does not count.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"
#include "tests/cli/shown.h"
#include "tests/store/fixture.h"

static void store_at(const char *path, enum upset_detail detail)
{
	struct fixture *f = calloc(1, sizeof(*f));

	fixture_init(f, detail);
	(void)fixture_store(f, path);
	free(f);
}

static int enter(void **state)
{
	(void)state;
	fixture_enter();
	store_at("a.upset", UPSET_DETAIL_FULL);
	return 0;
}

static int compare(const struct upset_diff_options *options)
{
	struct upset_store *a, *b;
	FILE *out = shown_open();
	int result;

	assert_int_equal(upset_store_open(&a, "a.upset", &error), 0);
	assert_int_equal(upset_store_open(&b, "b.upset", &error), 0);
	result = upset_report_diff(a, b, options, out, &error);
	upset_store_close(a);
	upset_store_close(b);
	assert_int_equal(fclose(out), 0);
	return result;
}

/* A fresh copy with the change @sql made. */
static int compare_changed(const char *sql, const struct upset_diff_options *options)
{
	(void)remove("b.upset");
	store_at("b.upset", UPSET_DETAIL_FULL);
	if (sql != NULL)
		fixture_run_sql("b.upset", sql);
	return compare(options);
}

static const struct upset_diff_options plain = {.examples = 20};

static void test_equal(void **state)
{
	static const char *const no_matter[] = {NULL,
		"UPDATE run SET engine = 'x', engine_version = 'y', host_time_ns = 1, "
		"peak_memory_bytes = 2, started = 'z', host_cpu = 'w', folder = 'v', "
		"upset_version = 'u'",
		"UPDATE module SET load_bias = load_bias + 4096", "DELETE FROM environment",
		"UPDATE instruction SET id = id + 100; "
		"UPDATE operand SET instruction = instruction + 100; "
		"UPDATE block SET instruction = instruction + 100",
		"UPDATE function SET name = name || 'x'"};

	(void)state;
	for (size_t i = 0; i < sizeof(no_matter) / sizeof(no_matter[0]); i++) {
		if (compare_changed(no_matter[i], &plain) != 0)
			fail_msg("%s:\n%s", no_matter[i], output);
		assert_non_null(strstr(output, "\nequal\n"));
	}
	assert_non_null(strstr(output, "operands               13            0"));
}

struct change {
	const char *sql;
	const char *found; /* in the output */
};

static const struct change changes[] = {
	{"UPDATE run SET \"end\" = 'exited'", "run\n    end signaled | exited\n"},
	{"UPDATE run SET status = 9", "    status 11 | 9\n"},
	{"UPDATE run SET instructions = 304", "    instructions 303 | 304\n"},
	{"UPDATE run SET block_executions = 1", "    block_executions 202 | 1\n"},
	{"UPDATE run SET calls = 1", "    calls 12 | 1\n"},
	{"UPDATE run SET branches = 1", "    branches 101 | 1\n"},
	{"UPDATE run SET children_not_counted = 0", "    children_not_counted 7 | 0\n"},
	{"UPDATE run SET lost = 0", "    lost 8 | 0\n"},
	{"UPDATE run SET stdout_bytes = 4", "    stdout_bytes 3 | 4\n"},
	{"UPDATE run SET stdout_sha256 = 'x'", "    stdout_sha256 bbbb"},
	{"UPDATE run SET stderr_sha256 = 'x'", "    stderr_sha256 cccc"},
	{"UPDATE module SET sha256 = NULL WHERE number = 0", "    sha256 12ab | none\n"},
	{"UPDATE instruction SET executions = 99 WHERE id = 1",
		"instructions my program 0x1000 add rax, rbx main\n    executions 100 | 99\n"},
	{"UPDATE instruction SET first_index = 9 WHERE id = 1", "    first_index 10 | 9\n"},
	{"UPDATE instruction SET last_index = 9 WHERE id = 1", "    last_index 1000 | 9\n"},
	{"UPDATE instruction SET repeats = 0 WHERE id = 1", "    repeats 5 | 0\n"},
	{"UPDATE instruction SET taken = 0 WHERE id = 1", "    taken 40 | 0\n"},
	{"UPDATE operand SET samples = 1 WHERE instruction = 1 AND number = 0",
		"operands my program 0x1000 add rax, rbx main rax r\n    samples 100 | 1\n"},
	{"UPDATE operand SET ones_by_bit = x'0501' WHERE instruction = 1 AND number = 3",
		"    ones_by_bit bit 0: 3 | 5 (and 1 more bits)\n"},
	{"UPDATE operand SET address_max = 16 WHERE resource = 56",
		"    address_max 0xffffffffff600007 | 0x10\n"},
	{"UPDATE register SET reads = 1 WHERE resource = 3",
		"registers rbx\n    reads 5000000000 | 1\n"},
	{"UPDATE register SET write_ones_by_bit = NULL WHERE resource = 3",
		"    write_ones_by_bit collected | none\n"},
	{"UPDATE register SET live_share = 0.2 WHERE resource = 3", "    live_share 0.1 | 0.2\n"},
	{"UPDATE block SET executions = 1 WHERE number = 1", "    executions 102 | 1\n"},
	{"UPDATE page SET writes = 9 WHERE number = 0", "memory page 0x1000\n    writes 2 | 9\n"},
	{"UPDATE access_size SET loads = 1", "memory size 8\n    reads 102 | 1\n"},
	{"UPDATE thread SET instructions = 5 WHERE number = 1",
		"threads 1\n    instructions 53 | 5\n"},
	{"UPDATE syscall SET \"count\" = 2 WHERE number = 1",
		"syscalls 1 write\n    count 9 | 2\n"},
	{"UPDATE signal SET \"count\" = 2", "signals 11 SIGSEGV\n    count 1 | 2\n"},
	{"UPDATE written_file SET sha256 = 'x' WHERE position = 0", "    sha256 aaaa"},
	{"DELETE FROM thread WHERE number = 1", "threads 1\n    only in a\n"},
	{"INSERT INTO syscall VALUES (1, 2, 'open', 5)", "syscalls 2 open\n    only in b\n"},
	{"DELETE FROM operand WHERE instruction = 3 AND number = 1", "memory r\n    only in a\n"},
};

static void test_each_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		if (compare_changed(changes[i].sql, &plain) != 1)
			fail_msg("%s: taken for equal", changes[i].sql);
		if (strstr(output, changes[i].found) == NULL)
			fail_msg("%s: no '%s' in:\n%s", changes[i].sql, changes[i].found, output);
	}
	assert_non_null(strstr(output, "\ndifferent: 1 rows\n"));
	assert_null(strchr(output, '\033'));
}

static void test_choice(void **state)
{
	const char *const main_function[] = {"main"}, *const nobody[] = {"nobody"};
	const char *const module[] = {"my program"}, *const part[] = {"program"};
	struct upset_diff_options options = {.functions = main_function, .function_count = 1};

	(void)state;
	assert_int_equal(
		compare_changed("UPDATE run SET status = 9; UPDATE register SET reads = 1; "
				"UPDATE instruction SET executions = 1 WHERE id <> 1",
			&options),
		0);
	assert_null(strstr(output, "registers"));
	assert_int_equal(
		compare_changed("UPDATE instruction SET executions = 1 WHERE id = 1", &options), 1);
	options.functions = nobody;
	assert_int_equal(compare(&options), -EINVAL);
	assert_non_null(strstr(error.message, "'nobody'"));
	options = (struct upset_diff_options){.modules = module, .module_count = 1};
	assert_int_equal(
		compare_changed("UPDATE instruction SET executions = 1 WHERE id = 3", &options), 0);
	assert_int_equal(
		compare_changed("UPDATE instruction SET executions = 1 WHERE id = 2", &options), 1);
	options.modules = part;
	assert_int_equal(compare(&options), -EINVAL);
}

static void test_ignored(void **state)
{
	const char *const names[] = {"executions", "run.status", "registers"};
	const char *const unknown[] = {"executions", "run.reads"};
	struct upset_diff_options options = {.ignored = names, .ignored_count = 3};

	(void)state;
	assert_int_equal(
		compare_changed("UPDATE run SET status = 9; UPDATE register SET reads = 1; "
				"UPDATE instruction SET executions = 1; "
				"UPDATE block SET executions = 1",
			&options),
		0);
	assert_null(strstr(output, "registers"));
	assert_int_equal(compare_changed("UPDATE run SET calls = 9", &options), 1);
	options.ignored = unknown;
	options.ignored_count = 2;
	assert_int_equal(compare(&options), -EINVAL);
	assert_non_null(strstr(error.message, "'run.reads'"));
}

static void test_other_detail(void **state)
{
	(void)state;
	store_at("b.upset", UPSET_DETAIL_OPERANDS);
	assert_int_equal(compare(&plain), 0);
	assert_non_null(strstr(output, "details differ"));
	(void)remove("b.upset");
	store_at("b.upset", UPSET_DETAIL_COUNTS);
	assert_int_equal(compare(&plain), 0);
	fixture_run_sql("b.upset", "UPDATE operand SET samples = 1");
	assert_int_equal(compare(&plain), 1);
}

static void test_few_examples(void **state)
{
	struct upset_diff_options options = {.examples = 2};

	(void)state;
	assert_int_equal(compare_changed("UPDATE operand SET samples = 1", &options), 1);
	assert_non_null(strstr(output, "\nand 11 more\ndifferent: 13 rows\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_equal, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_each_change, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_choice, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_ignored, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_other_detail, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_few_examples, enter, shown_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
