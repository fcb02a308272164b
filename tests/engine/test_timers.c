/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers and timeouts under engine qemu: each comes when as many nanoseconds have
 * passed as instructions were executed, and time slept; see guests/timers.c.
 * What is expected was worked out from what the program asks for.
 */
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

#include "base/clock.h"
#include "engine/engine.h"
#include "fault/fault.h"
#include "isa/x86/x86.h"

enum { TEXT_BYTES = 4096, EXPERIMENTS = 12 };

static char *guest;

static const char expected[] =
	/* which, instructions until it came, signal, SI_KERNEL, time left */
	"itimer 0 1000000 14 128 0\n"
	"itimer 1 1000000 26 128 0\n"
	"itimer 2 1000000 27 128 0\n"
	/* 200 us, then each 500 us, in units of 100 us; the interval, and what is left of it */
	"repeating 200000 7 12 17 500 5\n"
	/* which, instructions, signal, SI_TIMER, value, overrun */
	"timer 0 12345 40 -2 0 0\n"
	"delete 0 -22\n"
	"timer 1 12345 40 -2 1 0\n"
	"delete 0 -22\n"
	"timer 2 12345 40 -2 2 0\n"
	"delete 0 -22\n"
	"absolute -4 40 3 0\n"
	/* Ten expirations in 1050 us, one of them a signal: SIGUSR1 was pending. */
	"overrun 512 10 9 9\n"
	"fd early -11\n"
	"fd poll 1 1 1\n"
	/* Five in 5.5 ms behind the first one, and half a ms until the next. */
	"fd read 1 5 -11 5\n"
	"fd closed -9\n"
	"fd wait 8 1 4\n"
	"poll 0 50\n"
	"ppoll 0 20 0\n"
	"select 0 30 0\n"
	"pselect6 0 20 0\n"
	"futex -110 20 -11\n"
	"sigtimedwait -11 20\n"
	"nanosleep 0 20\n"
	"clock_nanosleep 0 40 0\n"
	/* An alarm after 10 ms of a second. */
	"nanosleep -4 14 10 990\n"
	"ppoll -4 14 990\n"
	"blocked 0 0 30\n"
	"sigsuspend -4 14\n"
	"sigsuspend -4 14 10\n"
	"sigtimedwait 14 0 10\n"
	"alarm 100 -4 14 3000\n";

static const char expected_of_pipes[] = "epoll_wait 0 20\n"
					"epoll_pwait 1 6\n"
					"read -4 14 10\n"
					"select 1 1 1\n";

static void read_output(int fd, char text[TEXT_BYTES])
{
	ssize_t n = pread(fd, text, TEXT_BYTES - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
}

static struct upset_experiment_request request_of(char *arguments[], int out_fd)
{
	static const struct upset_faults none;

	return (struct upset_experiment_request){.target = {.isa = upset_isa_at(0),
							 .program = guest,
							 .arguments = arguments,
							 .environment = &arguments[2],
							 .in_fd = -1},
		.faults = &none,
		.out_fd = out_fd,
		.err_fd = 2};
}

static struct upset_experiment_result run(const char *mode, char text[TEXT_BYTES])
{
	char *arguments[] = {guest, (char *)(uintptr_t)mode, NULL};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};
	int fd = memfd_create("output", MFD_CLOEXEC);
	const struct upset_experiment_request request = request_of(arguments, fd);

	if (upset_engine_qemu.experiment(&request, &result, &error) != 0)
		fail_msg("%s", error.message);
	read_output(fd, text);
	(void)close(fd);
	return result;
}

static void signals_come_at_their_instruction(void **state)
{
	char first[TEXT_BYTES], second[TEXT_BYTES];
	struct upset_experiment_result one = run("-", first), two = run("-", second);

	(void)state;
	assert_string_equal(first, expected);
	assert_string_equal(second, expected);
	assert_int_equal(one.seen.end, UPSET_END_EXITED);
	assert_int_equal(one.instructions, two.instructions);
}

static void waits_take_no_time(void **state)
{
	char text[TEXT_BYTES];
	uint64_t start_ns = upset_now_ns();

	(void)state;
	(void)run("s", text);
	/* The program sleeps an hour besides. */
	assert_true(upset_now_ns() - start_ns < 3600ULL * 1000000000U);
	assert_non_null(strstr(text, "hour 0 3600000\n"));
}

static void pipes_can_be_waited_for(void **state)
{
	char text[TEXT_BYTES];

	(void)state;
	(void)run("p", text);
	assert_memory_equal(text, expected, strlen(expected));
	assert_string_equal(text + strlen(expected), expected_of_pipes);
}

static void a_signal_ends_the_program(void **state)
{
	char text[TEXT_BYTES];
	struct upset_experiment_result one = run("d", text), two = run("d", text);

	(void)state;
	assert_int_equal(one.seen.end, UPSET_END_SIGNALED);
	assert_int_equal(one.seen.status, SIGALRM);
	assert_int_equal(one.instructions, two.instructions);
}

/* --- copies ----------------------------------------------------------------------------------- */

struct carried {
	uint64_t instructions;
	unsigned int done;
};

static void take(void *context, size_t i, const struct upset_experiment_result *result, int out_fd,
	int err_fd)
{
	struct carried *c = context;
	char text[TEXT_BYTES];

	(void)i, (void)err_fd;
	read_output(out_fd, text);
	assert_string_equal(text, expected);
	assert_int_equal(result->seen.end, UPSET_END_EXITED);
	assert_int_equal(result->instructions, c->instructions);
	c->done++;
}

static bool take_scout(
	void *context, const struct upset_experiment_result *result, int out_fd, int err_fd)
{
	struct carried *c = context;

	take(context, 0, result, out_fd, err_fd);
	c->done--;
	return true;
}

/* A copy each somewhere in the run, of a register that the program does not use. */
static void copies_have_timers_of_their_own(void **state)
{
	char text[TEXT_BYTES], why[256], *arguments[] = {guest, (char *)"-", NULL};
	struct carried c = {.instructions = run("-", text).instructions};
	struct upset_faults faults[EXPERIMENTS];
	struct upset_trigger triggers[EXPERIMENTS];
	int fd = memfd_create("output", MFD_CLOEXEC);
	struct upset_experiment_request run_of = request_of(arguments, fd);
	const struct upset_carry_request request = {.run = &run_of,
		.experiments = faults,
		.triggers = triggers,
		.count = EXPERIMENTS,
		.jobs = 2,
		.scouted = take_scout,
		.done = take,
		.context = &c};
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	(void)state;
	run_of.err_fd = memfd_create("errors", MFD_CLOEXEC);
	for (size_t i = 0; i < EXPERIMENTS; i++) {
		uint64_t insn = 100 + i * (c.instructions - 200) / (EXPERIMENTS - 1);
		char fault[64];
		unsigned int column;

		(void)snprintf(
			fault, sizeof(fault), "flip:0 xmm15 @ insn=%llu", (unsigned long long)insn);
		assert_int_equal(upset_faults_parse(fault, &faults[i], &column, &error), 0);
		triggers[i] = (struct upset_trigger){.reached = true, .insn = insn};
	}
	if (upset_engine_qemu.carry(&request, &result, why, sizeof(why), &error) != 0)
		fail_msg("%s", error.message);
	assert_string_equal(why, "");
	assert_int_equal(c.done, EXPERIMENTS);
	(void)close(run_of.err_fd);
	(void)close(fd);
	for (size_t i = 0; i < EXPERIMENTS; i++)
		upset_faults_free(&faults[i]);
}

/* --- golden runs ------------------------------------------------------------------------------ */

static uint64_t run_golden(enum upset_detail detail, const char *mode, char text[TEXT_BYTES])
{
	char *arguments[] = {guest, (char *)(uintptr_t)mode, NULL};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, detail);
	struct upset_error error = {0};
	int fd = memfd_create("output", MFD_CLOEXEC);
	const struct upset_golden_request request = {.target = {.isa = upset_isa_at(0),
							     .program = guest,
							     .arguments = arguments,
							     .environment = &arguments[2],
							     .in_fd = -1},
		.detail = detail,
		.out_fd = fd,
		.err_fd = -1};
	uint64_t instructions;

	assert_non_null(profile);
	if (upset_engine_qemu.golden(&request, profile, &error) != 0 ||
		upset_profile_finish(profile, &error) != 0)
		fail_msg("%s", error.message);
	instructions = profile->instructions;
	read_output(fd, text);
	(void)close(fd);
	upset_profile_free(profile);
	return instructions;
}

static void golden_runs_are_the_same(void **state)
{
	const enum upset_detail details[] = {
		UPSET_DETAIL_COUNTS, UPSET_DETAIL_OPERANDS, UPSET_DETAIL_FULL};
	char text[TEXT_BYTES];
	uint64_t instructions = run("-", text).instructions, ended = run("d", text).instructions;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(run_golden(details[i], "-", text), instructions);
		assert_string_equal(text, expected);
		assert_int_equal(run_golden(details[i], "d", text), ended);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_come_at_their_instruction),
		cmocka_unit_test(waits_take_no_time),
		cmocka_unit_test(pipes_can_be_waited_for),
		cmocka_unit_test(a_signal_ends_the_program),
		cmocka_unit_test(copies_have_timers_of_their_own),
		cmocka_unit_test(golden_runs_are_the_same),
	};

	if (argc != 2)
		return EXIT_FAILURE;
	guest = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
