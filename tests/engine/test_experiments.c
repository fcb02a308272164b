/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of every kind in a program of which it is known by hand what they do:
 * the values before and after, and how the program then ends.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
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
#include "engine/process.h"
#include "fault/fault.h"
#include "sandbox/sandbox.h"
#include "symbols/symbols.h"

enum {
	GOLDEN_STATUS = 26,
	FAULTS_MAX = 4,
	LIMIT_NS = 2000000000,
	HANG_NS = 300000000,
	STEPPED_NS = 500000
};

static const char *guest, *reader;
static const struct upset_engine *engine;
static const struct upset_limits *sandbox;
static uint64_t limit_instructions, limit_ns = LIMIT_NS;

static int run_program(const char *program, int in_fd, const char *text,
	struct upset_experiment_result *result, struct upset_injection injections[FAULTS_MAX],
	struct upset_error *error)
{
	char *const arguments[] = {(char *)(uintptr_t)program, NULL};
	struct upset_faults faults = {0};
	struct upset_experiment_request request = {
		.target = {.isa = upset_isa_at(0),
			.program = program,
			.arguments = arguments,
			.environment = environ,
			.in_fd = in_fd,
			.sandbox = sandbox},
		.faults = &faults,
		.out_fd = 1,
		.err_fd = 2,
		.limit_ns = limit_ns,
		.limit_instructions = limit_instructions,
		.find_symbol = upset_symbols_address_in,
	};
	unsigned int column;
	int rc;

	if (text[0] != '\0' && upset_faults_parse(text, &faults, &column, error) != 0)
		fail_msg("'%s', column %u: %s", text, column, error->message);
	assert_true(faults.count <= FAULTS_MAX);
	result->injections = injections;
	rc = engine->experiment(&request, result, error);
	upset_faults_free(&faults);
	return rc;
}

static int run(const char *text, struct upset_experiment_result *result,
	struct upset_injection injections[FAULTS_MAX], struct upset_error *error)
{
	return run_program(guest, 0, text, result, injections, error);
}

static const struct {
	const char *faults;
	uint64_t before, after; /* of the first fault */
	int status;
} known[] = {
	/* Triggers. */
	{"flip:0 rax @ insn=2", 5, 4, 25},
	{"flip:0 rax @ pc=first", 5, 4, 25},
	{"flip:3 rax @ pc=again #2", 24, 16, 18},
	{"flip:3 rax @ insn=9", 24, 16, 18},
	{"flip:0 rax @ pc=first+3", 7, 6, 25},
	{"flip:1 rax @ insn=2 thread=0", 5, 7, 28},
	{"flip:5 rcx @ insn=0", 0, 32, 26},
	/* Locations. */
	{"flip:1 mem[value,1] @ insn=3", 16, 18, 28},
	{"flip:8 mem[value] @ insn=3", 16, 272, 26},
	{"flip:1 mem[value+1,1] @ pc=first", 0, 2, 26},
	{"flip:5 operand[1] @ insn=3", 16, 48, 58},
	{"flip:0 operand[0] @ insn=5", 3, 2, 25},
	{"flip:2 operand[0] @ insn=2", 5, 1, 22},
	{"flip:16 code[first] @ insn=0", 0x02c083, 0x03c083, 27},
	{"flip zf @ insn=8", 0, 1, 24},
	{"flip:4 xmm1 @ insn=16", 26, 10, 10},
	{"set:0x19 ymm1 @ insn=16", 26, 25, 25},
	{"flip:3 st0 @ insn=16", 0, 8, 26},
	{"flip:12 fs_base @ insn=2", 0, 4096, 26},
	/* Models and durations. */
	{"flip:0-2 rax @ insn=2", 5, 2, 23},
	{"set:0 mem[value,4] @ pc=first", 16, 0, 10},
	{"set:40 rax @ insn=15", 26, 40, 40},
	{"stuck1:6 rax @ insn=15", 26, 90, 90},
	{"stuck0:0 rax @ insn=6", 23, 22, 25},
	{"stuck0:0 rax @ insn=6 for 7", 23, 22, 23},
	{"stuck0:0 rax @ pc=again for 7", 23, 22, 23},
	{"stuck0:0 rax @ insn=6 forever", 23, 22, 22},
	{"stuck0:4 mem[value] @ insn=0 forever", 16, 0, 10},
	/* Several. */
	{"flip:0 rax @ insn=2; flip:0 rax @ insn=4", 5, 4, 26},
	{"flip:0 rax @ pc=first; flip:0 rax @ pc=first", 5, 4, 26},
	{"flip:1 rax @ insn=2; flip:4 xmm1 @ insn=16", 5, 7, 12},
};

static uint64_t word(const uint8_t *value)
{
	uint64_t w;

	memcpy(&w, value, sizeof(w));
	return w;
}

static void does_what_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct upset_injection in[FAULTS_MAX] = {0};
		struct upset_experiment_result result = {0};
		struct upset_error error = {0};

		if (run(known[i].faults, &result, in, &error) != 0)
			fail_msg("%s: %s", known[i].faults, error.message);
		if (in[0].state != UPSET_INJECTION_DONE ||
			word(in[0].old_value) != known[i].before ||
			word(in[0].new_value) != known[i].after ||
			word(in[0].read_back) != known[i].after)
			fail_msg("%s: state %d (%s), %llx became %llx, read %llx", known[i].faults,
				in[0].state, in[0].reason,
				(unsigned long long)word(in[0].old_value),
				(unsigned long long)word(in[0].new_value),
				(unsigned long long)word(in[0].read_back));
		if (result.seen.end != UPSET_END_EXITED || result.seen.status != known[i].status)
			fail_msg("%s: end %d, status %d, not %d", known[i].faults, result.seen.end,
				result.seen.status, known[i].status);
	}
}

static void leaves_instructions_out(void **state)
{
	static const struct {
		const char *fault;
		int status;
	} skips[] = {{"skip @ pc=first", 24}, {"skip @ insn=4", 10}, {"skip @ pc=again #3", 25}};

	(void)state;
	for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++) {
		struct upset_injection in[FAULTS_MAX] = {0};
		struct upset_experiment_result result = {0};
		struct upset_error error = {0};

		assert_int_equal(run(skips[i].fault, &result, in, &error), 0);
		assert_int_equal(in[0].state, UPSET_INJECTION_DONE);
		assert_int_equal(result.seen.end, UPSET_END_EXITED);
		assert_int_equal(result.seen.status, skips[i].status);
	}
}

static void ends_in_other_ways(void **state)
{
	struct upset_injection in[FAULTS_MAX] = {0};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(run("", &result, in, &error), 0);
	assert_int_equal(result.seen.end, UPSET_END_EXITED);
	assert_int_equal(result.seen.status, GOLDEN_STATUS);
	assert_int_equal(run("set:0 rip @ insn=2", &result, in, &error), 0);
	assert_int_equal(result.seen.end, UPSET_END_SIGNALED);
	assert_int_equal(result.seen.status, SIGSEGV);
	/* Two thousand million rounds. */
	limit_ns = HANG_NS;
	assert_int_equal(run("set:0x80000000 rdx @ insn=6", &result, in, &error), 0);
	assert_int_equal(result.seen.end, UPSET_END_HUNG);
	/* Instead of an end it waits for a signal, while a fault lasts. */
	result = (struct upset_experiment_result){0};
	assert_int_equal(
		run("stuck0:0 xmm2 @ insn=0 forever; set:34 rax @ insn=18", &result, in, &error),
		0);
	limit_ns = LIMIT_NS;
	assert_int_equal(result.seen.end, UPSET_END_HUNG);
}

/* Each step is a wait for the processor, which makes nothing of the time that steps count. */
static void hangs_while_it_is_stepped(void **state)
{
	struct upset_injection in[FAULTS_MAX] = {0};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	(void)state;
	if (engine != &upset_engine_native)
		skip();
	limit_ns = STEPPED_NS;
	assert_int_equal(run("stuck0:0 xmm2 @ insn=0 forever; set:0x80000000 rdx @ insn=6", &result,
				 in, &error),
		0);
	limit_ns = LIMIT_NS;
	assert_int_equal(in[1].state, UPSET_INJECTION_DONE);
	assert_int_equal(result.seen.end, UPSET_END_HUNG);
}

/* 19 instructions without a fault; with five rounds more it is 15 more. */
static void counts_instructions(void **state)
{
	struct upset_injection in[FAULTS_MAX] = {0};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(run("", &result, in, &error), 0);
	if (result.instructions == 0)
		return; /* this engine does not */
	assert_int_equal(result.instructions, 19);
	assert_int_equal(run("set:8 rdx @ insn=6", &result, in, &error), 0);
	assert_int_equal(result.instructions, 34);
	limit_instructions = 34;
	assert_int_equal(run("set:8 rdx @ insn=6", &result, in, &error), 0);
	assert_int_equal(result.seen.end, UPSET_END_EXITED);
	limit_instructions = 33;
	assert_int_equal(run("set:8 rdx @ insn=6", &result, in, &error), 0);
	assert_int_equal(result.seen.end, UPSET_END_HUNG);
	limit_instructions = 0;
}

static void says_what_was_not_injected(void **state)
{
	static const struct {
		const char *fault;
		enum upset_injection_state state;
		const char *reason;
	} cases[] = {
		{"flip:0 rax @ pc=first #2", UPSET_INJECTION_NOT_REACHED, ""},
		{"flip:0 rax @ insn=1000", UPSET_INJECTION_NOT_REACHED, ""},
		{"flip:0 rax @ insn=2 thread=1", UPSET_INJECTION_NOT_REACHED, ""},
		{"flip:0 rax @ pc=libc.so.6!exit", UPSET_INJECTION_NOT_REACHED, ""},
		{"flip:0 mem[*!0x10] @ insn=2", UPSET_INJECTION_IMPOSSIBLE, "nothing to read"},
		{"flip:0 mem[lib.so!x] @ insn=2", UPSET_INJECTION_IMPOSSIBLE, "not loaded"},
		{"flip:0 operand[7] @ insn=2", UPSET_INJECTION_IMPOSSIBLE, "no operand 7"},
		{"flip:32 operand[0] @ insn=2", UPSET_INJECTION_IMPOSSIBLE, "beyond its 32"},
		{"flip:24 code[first] @ insn=2", UPSET_INJECTION_IMPOSSIBLE, "beyond its 24"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_injection in[FAULTS_MAX] = {0};
		struct upset_experiment_result result = {0};
		struct upset_error error = {0};

		assert_int_equal(run(cases[i].fault, &result, in, &error), 0);
		if (in[0].state != cases[i].state || strstr(in[0].reason, cases[i].reason) == NULL)
			fail_msg("%s: state %d: %s", cases[i].fault, in[0].state, in[0].reason);
		assert_int_equal(result.seen.status, GOLDEN_STATUS);
	}
}

/* SHA-256 of nothing. */
static const char no_files[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* The engine itself writes no files there. */
static void tells_what_became_of_files(void **state)
{
	static const char *const faults[] = {
		"", "set:0 rip @ insn=2", "set:0x80000000 rdx @ insn=6"};

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct upset_injection in[FAULTS_MAX] = {0};
		struct upset_experiment_result result = {.seen.files = "?"};
		struct upset_error error = {0};

		limit_ns = i == 2 ? HANG_NS : LIMIT_NS;
		assert_int_equal(run(faults[i], &result, in, &error), 0);
		assert_string_equal(result.seen.files, sandbox != NULL ? no_files : "");
	}
	limit_ns = LIMIT_NS;
}

static int make_input(const char *text)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

/* @fault in the program that writes its input to a file. */
static void read_and_write(int in_fd, const char *fault, int status, char files[65])
{
	struct upset_injection in[FAULTS_MAX] = {0};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	if (run_program(reader, in_fd, fault, &result, in, &error) != 0)
		fail_msg("%s", error.message);
	assert_int_equal(result.seen.end, UPSET_END_EXITED);
	assert_int_equal(result.seen.status, status);
	memcpy(files, result.seen.files, 65);
	if (sandbox == NULL)
		assert_int_equal(unlink("upset-guest-output"), 0);
	else
		assert_int_equal(access("upset-guest-output", F_OK), -1);
}

/* Each run reads a file from its start, and goes on where a pipe is. */
static void reads_input_again(void **state)
{
	char first[65], second[65], other[65];
	int fd = make_input("AB"), pipes[2];

	(void)state;
	read_and_write(fd, "", 'A', first);
	read_and_write(fd, "", 'A', second);
	assert_string_equal(first, second);
	/* Another letter is written; the file's offset is nobody's. */
	read_and_write(fd, "set:0x42 mem[letter,1] @ insn=5", 'B', other);
	assert_int_equal(strcmp(first, other) != 0, sandbox != NULL);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 2);
	(void)close(fd);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "CD", 2), 2);
	read_and_write(pipes[0], "", 'C', first);
	read_and_write(pipes[0], "", 'D', second);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

static void refuses_what_it_cannot(void **state)
{
	struct upset_injection in[FAULTS_MAX] = {0};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(run("flip:0 rax @ pc=nowhere", &result, in, &error), -EINVAL);
	assert_non_null(strstr(error.message, "no symbol 'nowhere'"));
	error = (struct upset_error){0};
	assert_int_equal(run("flip:0 mem[nothing] @ insn=2", &result, in, &error), -EINVAL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_is_known),
		cmocka_unit_test(leaves_instructions_out),
		cmocka_unit_test(ends_in_other_ways),
		cmocka_unit_test(hangs_while_it_is_stepped),
		cmocka_unit_test(counts_instructions),
		cmocka_unit_test(says_what_was_not_injected),
		cmocka_unit_test(tells_what_became_of_files),
		cmocka_unit_test(reads_input_again),
		cmocka_unit_test(refuses_what_it_cannot),
	};
	struct upset_error error = {0};
	struct upset_engine_info info;
	int failures;

	if (argc != 4)
		return 2;
	engine = upset_engine_find(argv[1]);
	guest = argv[2];
	reader = argv[3];
	if (engine->probe(upset_isa_at(0), &info) != 0) {
		fprintf(stderr, "skipped: %s\n", info.detail);
		return 77;
	}
	failures = cmocka_run_group_tests_name("without a sandbox", tests, NULL, NULL);
	if (upset_sandbox_probe(&error) != 0) {
		fprintf(stderr, "no sandbox: %s\n", error.message);
		return failures;
	}
	sandbox = &upset_sandbox_default_limits;
	return failures + cmocka_run_group_tests_name("in a sandbox", tests, NULL, NULL);
}
