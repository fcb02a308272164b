/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outcomes: each class, and which comes first. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/outcome.h"

static const struct upset_outcome_rules strict = {.detected_exit = -1};
static const struct upset_outcome_rules lenient = {
	.detected_exit = -1, .ignore_stdout = true, .ignore_stderr = true};
static const struct upset_outcome_rules watchful = {
	.detected_exit = 9, .detected_pattern = "checksum"};

#define DONE UPSET_INJECTION_DONE
#define EXITED UPSET_END_EXITED

static const struct {
	const char *name;
	const struct upset_outcome_rules *rules;
	enum upset_end end;
	int status;
	const char *out, *err;
	enum upset_injection_state states[2]; /* the golden run: exit status 0, "right", "" */
	enum upset_outcome outcome;
	enum upset_cause cause;
	const char *letter;
} cases[] = {
	{"masked", &strict, EXITED, 0, "right", "", {DONE, DONE}, UPSET_OUTCOME_MASKED,
		UPSET_CAUSE_EQUAL, "C"},
	{"sdc", &strict, EXITED, 0, "wrong", "", {DONE, DONE}, UPSET_OUTCOME_SDC,
		UPSET_CAUSE_STDOUT, "INC"},
	{"cut", &strict, EXITED, 0, "righ", "", {DONE, DONE}, UPSET_OUTCOME_SDC, UPSET_CAUSE_STDOUT,
		"INC"},
	{"stderr", &strict, EXITED, 0, "right", "oh", {DONE, DONE}, UPSET_OUTCOME_SDC,
		UPSET_CAUSE_STDERR, "INC"},
	{"ignored", &lenient, EXITED, 0, "wrong", "oh", {DONE, DONE}, UPSET_OUTCOME_MASKED,
		UPSET_CAUSE_EQUAL, "C"},
	{"status", &lenient, EXITED, 9, "right", "", {DONE, DONE}, UPSET_OUTCOME_DUE,
		UPSET_CAUSE_STATUS, "U"},
	{"detected by status", &watchful, EXITED, 9, "right", "", {DONE, DONE},
		UPSET_OUTCOME_DETECTED, UPSET_CAUSE_DETECTED, "U"},
	{"detected by text", &watchful, EXITED, 0, "right", "bad checksum\n", {DONE, DONE},
		UPSET_OUTCOME_DETECTED, UPSET_CAUSE_DETECTED, "U"},
	{"detected, then hung", &watchful, UPSET_END_HUNG, 0, "checksum", "", {DONE, DONE},
		UPSET_OUTCOME_DETECTED, UPSET_CAUSE_DETECTED, "U"},
	{"signal", &strict, UPSET_END_SIGNALED, SIGSEGV, "", "", {DONE, DONE}, UPSET_OUTCOME_DUE,
		UPSET_CAUSE_SIGNAL, "S"},
	{"hang", &strict, UPSET_END_HUNG, 0, "wrong", "", {DONE, DONE}, UPSET_OUTCOME_DUE,
		UPSET_CAUSE_HANG, "T"},
	{"not reached", &strict, EXITED, 0, "right", "",
		{UPSET_INJECTION_NOT_REACHED, UPSET_INJECTION_NOT_REACHED},
		UPSET_OUTCOME_NOT_INJECTED, UPSET_CAUSE_NOT_REACHED, ""},
	{"one of two", &strict, EXITED, 0, "wrong", "", {DONE, UPSET_INJECTION_NOT_REACHED},
		UPSET_OUTCOME_SDC, UPSET_CAUSE_STDOUT, "INC"},
	{"refused", &strict, EXITED, 0, "wrong", "", {DONE, UPSET_INJECTION_REFUSED},
		UPSET_OUTCOME_NOT_INJECTED, UPSET_CAUSE_REFUSED, ""},
	{"impossible", &strict, EXITED, 0, "right", "", {UPSET_INJECTION_IMPOSSIBLE, DONE},
		UPSET_OUTCOME_NOT_INJECTED, UPSET_CAUSE_IMPOSSIBLE, ""},
};

static struct upset_seen result_of(enum upset_end end, int status, const char *out, const char *err)
{
	return (struct upset_seen){.end = end,
		.status = status,
		.out = {.data = (const uint8_t *)out, .bytes = strlen(out), .looked = strlen(out)},
		.err = {.data = (const uint8_t *)err, .bytes = strlen(err), .looked = strlen(err)}};
}

static void classifies(void **state)
{
	const struct upset_seen golden = result_of(EXITED, 0, "right", "");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct upset_seen result =
			result_of(cases[i].end, cases[i].status, cases[i].out, cases[i].err);
		const struct upset_injection injections[2] = {
			{.state = cases[i].states[0]}, {.state = cases[i].states[1]}};
		enum upset_cause cause;
		enum upset_outcome outcome =
			upset_outcome_of(cases[i].rules, &golden, &result, injections, 2, &cause);

		if (outcome != cases[i].outcome || cause != cases[i].cause ||
			strcmp(upset_cause_letter(cause), cases[i].letter) != 0)
			fail_msg("%s: %s (%s)", cases[i].name, upset_outcome_name(outcome),
				upset_cause_name(cause));
	}
}

/* What lies in a hole is not looked at, and is not what the golden run wrote. */
static void holes_differ(void **state)
{
	const struct upset_seen golden = result_of(EXITED, 0, "right", "");
	struct upset_seen result = golden;

	(void)state;
	assert_int_equal(upset_outcome_compare(&strict, &golden, &result), UPSET_CAUSE_EQUAL);
	result.out.bytes = (size_t)1 << 47;
	assert_int_equal(upset_outcome_compare(&strict, &golden, &result), UPSET_CAUSE_STDOUT);
	assert_int_equal(upset_outcome_compare(&lenient, &golden, &result), UPSET_CAUSE_EQUAL);
	result.out.bytes = result.out.looked;
	result.err.bytes = (size_t)1 << 47;
	assert_int_equal(upset_outcome_compare(&strict, &golden, &result), UPSET_CAUSE_STDERR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classifies), cmocka_unit_test(holes_differ)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
