/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * However engine native brings a program to the place of a fault, by debug registers, int3
 * or steps: the fault comes at the same execution, and the program cannot tell.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "fault/fault.h"
#include "symbols/symbols.h"

enum { LIMIT_NS = 2000000000 };

static const char *folder;

/* Faults that change nothing. */
static const struct {
	const char *guest, *argument; /* a guest, too; or NULL */
	const char *fault;
	const char *output;
	bool hidden; /* that an int3 lies in its code */
	bool done;
	int status;
} cases[] = {
	{"loop", NULL, "set:0 r15 @ pc=_start+7 #3", "", true, true, 7},
	{"loop", NULL, "set:0 r15 @ pc=_start+7 #4", "", true, false, 7},
	{"reads", NULL, "set:0 r15 @ pc=inner #3", "", false, true, 3 * 0x83 & 255},
	{"shows", NULL, "set:0 r15 @ pc=inner #3", "\x83\xc5\xff\x83\xc5\xff\x83\xc5\xff", true,
		true, 3 * 0x83 & 255},
	/* Its code changes, and is written to while it runs. */
	{"patch", NULL, "set:0 r15 @ pc=code #4", "", true, true, 9},
	/* Children run it too, one of them in the memory of its parent. */
	{"fork", NULL, "set:0 r15 @ pc=sleep", "child\nchild\n", true, true, 9},
	{"fork", NULL, "set:0 r15 @ pc=child", "child\nchild\n", true, false, 9},
	{"exec", "victim", "set:0 r15 @ pc=_start #2", "", true, false, 26},
	/* It has int3 of its own. */
	{"trap", NULL, "set:0 r15 @ pc=_start+0x1e", "", true, true, 0},
	{"trap", NULL, "set:0 r15 @ pc=handler #2", "", true, true, 0},
	{"signal", NULL, "set:0 r15 @ pc=after #2", "", true, true, 5},
	{"signal", NULL, "set:0 r15 @ pc=after #3", "", true, false, 5},
	{"signal", NULL, "set:0 r15 @ pc=handler #2", "", true, true, 5},
	{"restart", NULL, "set:0 r15 @ pc=_start #2", "", true, false, 4},
};

/* What a run wrote. */
static void read_output(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
}

static int run(size_t i, const char *fault, bool hidden, char output[64],
	struct upset_injection *injection, struct upset_experiment_result *result,
	struct upset_error *error)
{
	char program[512], argument[512];
	char *const arguments[] = {program, cases[i].argument != NULL ? argument : NULL, NULL};
	int out = memfd_create("output", MFD_CLOEXEC), rc;
	struct upset_faults faults = {0};
	struct upset_experiment_request request = {.target = {.isa = upset_isa_at(0),
							   .program = program,
							   .arguments = arguments,
							   .environment = environ,
							   .in_fd = -1},
		.faults = &faults,
		.out_fd = out,
		.err_fd = 2,
		.limit_ns = LIMIT_NS,
		.hidden = hidden,
		.find_symbol = upset_symbols_address_in};
	unsigned int column;

	(void)snprintf(program, sizeof(program), "%s/guest_%s", folder, cases[i].guest);
	if (cases[i].argument != NULL)
		(void)snprintf(
			argument, sizeof(argument), "%s/guest_%s", folder, cases[i].argument);
	*result = (struct upset_experiment_result){.injections = injection};
	if (fault == NULL) {
		rc = upset_engine_native.survey(&request, &result->hidden, result, error);
	} else {
		assert_int_equal(upset_faults_parse(fault, &faults, &column, error), 0);
		rc = upset_engine_native.experiment(&request, result, error);
		upset_faults_free(&faults);
	}
	read_output(out, output, 64);
	(void)close(out);
	return rc;
}

static bool is_hidden(size_t i)
{
	struct upset_experiment_result result;
	struct upset_injection injection;
	struct upset_error error = {0};
	char output[64];

	if (run(i, NULL, false, output, &injection, &result, &error) != 0)
		fail_msg("%s: %s", cases[i].guest, error.message);
	return result.hidden;
}

static void check(const char *means)
{
	assert_int_equal(setenv("UPSET_BREAKPOINTS", means, 1), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_experiment_result result;
		struct upset_injection injection = {0};
		struct upset_error error = {0};
		bool hidden = is_hidden(i);
		char output[64];

		if (strcmp(means, "software") == 0 && hidden != cases[i].hidden)
			fail_msg("%s: hidden %d", cases[i].guest, hidden);
		if (run(i, cases[i].fault, hidden, output, &injection, &result, &error) != 0)
			fail_msg("%s: %s: %s", means, cases[i].fault, error.message);
		if (result.seen.end != UPSET_END_EXITED || result.seen.status != cases[i].status ||
			strcmp(output, cases[i].output) != 0 ||
			(injection.state == UPSET_INJECTION_DONE) != cases[i].done)
			fail_msg("%s: %s in %s: end %d, status %d, state %d, %zu bytes", means,
				cases[i].fault, cases[i].guest, result.seen.end, result.seen.status,
				injection.state, strlen(output));
	}
}

static void are_not_seen_as_int3(void **state)
{
	(void)state;
	check("software");
}

static void are_not_seen_as_steps(void **state)
{
	(void)state;
	check("steps");
}

/* The engine with what the environment says now. */
static int probe(const struct upset_isa *isa, struct upset_engine_info *info)
{
	return upset_engine_native.probe(isa, info);
}

static void are_not_seen_in_debug_registers(void **state)
{
	struct upset_experiment_result result;
	struct upset_injection injection;
	struct upset_error error = {0};
	struct upset_engine_info info;
	char output[64];

	(void)state;
	(void)setenv("UPSET_BREAKPOINTS", "hardware", 1);
	if (probe(upset_isa_at(0), &info) == 0) {
		assert_non_null(strstr(info.detail, "debug registers"));
		check("hardware");
		return;
	}
	assert_int_equal(
		run(0, cases[0].fault, false, output, &injection, &result, &error), -ENOTSUP);
	assert_non_null(strstr(error.message, "debug registers of this machine stop no program"));
	print_message("skipped: %s\n", info.detail);
	skip();
}

static void are_chosen_by_the_environment(void **state)
{
	struct upset_engine_info info;

	(void)state;
	(void)setenv("UPSET_BREAKPOINTS", "soft", 1);
	assert_int_equal(probe(upset_isa_at(0), &info), -EINVAL);
	assert_non_null(strstr(info.detail, "UPSET_BREAKPOINTS is 'soft'"));
	(void)setenv("UPSET_BREAKPOINTS", "software", 1);
	assert_int_equal(probe(upset_isa_at(0), &info), 0);
	assert_non_null(strstr(info.detail, "int3"));
	(void)setenv("UPSET_BREAKPOINTS", "", 1);
	assert_int_equal(probe(upset_isa_at(0), &info), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_not_seen_as_int3),
		cmocka_unit_test(are_not_seen_as_steps),
		cmocka_unit_test(are_not_seen_in_debug_registers),
		cmocka_unit_test(are_chosen_by_the_environment),
	};
	struct upset_engine_info info;

	if (argc != 2)
		return 2;
	folder = argv[1];
	if (probe(upset_isa_at(0), &info) != 0) {
		fprintf(stderr, "skipped: %s\n", info.detail);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
