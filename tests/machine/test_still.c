/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that stand still, and those that only seem to. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/wait.h"
#include "machine/still.h"

/* At most so many looks until it has begun to sleep, however loaded the machine is. */
enum { LOOKS_MOST = 1000, LOOKS = 5 };

static void wait_a_bit(void)
{
	(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static void sleep_for_ever(void)
{
	for (;;)
		(void)pause();
}

static void run_for_ever(void)
{
	volatile unsigned int turns = 0;

	for (;;)
		turns++;
}

static void end(pid_t child)
{
	int status;

	(void)kill(child, SIGKILL);
	assert_int_equal(upset_wait(child, &status, 0), child);
}

static void test_sleeps(void **state)
{
	struct machine_still still = {0};
	pid_t child = fork();

	(void)state;
	if (child == 0)
		sleep_for_ever();
	for (int i = 0; i < LOOKS_MOST && still.looks < LOOKS; i++) {
		machine_still_look(&still, child);
		wait_a_bit();
	}
	assert_int_equal(still.looks, LOOKS);
	end(child);
}

/* Neither what runs stands still nor what is stopped, or is not there. */
static void test_others(void **state)
{
	struct machine_still still = {0};
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		run_for_ever();
	for (int i = 0; i < LOOKS; i++) {
		machine_still_look(&still, child);
		assert_int_equal(still.looks, 0);
		wait_a_bit();
	}
	(void)kill(child, SIGSTOP);
	assert_int_equal(upset_wait(child, &status, WUNTRACED), child);
	for (int i = 0; i < LOOKS; i++) {
		machine_still_look(&still, child);
		assert_int_equal(still.looks, 0);
	}
	end(child);
	machine_still_look(&still, child);
	assert_int_equal(still.looks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sleeps),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
