/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The self-test of `upset doctor` sees when an engine does not do what it says. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/selftest.h"
#include "fault/fault.h"

static enum lie {
	NONE,
	OLD_VALUE,
	NEW_VALUE,
	READ_BACK,
	STATE,
	STATUS,
	END,
	UNUSABLE,
	FAILING,
	OTHER_GOLDEN
} lie;
static char *text;

static int probe(const struct upset_isa *isa, struct upset_engine_info *info)
{
	(void)isa;
	(void)snprintf(info->detail, sizeof(info->detail), "it is gone");
	return lie == UNUSABLE ? -ENOENT : 0;
}

static int experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	int rc = upset_engine_native.experiment(request, result, error);

	if (request->faults->count == 0) {
		result->seen.status += lie == OTHER_GOLDEN;
		return rc;
	}
	/* Only what happens to one register, by one of both triggers. */
	if (request->faults->faults[0].model != UPSET_FAULT_SET ||
		request->faults->faults[0].location != UPSET_FAULT_MEMORY ||
		request->faults->faults[0].trigger != UPSET_FAULT_AT_PLACE)
		return rc;
	result->injections[0].old_value[0] ^= lie == OLD_VALUE;
	result->injections[0].new_value[7] ^= lie == NEW_VALUE;
	result->injections[0].read_back[63] ^= lie == READ_BACK;
	if (lie == STATE)
		result->injections[0].state = UPSET_INJECTION_NOT_REACHED;
	result->seen.status += lie == STATUS;
	if (lie == END)
		result->seen.end = UPSET_END_SIGNALED;
	return lie == FAILING ? upset_error_set(error, EIO, "it broke") : rc;
}

static const struct upset_engine liar = {.name = "liar", .probe = probe, .experiment = experiment};

static int test(enum lie what)
{
	const struct upset_engine *const engines[] = {&liar, &upset_engine_native};
	struct upset_error error = {0};
	size_t size;
	FILE *out;
	int rc;

	lie = what;
	free(text);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	rc = upset_selftest(engines, 2, out, &error);
	assert_int_equal(fclose(out), 0);
	return rc;
}

static void expect(const char *wanted)
{
	if (strstr(text, wanted) == NULL)
		fail_msg("no '%s' in:\n%s", wanted, text);
}

static void takes_what_is_right(void **state)
{
	(void)state;
	assert_int_equal(test(NONE), 0);
	expect("\nset     memory            ok           ok\n");
	expect("\nskip    -                 ok           ok\n");
	expect("\n\nevery fault did what it should");
	assert_null(strstr(text, "WRONG"));
}

static void sees_lies(void **state)
{
	static const char *const notes[] = {
		[OLD_VALUE] = "the value before is 0x4, not 0x5\n",
		[NEW_VALUE] = "the value after is 0x100000000000025, not 0x25\n",
		[READ_BACK] = "what was read back is 0x1000000000000",
		[STATE] = "the trigger did not come\n",
		[STATUS] = "the exit status is 74, not 73\n",
		[END] = "it did not exit, which it should with 73\n",
		[FAILING] = "it broke\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		if (notes[i] == NULL)
			continue;
		assert_int_equal(test((enum lie)i), 1);
		expect("\nset     memory            WRONG (pc)   ok\n");
		expect("\n\nliar: set:0x25 mem[value] @ pc=state: ");
		expect(notes[i]);
		assert_null(strstr(text, "every fault"));
	}
}

static void tells_what_it_cannot_test(void **state)
{
	(void)state;
	assert_int_equal(test(UNUSABLE), 0);
	expect("\nset     memory            -            ok\n");
	expect("\nliar is not usable: it is gone\n");
	assert_int_equal(test(OTHER_GOLDEN), 1);
	expect("\nset     memory            -            ok\n");
	expect("\nliar: without a fault: the program ends in another way\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_right),
		cmocka_unit_test(sees_lies),
		cmocka_unit_test(tells_what_it_cannot_test),
	};
	struct upset_engine_info info;
	int failures;

	if (upset_engine_native.probe(upset_isa_at(0), &info) != 0) {
		fprintf(stderr, "skipped: %s\n", info.detail);
		return 77;
	}
	failures = cmocka_run_group_tests(tests, NULL, NULL);
	free(text);
	return failures;
}
