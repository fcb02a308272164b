/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `upset show` prints of campaigns: tables, CSV and JSON, by hand-made numbers. */
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

/* Campaign 1 is the fixture's, campaign 2 its first ten experiments. */
static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct upset_campaign_row row;
	struct upset_store *store;
	int64_t campaign = 0;

	(void)state;
	fixture_enter();
	fixture_init(f, UPSET_DETAIL_FULL);
	(void)fixture_store_campaign(f, "s.upset", "id");
	fixture_campaign(&row, "another");
	row.population = 0;
	assert_int_equal(upset_store_create(&store, "s.upset", &error), 0);
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	assert_int_equal(fixture_add_experiments(store, campaign, 0, 10, &error), 0);
	upset_store_close(store);
	free(f);
	return 0;
}

static const struct upset_report_options first = {.campaign = 1, .top = UPSET_TOP_DEFAULT},
					 latest = {.top = UPSET_TOP_DEFAULT};

static void test_outcomes(void **state)
{
	(void)state;
	assert_int_equal(shown_view("outcome_totals", UPSET_FORMAT_TERMINAL, first), 0);
	assert_string_equal(output,
		"outcome      experiments  share share low share high extrapolated\n"
		"masked                60 60.00%    50.20%     69.06%          600\n"
		"detected               5  5.00%     2.15%     11.18%           50\n"
		"sdc                   10 10.00%     5.52%     17.44%          100\n"
		"due                   25 25.00%    17.55%     34.30%          250\n"
		"not-injected           4      -         -          -            -\n"
		"tool-error             1      -         -          -            -\n");
	assert_int_equal(shown_view("outcomes", UPSET_FORMAT_TERMINAL, first), 0);
	expect_line(
		"sdc          stderr                3  3.00%     1.03%      8.45%           30");
	expect_line(
		"tool-error   -                     1      -         -          -            -");
	assert_int_equal(shown_view("detection", UPSET_FORMAT_TERMINAL, first), 0);
	expect_line("       5  10   33.33%       15.18%        58.29%");
	assert_int_equal(shown_view("outcomes", UPSET_FORMAT_CSV, first), 0);
	expect_line("outcome,cause,letter,experiments,share,share_low,share_high,extrapolated");
	expect_line("not-injected,not-reached,,3,,,,");
	assert_non_null(strstr(output, "\nsdc,stderr,INC,3,0.03,0.010254"));
	assert_int_equal(shown_view("outcomes", UPSET_FORMAT_JSON, first), 0);
	expect_line("{\"outcome\":\"tool-error\",\"cause\":null,\"letter\":null,\"experiments\":1,"
		    "\"share\":null,\"share_low\":null,\"share_high\":null,\"extrapolated\":null}");
}

static void test_choice(void **state)
{
	struct upset_report_options wrong = {.campaign = 3};

	(void)state;
	assert_int_equal(shown_view("outcome_totals", UPSET_FORMAT_CSV, latest), 0);
	assert_non_null(strstr(output, "masked,10,1,0.72246"));
	expect_line("not-injected,0,,,,");
	assert_non_null(strstr(output, "\nsdc,0,0,0,0.2775327"));
	assert_int_equal(shown_view("outcomes", UPSET_FORMAT_CSV, wrong), -ENOENT);
	wrong = (struct upset_report_options){.run = 1};
	assert_int_equal(shown_view("outcomes", UPSET_FORMAT_CSV, wrong), -EINVAL);
	wrong = (struct upset_report_options){.campaign = 1};
	assert_int_equal(shown_view("threads", UPSET_FORMAT_CSV, wrong), -EINVAL);
	assert_int_equal(shown_view("campaigns", UPSET_FORMAT_TERMINAL, latest), 0);
	expect_line(
		"       1 2026-01-02T03:04 native     200  105     60        5  10  25 my program");
	expect_line(
		"       2 2026-01-02T03:04 native     200   10     10        0   0   0 my program");
}

#define QUOTED                                                                                     \
	"\"ev\"\"il,\n\033[31mname\xff\xc2\x9b"                                                    \
	"end\""
#define QUOTED_PATH                                                                                \
	"\"/src/ev\"\"il,\n\033[31mname\xff\xc2\x9b"                                               \
	"end\""
#define IN_JSON "ev\\\"il,\\u000a\\u001b[31mname\\ufffd\\u009bend"

static void test_experiments(void **state)
{
	struct upset_report_options sorted = {.campaign = 1, .top = 1, .sort = "latency"};
	struct upset_report_options main_only = {.campaign = 1, .top = 0, .function = "main"};

	(void)state;
	assert_int_equal(shown_view("experiments", UPSET_FORMAT_CSV, first), 0);
	expect_line("experiment,fault,outcome,cause,letter,end,status,insn,instructions,model,"
		    "location,bit,address,module,module_address,function,file,line,old_value,"
		    "new_value,latency,host_time_ns,way");
	assert_non_null(strstr(output,
		"\n61,flip:1 rax @ insn=61,sdc,stdout,INC,exited,3,1061,2122,flip,rax,1,"
		"0xffff00000000103d,/opt/my program,0x103d," QUOTED "," QUOTED_PATH
		",7,0x000000000000003d,0x000000000000003c,1061,5061,fresh\n"));
	expect_line("104,flip:0 zf @ insn=104,tool-error,,,,,,,,,,,,,,,,,,,5104,carried");
	/* A hyphen stands for the name's underscore. */
	assert_int_equal(shown_view("by-bit", UPSET_FORMAT_CSV, first), 0);
	assert_int_equal(shown_view("experiments", UPSET_FORMAT_TERMINAL, first), 0);
	assert_null(strchr(output, '\033'));
	expect_line("     1 masked  equal rax        1 0x1001  "
		    "ev\"il,\\x0a\\x1b[31mname\\xff\\u{9b}end    7   1,001");
	assert_int_equal(shown_view("experiments", UPSET_FORMAT_CSV, sorted), 0);
	assert_non_null(strstr(output, "\n99,flip"));
	assert_int_equal(shown_view("experiments", UPSET_FORMAT_CSV, main_only), 0);
	assert_non_null(strstr(output, "\n65,flip"));
	assert_null(strstr(output, "\n64,flip"));
	main_only.function = HOSTILE;
	assert_int_equal(shown_view("experiments", UPSET_FORMAT_CSV, main_only), 0);
	assert_non_null(strstr(output, "\n64,flip"));
	assert_null(strstr(output, "\n65,flip"));
}

static void test_faults(void **state)
{
	(void)state;
	assert_int_equal(shown_view("faults", UPSET_FORMAT_JSON, first), 0);
	expect_line("{\"experiment\":5,\"position\":1,\"fault\":\"flip:1 rax @ insn=5\","
		    "\"model\":\"flip\",\"location\":\"rax\",\"bit\":1,\"state\":\"done\","
		    "\"reason\":null,\"outcome\":\"masked\",\"address\":\"0xffff000000001005\","
		    "\"module\":\"/opt/my program\",\"module_address\":\"0x1005\","
		    "\"function\":\"" IN_JSON "\",\"file\":\"/src/" IN_JSON "\",\"line\":7,"
		    "\"old_value\":\"0x0000000000000005\",\"new_value\":\"0x0000000000000004\","
		    "\"read_back\":\"0x0000000000000004\"},");
	expect_line("{\"experiment\":103,\"position\":0,\"fault\":\"flip:1 zf @ insn=103\","
		    "\"model\":\"flip\",\"location\":\"zf\",\"bit\":1,\"state\":\"impossible\","
		    "\"reason\":\"no such " IN_JSON "\",\"outcome\":\"not-injected\","
		    "\"address\":null,\"module\":null,\"module_address\":null,\"function\":null,"
		    "\"file\":null,\"line\":null,\"old_value\":null,\"new_value\":null,"
		    "\"read_back\":null}");
	assert_int_equal(shown_view("faults", UPSET_FORMAT_TERMINAL, first), 0);
	expect_line(
		"     1 0 flip  rax        1 done  0x1001  0x0000000000000001 0x0000000000000000");
}

static void test_groups(void **state)
{
	(void)state;
	assert_int_equal(shown_view("by_location", UPSET_FORMAT_TERMINAL, first), 0);
	assert_string_equal(output,
		"location results masked detected    due    sdc sdc low sdc high\n"
		"rax           80 75.00%    0.00% 12.50% 12.50%   6.93%   21.50%\n"
		"zf            20  0.00%   25.00% 75.00%  0.00%   0.00%   16.11%\n"
		"-              0      -        -      -      -       -        -\n");
	assert_int_equal(shown_view("by_bit", UPSET_FORMAT_CSV, first), 0);
	expect_line("bit,results,masked,detected,sdc,due,not_injected,masked_share,masked_low,"
		    "masked_high,detected_share,detected_low,detected_high,due_share,due_low,"
		    "due_high,sdc_share,sdc_low,sdc_high");
	assert_non_null(strstr(output, "\n1,50,30,2,5,13,2,0.6,0.46181"));
	assert_int_equal(shown_view("by_location_bit", UPSET_FORMAT_CSV, first), 0);
	assert_non_null(strstr(output, "\nrax,0,40,30,0,5,5,0,0.75,"));
	assert_non_null(strstr(output, ",0.125,0.054"));
	assert_non_null(strstr(output, "\nzf,1,10,0,2,0,8,2,0,0,0.277"));
	assert_int_equal(shown_view("by_time", UPSET_FORMAT_CSV, first), 0);
	assert_non_null(strstr(output, "\n,0,0,0,0,0,4,,,,,,,,,,,,\n0,100,60,5,10,25,0,0.6,"));
	assert_int_equal(shown_view("by_function", UPSET_FORMAT_TERMINAL, first), 0);
	assert_non_null(strstr(output, "\nmy program main "));
	assert_null(strchr(output, '\033'));
	assert_int_equal(shown_view("by_line", UPSET_FORMAT_CSV, first), 0);
	assert_non_null(strstr(output, QUOTED_PATH ",8,main,35,0,5,5,25,0,0,0,"));
}

static void test_at_a_glance(void **state)
{
	(void)state;
	assert_int_equal(shown_view("campaign", UPSET_FORMAT_TERMINAL, first), 0);
	expect_line("campaign        1");
	expect_line("options         --seed 42 --name ev\"il,\\x0a\\x1b[31mname\\xff\\u{9b}end");
	expect_line("population      1,000");
	expect_line("confidence      95.0%");
	expect_line("made            105");
	assert_null(strstr(output, "golden run"));
	assert_int_equal(shown_view("campaign", UPSET_FORMAT_JSON, latest), 0);
	assert_non_null(
		strstr(output, "\"population\":null,\"confidence\":0.95,\"planned\":200,"
			       "\"made\":10,\"masked\":10,\"detected\":0,\"sdc\":0,\"due\":0,"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_outcomes, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_choice, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_experiments, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_faults, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_groups, enter, shown_leave),
		cmocka_unit_test_setup_teardown(test_at_a_glance, enter, shown_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
