/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Controls: how many, beside which experiments, what they do; and what differs from a golden run.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/control.h"
#include "campaign/difference.h"
#include "isa/isa.h"

static void are_one_percent_and_ten(void **state)
{
	(void)state;
	assert_int_equal(upset_control_count(1), 10);
	assert_int_equal(upset_control_count(1000), 10);
	assert_int_equal(upset_control_count(1001), 11);
	assert_int_equal(upset_control_count(100000), 1000);
	assert_int_equal(upset_control_count(UINT64_MAX), UINT64_MAX / 100 + 1);
}

/* 10 among 1000: one beside experiments 0, 100, 200, ... */
static void are_spread_evenly(void **state)
{
	(void)state;
	assert_int_equal(upset_control_before(0, 1000, 10), 0);
	assert_int_equal(upset_control_before(1, 1000, 10), 1);
	assert_int_equal(upset_control_before(100, 1000, 10), 1);
	assert_int_equal(upset_control_before(101, 1000, 10), 2);
	assert_int_equal(upset_control_before(1000, 1000, 10), 10);
	/* 10 among 3: 4, 3 and 3 */
	assert_int_equal(upset_control_before(1, 3, 10), 4);
	assert_int_equal(upset_control_before(2, 3, 10), 7);
	assert_int_equal(upset_control_before(3, 3, 10), 10);
	assert_int_equal(upset_control_before(3, 3, 0), 0);
	assert_int_equal(upset_control_before(INT64_MAX, INT64_MAX, 1000000), 1000000);
}

static void change_nothing(void **state)
{
	static const struct {
		const char *fault, *control;
	} cases[] = {
		{"flip:3-7 rax @ pc=main #2", "none rax @ pc=main #2"},
		{"set:0x1f mem[table,2] @ insn=7 thread=1 for 9",
			"none mem[table,2] @ insn=7 thread=1 for 9"},
		{"skip @ pc=check; stuck1 zf @ insn=4 forever",
			"none rip @ pc=check #1; none zf @ insn=4 forever"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_faults faults;
		unsigned int column;
		char *text;

		assert_int_equal(upset_faults_parse(cases[i].fault, &faults, &column, NULL), 0);
		upset_control_disarm(&faults, upset_isa_find("x86-64"));
		text = upset_faults_print(&faults);
		assert_string_equal(text, cases[i].control);
		free(text);
		upset_faults_free(&faults);
	}
}

/* --- what differs ----------------------------------------------------------------------------- */

static struct upset_trial trial(const char *out, uint64_t instructions, uint64_t hash)
{
	struct upset_trial t = UPSET_TRIAL_NONE;

	t.result.instructions = instructions;
	t.result.seen.state = hash;
	t.result.seen.out.data = (const uint8_t *)out;
	t.result.seen.out.bytes = t.result.seen.out.looked = strlen(out);
	return t;
}

static void tells(const struct upset_trial *golden, const struct upset_trial *t, bool steady,
	const char *wanted)
{
	static const struct upset_outcome_rules rules = {.detected_exit = -1};
	char text[160];

	assert_int_equal(
		upset_difference(&rules, golden, t, steady, text, sizeof(text)), wanted[0] != '\0');
	assert_string_equal(text, wanted);
}

static void is_told_in_words(void **state)
{
	struct upset_trial golden = trial("seven", 1000, 5), other = golden;

	(void)state;
	tells(&golden, &other, true, "");
	other = trial("sever", 1000, 5);
	tells(&golden, &other, true, "standard output, from byte 4 on");
	other = trial("seven", 1001, 5);
	tells(&golden, &other, true, "1001 instructions, not 1000");
	tells(&golden, &other, false, "");
	other = trial("seven", 1000, 6);
	tells(&golden, &other, true, "registers or memory at its end");
	other = trial("seven", 1000, 0);
	tells(&golden, &other, true, "");
	other = golden;
	other.result.seen.status = 3;
	tells(&golden, &other, true, "exit status 3, not exit status 0");
	other.result.seen.end = UPSET_END_SIGNALED;
	other.result.seen.status = SIGSEGV;
	tells(&golden, &other, true, "signal SIGSEGV, not exit status 0");
	other.result.seen.end = UPSET_END_HUNG;
	tells(&golden, &other, true, "no end in time, not exit status 0");
	/* Not counted, as by engine native. */
	golden.result.instructions = 0;
	other = trial("seven", 77, 5);
	tells(&golden, &other, true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_one_percent_and_ten),
		cmocka_unit_test(are_spread_evenly),
		cmocka_unit_test(change_nothing),
		cmocka_unit_test(is_told_in_words),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
