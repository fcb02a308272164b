/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `upset show` prints: the CSV contract, JSON, and tables of 80 columns. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/format.h"
#include "report/report.h"
#include "store/utf8.h"
#include "tests/cli/shown.h"
#include "tests/store/fixture.h"

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)state;
	fixture_enter();
	fixture_init(f, UPSET_DETAIL_FULL);
	(void)fixture_store(f, "s.upset");
	fixture_init(f, UPSET_DETAIL_COUNTS);
	(void)fixture_store(f, "s.upset");
	(void)fixture_store_campaign(f, "s.upset", "id");
	free(f);
	return 0;
}

/* Options of run 1, where @more does not say it. */
static int show(const char *view, enum upset_format format, const struct upset_report_options *more)
{
	struct upset_report_options options = {.run = 1, .top = UPSET_TOP_DEFAULT};

	if (more != NULL)
		options = *more;
	if (upset_view_find(view)->scope == UPSET_SCOPE_CAMPAIGN)
		options.run = 0;
	return shown_view(view, format, options);
}

#define QUOTED                                                                                     \
	"\"ev\"\"il,\n\033[31mname\xff\xc2\x9b"                                                    \
	"end\""

static void test_csv_contract(void **state)
{
	(void)state;
	assert_int_equal(show("instructions", UPSET_FORMAT_CSV, NULL), 0);
	assert_string_equal(output,
		"module,address,size,text,function,file,line,executions,first_index,last_index,"
		"repeats,taken\n"
		"/opt/my program,0x1000,3,\"add rax, rbx\",main,/src/main.c,4096,100,10,1000,5,40\n"
		"/opt/my program,0x1003,2,jz 0x1003," QUOTED ",/src/main.c,4099,101,11,1001,6,41\n"
		"\"/lib/ev\"\"il,\n\033[31mname\xff\xc2\x9b"
		"end\",0x2000,4,\"mov rax, [rsp]\"," QUOTED ",,,102,12,1002,7,42\n");
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, NULL), 0);
	expect_line("module,address,operand,resource,access,bits,samples,ones,ones_by_bit");
	/* The flag row that is number 3 of "add rax, rbx": bit 0 was 1 in 3 samples. */
	expect_line("/opt/my program,0x1000,2,cf,w,1,100,3,3");
	assert_int_equal(show("registers", UPSET_FORMAT_CSV, NULL), 0);
	expect_line("register,bits,reads,writes,read_ones_by_bit,write_ones_by_bit,live_share");
	expect_line("zf,1,0,0,0,0,0.1");
	expect_line("rbx,64,5000000000,20,"
		    "4999999999 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
		    "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1,"
		    "0 20 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
		    "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0,0.1");
}

static void test_not_collected(void **state)
{
	struct upset_report_options run_2 = {.run = 2, .top = UPSET_TOP_DEFAULT};

	(void)state;
	assert_int_equal(show("instructions", UPSET_FORMAT_CSV, &run_2), 0);
	expect_line("/opt/my program,0x1000,3,\"add rax, rbx\",main,/src/main.c,4096,100,,,5,40");
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, &run_2), 0);
	expect_line("/opt/my program,0x1000,2,cf,w,1,100,,");
	assert_int_equal(show("registers", UPSET_FORMAT_CSV, &run_2), 0);
	expect_line("rbx,64,5000000000,20,,,");
	assert_int_equal(show("registers", UPSET_FORMAT_JSON, &run_2), 0);
	expect_line("{\"register\":\"rbx\",\"bits\":64,\"reads\":5000000000,\"writes\":20,"
		    "\"read_ones_by_bit\":null,\"write_ones_by_bit\":null,\"live_share\":null},");
}

static void test_json(void **state)
{
	(void)state;
	assert_int_equal(show("instructions", UPSET_FORMAT_JSON, NULL), 0);
	expect_line("{\"module\":\"/opt/my program\",\"address\":\"0x1003\",\"size\":2,"
		    "\"text\":\"jz 0x1003\",\"function\":"
		    "\"ev\\\"il,\\u000a\\u001b[31mname\\ufffd\\u009bend\","
		    "\"file\":\"/src/main.c\",\"line\":4099,\"executions\":101,"
		    "\"first_index\":11,\"last_index\":1001,\"repeats\":6,\"taken\":41},");
	assert_int_equal(show("operands", UPSET_FORMAT_JSON, NULL), 0);
	expect_line("{\"module\":\"/opt/my program\",\"address\":\"0x1000\",\"operand\":2,"
		    "\"resource\":\"cf\",\"access\":\"w\",\"bits\":1,\"samples\":100,\"ones\":3,"
		    "\"ones_by_bit\":[3]},");
	assert_int_equal(show("signals", UPSET_FORMAT_JSON, NULL), 0);
	assert_string_equal(output, "[\n{\"number\":11,\"name\":\"SIGSEGV\",\"count\":1}\n]\n");
}

/* A prefix belongs to the name; what has no operands has one, too. */
static void test_mnemonics(void **state)
{
	(void)state;
	assert_int_equal(show("mnemonics", UPSET_FORMAT_CSV, NULL), 0);
	assert_non_null(strstr(output, "mnemonic,instructions,executions,share\nadd,1,100,0.330"));
	fixture_run_sql("s.upset",
		"UPDATE instruction SET \"text\" = CASE executions WHEN 100 THEN "
		"'rep movsb [rdi], [rsi]' WHEN 101 THEN 'lock nop' "
		"ELSE 'ret' END");
	assert_int_equal(show("mnemonics", UPSET_FORMAT_CSV, NULL), 0);
	assert_non_null(strstr(output, "\nlock nop,1,101,0.3"));
	assert_non_null(strstr(output, "\nrep movsb,1,100,0.3"));
	assert_non_null(strstr(output, "\nret,1,102,0.3"));
}

/* @names: it has names, which are whole and may make it longer. */
static void check_line(const char *view, const char *line, size_t length, bool names)
{
	unsigned int width = 0;
	uint32_t code = 0;

	for (size_t at = 0; at < length; width++) {
		size_t bytes = upset_utf8_decode(line + at, length - at, &code);

		if (bytes == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0))
			fail_msg("%s: control or broken character in '%.*s'", view, (int)length,
				line);
		at += bytes;
	}
	if (width > 80 && !names)
		fail_msg("%s: %u columns: '%.*s'", view, width, (int)length, line);
	if (length > 0 && line[length - 1] == ' ')
		fail_msg("%s: blank at the end of '%.*s'", view, (int)length, line);
}

static bool has_names(const struct upset_view *view)
{
	for (unsigned int i = 0; i < view->column_count; i++) {
		if (view->columns[i].heading != NULL &&
			(view->columns[i].type == UPSET_COLUMN_NAME ||
				view->columns[i].type == UPSET_COLUMN_FILE))
			return true;
	}
	return view->vertical; /* there paths and options are whole, too */
}

static void check_all_views(void)
{
	const struct upset_view *view;

	for (size_t i = 0; (view = upset_view_at(i)) != NULL; i++) {
		assert_int_equal(show(view->name, UPSET_FORMAT_TERMINAL, NULL), 0);
		for (const char *line = output; *line != '\0'; line = strchr(line, '\n') + 1) {
			assert_non_null(strchr(line, '\n'));
			check_line(view->name, line, strcspn(line, "\n"), has_names(view));
		}
	}
}

static void test_width(void **state)
{
	(void)state;
	check_all_views();
}

/* The largest counts, the highest addresses, names of 300 letters. */
static void test_width_of_extremes(void **state)
{
	static const char *const updates[] = {
		"UPDATE run SET instructions = 9223372036854775807, calls = 9223372036854775807, "
		"host_time_ns = 9223372036854775807, stdout_bytes = 9223372036854775807, "
		"program = printf('/%.300c', 'p'), status = 255",
		"UPDATE module SET path = printf('/%.300c', 'm'), load_bias = -1",
		"UPDATE function SET name = id || printf('%.300c', 'f')",
		"UPDATE source SET path = '/' || id || printf('%.300c', 's')",
		"UPDATE instruction SET address = -id, line = 4294967295, "
		"\"text\" = printf('%.250c', 't'), executions = 9223372036854775000 / 3, "
		"taken = 9223372036854775807",
		"UPDATE operand SET samples = 9223372036854775807",
		"UPDATE register SET reads = 9223372036854775807, writes = 9223372036854775807",
		"UPDATE block SET executions = 9223372036854775807, size = 2147483647, "
		"instructions = 2147483647",
		"UPDATE page SET address = -4096 * (number + 1), reads = 9223372036854775807, "
		"writes = reads, bytes_read = 9223372036854775807, bytes_written = bytes_read",
		"UPDATE thread SET instructions = 9223372036854775807, number = number + "
		"4294967290",
		"UPDATE syscall SET \"count\" = 4000000000000000000, number = number + "
		"9000000000000",
		"UPDATE campaign SET id = id + 99999998, options = printf('%.300c', 'o'), "
		"engine = 'native', planned = 9223372036854775807, "
		"program = printf('/%.300c', 'p'), population = 9223372036854775807, "
		"golden_instructions = 9223372036854775807, seed = -9223372036854775807",
		"UPDATE experiment SET campaign = campaign + 99999998, "
		"number = number + 9000000, latency = 9223372036854775807",
		"UPDATE injection SET campaign = campaign + 99999998, "
		"experiment = experiment + 9000000, module_address = -1 - experiment, "
		"line = 4294967295, bit = 511, old_value = randomblob(64), "
		"new_value = randomblob(64)",
		"UPDATE label SET name = id || printf('%.300c', 'l') "
		"WHERE name NOT IN ('done', 'flip')",
		"UPDATE written_file SET path = printf('/%.300c', 'w'), bytes = "
		"9223372036854775807",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(updates) / sizeof(updates[0]); i++)
		fixture_run_sql("s.upset", updates[i]);
	check_all_views();
}

/* Names that an option takes are whole, other texts are not narrowed to nothing beside them. */
static void test_names_are_whole(void **state)
{
	static const char *const views[] = {
		"functions", "instructions", "by-function", "by-line", "experiments"};
	char name[301];

	(void)state;
	memset(name, 'f', 300);
	name[300] = '\0';
	fixture_run_sql("s.upset", "UPDATE function SET name = id || printf('%.300c', 'f')");
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		assert_int_equal(show(views[i], UPSET_FORMAT_TERMINAL, NULL), 0);
		assert_non_null(strstr(output, name));
	}
	assert_non_null(strstr(output, " masked "));
	fixture_run_sql("s.upset", "UPDATE verdict SET cause = id || printf('%.300c', 'f')");
	fixture_run_sql("s.upset", "UPDATE function SET name = id");
	assert_int_equal(show("experiments", UPSET_FORMAT_TERMINAL, NULL), 0);
	assert_non_null(strstr(output, name));
	fixture_run_sql("s.upset", "UPDATE campaign SET options = printf('--exclude %.300c', 'f')");
	assert_int_equal(show("campaign", UPSET_FORMAT_TERMINAL, NULL), 0);
	assert_non_null(strstr(output, name));
	fixture_run_sql("s.upset", "UPDATE source SET path = '/' || id || '/' || "
				   "printf('%.300c', 'f')");
	assert_int_equal(show("by-line", UPSET_FORMAT_TERMINAL, NULL), 0);
	assert_non_null(strstr(output, name));
}

static void test_colour(void **state)
{
	struct upset_report_options colour = {.run = 1, .top = UPSET_TOP_DEFAULT, .colour = true};

	(void)state;
	assert_int_equal(show("threads", UPSET_FORMAT_TERMINAL, &colour), 0);
	assert_non_null(strstr(output, "\033[1mthread"));
	assert_int_equal(show("threads", UPSET_FORMAT_TERMINAL, NULL), 0);
	assert_null(strchr(output, '\033'));
	assert_int_equal(show("threads", UPSET_FORMAT_CSV, &colour), 0);
	assert_null(strchr(output, '\033'));
}

static void test_order_and_choice(void **state)
{
	struct upset_report_options options = {.run = 1, .top = 1, .sort = "executions"};
	struct upset_report_options by_text = {.run = 1, .top = 1, .sort = "text"};
	struct upset_report_options main_only = {.run = 1, .top = 0, .function = "main"};
	struct upset_report_options bad = {.run = 1, .sort = "nothing"};

	(void)state;
	assert_int_equal(show("functions", UPSET_FORMAT_CSV, &options), 0);
	assert_non_null(strstr(output, "/lib/"));
	options.sort = "-executions";
	assert_int_equal(show("functions", UPSET_FORMAT_CSV, &options), 0);
	expect_line("/opt/my program,main,/src/main.c,4096,1,100,0.33003300330033003");
	assert_null(strstr(output, "/lib/"));
	assert_int_equal(show("instructions", UPSET_FORMAT_CSV, &by_text), 0);
	assert_non_null(strstr(output, "add rax"));
	assert_int_equal(show("instructions", UPSET_FORMAT_TERMINAL, &options), 0);
	assert_non_null(strstr(output, "only the first 1 rows"));
	assert_int_equal(show("instructions", UPSET_FORMAT_CSV, &main_only), 0);
	assert_non_null(strstr(output, ",main,"));
	assert_null(strstr(output, "jz"));
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, &main_only), 0);
	assert_non_null(strstr(output, "0x1000,2,cf,w"));
	assert_null(strstr(output, "0x1003"));
	assert_int_equal(show("threads", UPSET_FORMAT_CSV, &bad), -EINVAL);
	assert_string_equal(error.message,
		"cannot sort threads by 'nothing'; its columns are: thread instructions share");
	bad.sort = "ones_by_bit";
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, &bad), -EINVAL);
	assert_int_equal(show("threads", UPSET_FORMAT_CSV, &main_only), -EINVAL);
	main_only.run = 9;
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, &main_only), -ENOENT);
}

/* 64 bits in 16 cells: bits 63..60 are the first.  Bit 0 of 5e9 reads was 1 in 5e9 - 1. */
static void test_picture_of_ones(void **state)
{
	(void)state;
	assert_int_equal(show("registers", UPSET_FORMAT_TERMINAL, NULL), 0);
	expect_line("rbx        64 5,000,000,000     20 0..............2 ...............2 10.0%");
	fixture_run_sql("s.upset",
		"UPDATE operand SET samples = 6, ones_by_bit = x'06' WHERE resource = 16");
	assert_int_equal(show("operands", UPSET_FORMAT_TERMINAL, NULL), 0);
	expect_line("0x1000  add rax, rbx   2 cf       w    1       6 #");
}

static void test_damaged_counts(void **state)
{
	(void)state;
	fixture_run_sql("s.upset", "UPDATE operand SET ones_by_bit = x'0102' WHERE resource = 16");
	assert_int_equal(show("operands", UPSET_FORMAT_CSV, NULL), -EIO);
	assert_non_null(strstr(error.message, "damaged"));
}

static void expect_count(uint64_t value, unsigned int width, const char *expected)
{
	char text[40];

	upset_format_count(value, width, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_numbers(void **state)
{
	char text[40];

	(void)state;
	expect_count(0, 7, "0");
	expect_count(999, 7, "999");
	expect_count(1000, 7, "1,000");
	expect_count(1234567, 9, "1,234,567");
	expect_count(1234567, 8, "1.235 M");
	expect_count(999999, 5, "1.000 M"); /* rounded over the step */
	expect_count(99999, 5, "100.0 k");
	expect_count(UINT64_MAX, 40, "18,446,744,073,709,551,615");
	expect_count(UINT64_MAX, 7, "18.45 E");
	upset_format_bytes(999, text, sizeof(text));
	assert_string_equal(text, "999 B");
	upset_format_bytes(5000000, text, sizeof(text));
	assert_string_equal(text, "5.000 MB");
	upset_format_time(6000000000, text, sizeof(text));
	assert_string_equal(text, "6.000 s");
	upset_format_time(12345678, text, sizeof(text));
	assert_string_equal(text, "12.35 ms");
	upset_format_time(UINT64_C(36000000000000), text, sizeof(text));
	assert_string_equal(text, "10 h");
	upset_format_real(0.1, text, sizeof(text));
	assert_string_equal(text, "0.1");
	upset_format_real(1.0 / 3, text, sizeof(text));
	assert_true(strtod(text, NULL) == 1.0 / 3);
}

static void expect_printed(const char *text, unsigned int width, bool right, const char *expected)
{
	char *printed;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	upset_text_print(text, width, right, false, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(printed, expected);
	free(printed);
}

static void test_text(void **state)
{
	char clean[64], small[8];

	(void)state;
	upset_text_clean("a\tb\033\xc3\xa4\xe2\x80\xae\x80", 10, clean, sizeof(clean));
	assert_string_equal(clean, "a\\x09b\\x1b\xc3\xa4\\u{202e}\\x80");
	upset_text_clean("abc\xc3\xa4\n", 6, small, sizeof(small));
	assert_string_equal(small, "abc\xc3\xa4"); /* no half of an escape */
	assert_int_equal(upset_text_width("\xc3\xa4"
					  "b"),
		2);
	assert_int_equal(upset_text_width("\xe6\xbc\xa2"), 2); /* a wide character */
	expect_printed("abc", 5, false, "abc  ");
	expect_printed("abc", 5, true, "  abc");
	expect_printed("abcdefghij", 10, false, "abcdefghij");
	expect_printed("abcdefghijk", 8, false, "abc..ijk");
	expect_printed("abcdefghijk", 7, false, "ab..ijk");
	expect_printed("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 7, false,
		"\xe6\xbc\xa2..\xe6\xbc\xa2 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_csv_contract, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_not_collected, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_json, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_mnemonics, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_width, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_width_of_extremes, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_names_are_whole, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_colour, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_order_and_choice, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_picture_of_ones, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_damaged_counts, enter, shown_leave),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
