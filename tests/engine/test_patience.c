/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is waited for is not late because nobody looked, or because others had the processor. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/patience.h"

static const uint64_t second = 1000000000, ms = 1000000;

static uint64_t pass(struct upset_patience *p, uint64_t now_ns)
{
	return upset_patience_pass(p, now_ns, 1);
}

static void starve(struct upset_patience *p, uint64_t now_ns, uint64_t starved_ns)
{
	upset_patience_starved(p, now_ns, (struct upset_turns){.starved_ns = starved_ns});
}

static void time_without_looks_does_not_pass(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 5 * second);
	assert_int_equal(pass(&p, 5 * second), 0);
	assert_int_equal(pass(&p, 5 * second + 7), 7);
	assert_int_equal(pass(&p, 6 * second + 7), second + 7);
	/* Everything was stopped for an hour. */
	assert_int_equal(pass(&p, 3606 * second + 7), 2 * second + 7);
	assert_int_equal(pass(&p, 3607 * second), 3 * second);
}

static void waits_for_a_processor_do_not_pass(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 0);
	assert_int_equal(pass(&p, 30 * ms), 30 * ms);
	starve(&p, 30 * ms, 10 * ms);
	assert_int_equal(pass(&p, 30 * ms), 20 * ms);
	assert_int_equal(pass(&p, 60 * ms), 50 * ms);
	starve(&p, 60 * ms, 25 * ms);
	assert_int_equal(pass(&p, 60 * ms), 35 * ms);
	/* Nothing more is taken off than has been counted meanwhile. */
	assert_int_equal(pass(&p, 70 * ms), 45 * ms);
	starve(&p, 70 * ms, second);
	assert_int_equal(pass(&p, 70 * ms), 35 * ms);
}

/* When everything waited for an hour, of which a second has been counted. */
static void nothing_is_taken_off_twice(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 0);
	assert_int_equal(pass(&p, 30 * ms), 30 * ms);
	starve(&p, 30 * ms, 0);
	assert_int_equal(pass(&p, 3600 * second), second + 30 * ms);
	starve(&p, 3600 * second, 3599 * second);
	assert_int_equal(pass(&p, 3600 * second), 30 * ms);
	assert_int_equal(pass(&p, 3600 * second + 40 * ms), 70 * ms);
}

/* Each step is followed by a wait for a processor. */
static void what_is_stepped_gets_late(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 0);
	for (unsigned int i = 1; i <= 600; i++)
		assert_int_equal(upset_patience_look_slowly(&p, i * second, 1000), i * ms);
	starve(&p, 600 * second, 60 * second);
	assert_int_equal(pass(&p, 600 * second), 600 * ms);
	/* Then it runs, and waits as others do. */
	assert_int_equal(pass(&p, 600 * second + 20 * ms), 620 * ms);
	starve(&p, 600 * second + 20 * ms, 60 * second + 5 * ms);
	assert_int_equal(pass(&p, 600 * second + 20 * ms), 615 * ms);
}

/* Each of four threads waits for the others half of the time, on two processors. */
static void who_runs_does_not_starve(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 0);
	assert_int_equal(pass(&p, 40 * ms), 40 * ms);
	upset_patience_starved(&p, 40 * ms, (struct upset_turns){80 * ms, 20 * ms});
	assert_int_equal(pass(&p, 40 * ms), 40 * ms);
	/* Then others have most of the processors: all of them together run for a quarter. */
	assert_int_equal(pass(&p, 80 * ms), 80 * ms);
	upset_patience_starved(&p, 80 * ms, (struct upset_turns){90 * ms, 58 * ms});
	assert_int_equal(pass(&p, 80 * ms), 50 * ms);
}

static void nothing_is_known_of_what_is_not_there(void **state)
{
	struct upset_patience p;

	(void)state;
	assert_int_equal(upset_turns_of(-1).starved_ns, 0);
	upset_patience_begin(&p, 0);
	assert_int_equal(upset_patience_look(&p, -1, second), second);
}

static void *spin(void *context)
{
	for (volatile bool runs = true; runs;)
		;
	return context;
}

/* A process of which the second thread does nothing but run, where this one does. */
static pid_t start(void)
{
	pthread_t thread;
	pid_t pid = fork();

	if (pid == 0 && pthread_create(&thread, NULL, spin, NULL) == 0)
		(void)pthread_join(thread, NULL);
	if (pid == 0)
		_exit(1);
	return pid;
}

/* Two on one processor, of which each gets half. */
static void others_have_the_processor(void **state)
{
	const uint64_t begin_ns = upset_now_ns();
	struct upset_patience p;
	uint64_t passed_ns = 0;
	cpu_set_t one;
	pid_t pids[2];

	(void)state;
	if (access("/proc/self/schedstat", R_OK) != 0)
		skip();
	CPU_ZERO(&one);
	CPU_SET((unsigned int)sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one) != 0)
		skip();
	upset_patience_begin(&p, begin_ns);
	for (int i = 0; i < 2; i++)
		pids[i] = start();
	while (p.turns.starved_ns < 100 * ms) {
		(void)usleep(10000);
		passed_ns = upset_patience_look(&p, pids[0], upset_now_ns());
	}
	/* It may have waited for a moment more than was counted, which is not taken off. */
	assert_in_range(passed_ns, 0, p.last_ns - begin_ns - p.turns.starved_ns / 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(kill(pids[i], SIGKILL), 0);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_without_looks_does_not_pass),
		cmocka_unit_test(waits_for_a_processor_do_not_pass),
		cmocka_unit_test(nothing_is_taken_off_twice),
		cmocka_unit_test(what_is_stepped_gets_late),
		cmocka_unit_test(who_runs_does_not_starve),
		cmocka_unit_test(nothing_is_known_of_what_is_not_there),
		cmocka_unit_test(others_have_the_processor),
	};

	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
