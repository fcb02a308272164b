/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `upset annotate` prints of a function, by hand-made numbers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/annotate.h"
#include "tests/cli/shown.h"
#include "tests/store/fixture.h"

static char notes[1024];

static void keep_note(void *context, const char *message)
{
	(void)context;
	(void)snprintf(notes + strlen(notes), sizeof(notes) - strlen(notes), "%s\n", message);
}

static int annotate(struct upset_annotate_options options)
{
	FILE *out = shown_open();
	struct upset_store *store;
	int result;

	notes[0] = '\0';
	options.width = 80;
	options.note = keep_note;
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	result = upset_annotate_write(store, &options, out, &error);
	upset_store_close(store);
	assert_int_equal(fclose(out), 0);
	return result;
}

static void write_source(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/*
 * Function main has add (line 3 of source.c, executed 100 times) and jz (line 9, 101).
 * Of the experiments those with numbers that three divides are at the first: 20 masked, 2
 * detected, 8 due, 4 sdc; the others at the second: 40 masked, 3 detected, 17 due, 6 sdc.
 */
static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)state;
	fixture_enter();
	fixture_init(f, UPSET_DETAIL_FULL);
	(void)fixture_store(f, "s.upset");
	(void)fixture_store_campaign(f, "s.upset", "id");
	free(f);
	write_source("source.c", "one\ntwo\nint\tmain\nfour\nfive\nsix\n7\n\033[31m\nnine\r\n");
	fixture_run_sql("s.upset",
		"UPDATE source SET path = 'source.c' WHERE path = '/src/main.c';"
		"UPDATE instruction SET function = (SELECT id FROM function WHERE name = 'main'),"
		" line = CASE address WHEN 4096 THEN 3 ELSE 9 END WHERE address < 8192;"
		"UPDATE injection SET function = (SELECT id FROM function WHERE name = 'main'),"
		" module_address = CASE WHEN experiment % 3 = 0 THEN 4096 ELSE 4099 END"
		" WHERE module_address IS NOT NULL;"
		/* Later than the source. */
		"UPDATE run SET started = '2999-01-02T03:04:05.678Z'");
	return 0;
}

static void expect_narrow(void)
{
	for (const char *line = output; *line != '\0';) {
		size_t length = strcspn(line, "\n");

		if (length > 80)
			fail_msg("wider than 80 columns: %.*s", (int)length, line);
		line += length + 1;
	}
	assert_null(strchr(output, '\033'));
}

static void test_both(void **state)
{
	(void)state;
	assert_int_equal(annotate((struct upset_annotate_options){.function = "main"}), 0);
	expect_line("main in /opt/my program");
	expect_line("run 1: executes 201 of 303 instructions");
	expect_line("campaign 1: 100 results here, 60 masked, 5 detected, 25 due, 10 sdc");
	expect_line("   executed  share results mask  det  due  sdc");
	expect_line("source.c");
	expect_line("        100  33.0%      34  59%   6%  24%  12%       3 int main");
	expect_line("        100  33.0%      34  59%   6%  24%  12%       1000  add rax, rbx");
	expect_line("        101  33.3%      66  61%   5%  26%   9% !     9 nine");
	expect_line("        101  33.3%      66  61%   5%  26%   9% !     1003  jz 0x1003");
	/* Five lines lie between them. */
	expect_line("                                                   ...");
	assert_null(strstr(output, "four"));
	assert_string_equal(notes, "");
	expect_narrow();
}

static void test_gap(void **state)
{
	(void)state;
	fixture_run_sql("s.upset", "UPDATE instruction SET line = 6 WHERE address = 4096");
	assert_int_equal(annotate((struct upset_annotate_options){
				 .function = "main", .rows = UPSET_ANNOTATE_LINES}),
		0);
	expect_line("                                                     7 7");
	expect_line("                                                     8 \\x1b[31m");
	assert_null(strstr(output, "add rax"));
	assert_null(strstr(output, "five"));
	expect_narrow();
}

static void test_instructions(void **state)
{
	(void)state;
	assert_int_equal(annotate((struct upset_annotate_options){
				 .function = "main", .rows = UPSET_ANNOTATE_INSTRUCTIONS}),
		0);
	expect_line("        100  33.0%      34  59%   6%  24%  12%     1000  add rax, rbx");
	assert_null(strstr(output, "int main"));
	/* One is left, the one with most failures. */
	assert_int_equal(
		annotate((struct upset_annotate_options){
			.function = "main", .rows = UPSET_ANNOTATE_INSTRUCTIONS, .top = 1}),
		0);
	assert_null(strstr(output, "add rax"));
	assert_non_null(strstr(output, "jz 0x1003"));
}

static void test_data(void **state)
{
	struct upset_annotate_options options = {.function = "main", .format = UPSET_FORMAT_CSV};

	(void)state;
	assert_int_equal(annotate(options), 0);
	expect_line(
		"module,function,address,text,file,line,executions,share,results,masked,detected,"
		"sdc,due,not_injected,masked_share,detected_share,due_share,sdc_share,marked");
	assert_non_null(strstr(output, "\n/opt/my program,main,0x1003,jz 0x1003,source.c,9,101,"
				       "0.3333333333333333,66,40,3,6,17,0,0.60606"));
	options.rows = UPSET_ANNOTATE_LINES;
	options.format = UPSET_FORMAT_JSON;
	assert_int_equal(annotate(options), 0);
	assert_non_null(strstr(output,
		"{\"module\":\"/opt/my program\",\"function\":\"main\",\"file\":\"source.c\","
		"\"line\":3,\"source\":\"int\\u0009main\",\"instructions\":1,\"executions\":100,"));
	assert_non_null(strstr(output, "\"marked\":1}\n]\n"));
}

static void test_no_campaign(void **state)
{
	struct upset_annotate_options options = {.function = "main"};

	(void)state;
	fixture_run_sql("s.upset", "UPDATE campaign SET program_sha256 = 'another'");
	assert_int_equal(annotate(options), 0);
	expect_line("   executed  share");
	expect_line("        100  33.0%     3 int main");
	expect_line("        100  33.0%     1000  add rax, rbx");
	assert_null(strstr(output, "campaign"));
	options.format = UPSET_FORMAT_CSV;
	assert_int_equal(annotate(options), 0);
	assert_non_null(strstr(output, ",3,100,0.33003300330033003,,,,,,,,,,,\n"));
	/* The one with most executions is left. */
	options.top = 1;
	assert_int_equal(annotate(options), 0);
	assert_null(strstr(output, "0x1000"));
	options.campaign = 1;
	assert_int_equal(annotate(options), -ENOENT);
	assert_non_null(strstr(error.message, "no run of the program of campaign 1"));
	options.run = 1;
	assert_int_equal(annotate(options), -EINVAL);
	assert_non_null(strstr(error.message, "of different programs"));
}

static void test_default_function(void **state)
{
	(void)state;
	/* main has the corruptions, the function in the other module most executions. */
	fixture_run_sql("s.upset", "UPDATE instruction SET executions = 5000 WHERE address = 8192");
	assert_int_equal(annotate((struct upset_annotate_options){0}), 0);
	expect_line("main in /opt/my program");
	fixture_run_sql("s.upset", "DELETE FROM injection; DELETE FROM experiment");
	assert_int_equal(annotate((struct upset_annotate_options){0}), 0);
	assert_non_null(strstr(output, "name\\xff\\u{9b}end in /lib/ev\"il,\\x0a\\x1b[31mname"));
	expect_narrow();
	fixture_run_sql("s.upset", "UPDATE instruction SET function = NULL WHERE address = 8192");
	assert_int_equal(annotate((struct upset_annotate_options){0}), 0);
	assert_non_null(strstr(output, "instructions of no function in /lib/"));
	assert_non_null(strstr(output, "mov rax, [rsp]"));
}

static void test_no_source(void **state)
{
	(void)state;
	assert_int_equal(remove("source.c"), 0);
	assert_int_equal(annotate((struct upset_annotate_options){.function = "main"}), 0);
	expect_line("source.c: cannot be read");
	expect_line("        100  33.0%      34  59%   6%  24%  12%       3");
	expect_line("        100  33.0%      34  59%   6%  24%  12%       1000  add rax, rbx");
	fixture_run_sql("s.upset", "UPDATE instruction SET line = NULL, source = NULL");
	assert_int_equal(annotate((struct upset_annotate_options){.function = "main"}), 0);
	expect_line("        100  33.0%      34  59%   6%  24%  12%     1000  add rax, rbx");
	assert_int_equal(annotate((struct upset_annotate_options){
				 .function = "main", .rows = UPSET_ANNOTATE_LINES}),
		0);
	expect_line("(no source lines are known; --instructions shows the instructions)");
}

static void test_newer(void **state)
{
	struct upset_annotate_options options = {.function = "main"};

	(void)state;
	fixture_run_sql("s.upset", "UPDATE run SET started = '2001-01-02T03:04:05.678Z'");
	assert_int_equal(annotate(options), 0);
	expect_line("source.c: newer than the run, lines may have moved");
	options.format = UPSET_FORMAT_CSV;
	assert_int_equal(annotate(options), 0);
	assert_string_equal(notes, "source.c is newer than run 1: lines may have moved\n");
}

static void test_missing(void **state)
{
	(void)state;
	assert_int_equal(annotate((struct upset_annotate_options){.function = "mian"}), -ENOENT);
	assert_non_null(strstr(error.message, "run 1 executed no function 'mian'"));
	assert_int_equal(annotate((struct upset_annotate_options){.run = 7}), -ENOENT);
	assert_int_equal(annotate((struct upset_annotate_options){.campaign = 7}), -ENOENT);
	/* Experiments where the run executed nothing are told, not counted. */
	fixture_run_sql("s.upset", "UPDATE injection SET module_address = 5 WHERE experiment = 9");
	assert_int_equal(annotate((struct upset_annotate_options){.function = "main"}), 0);
	expect_line("campaign 1: 99 results here, 59 masked, 5 detected, 25 due, 10 sdc");
	assert_string_equal(notes, "1 experiments are left out: run 1 executed no instruction at "
				   "their addresses\n");
}

/* Where nothing was detected there is no column for it. */
static void test_nothing_detected(void **state)
{
	(void)state;
	fixture_run_sql("s.upset", "UPDATE verdict SET outcome = 'due' WHERE outcome = 'detected'");
	assert_int_equal(annotate((struct upset_annotate_options){.function = "main"}), 0);
	expect_line("   executed  share results mask  due  sdc");
	expect_line("        100  33.0%      34  59%  29%  12%       3 int main");
	expect_line("                                              ...");
}

static void test_colour(void **state)
{
	(void)state;
	assert_int_equal(
		annotate((struct upset_annotate_options){.function = "main", .colour = true}), 0);
	expect_line("\033[31m        101  33.3%      66  61%   5%  26%   9% !     9 nine\033[0m");
	expect_line("        100  33.0%      34  59%   6%  24%  12%       3 int main");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_gap, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_instructions, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_data, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_no_campaign, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_default_function, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_no_source, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_newer, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_missing, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_nothing_detected, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_colour, enter, shown_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
