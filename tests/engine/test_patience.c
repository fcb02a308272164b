/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is waited for is not late because nobody looked, or because others had the processor. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/patience.h"

static const uint64_t second = 1000000000;

static void time_without_looks_does_not_pass(void **state)
{
	struct upset_patience p;

	(void)state;
	upset_patience_begin(&p, 5 * second);
	assert_int_equal(upset_patience_look(&p, 5 * second), 0);
	assert_int_equal(upset_patience_look(&p, 5 * second + 7), 7);
	assert_int_equal(upset_patience_look(&p, 6 * second + 7), second + 7);
	/* Everything was stopped for an hour. */
	assert_int_equal(upset_patience_look(&p, 3606 * second + 7), 2 * second + 7);
	assert_int_equal(upset_patience_look(&p, 3607 * second), 3 * second);
}

static void is_late_at_its_limit(void **state)
{
	(void)state;
	/* There is no such process, so nothing is known of it. */
	assert_int_equal(upset_starved_ns(-1), 0);
	assert_false(upset_is_late(-1, 10, 10));
	assert_true(upset_is_late(-1, 11, 10));
	assert_false(upset_is_late(-1, 11, 0));
}

/* A process that does nothing but run, where this one does. */
static pid_t start(void)
{
	pid_t pid = fork();

	for (volatile bool runs = pid == 0; runs;)
		;
	return pid;
}

/* Two on one processor, of which each gets half. */
static void others_have_the_processor(void **state)
{
	cpu_set_t one;
	pid_t pids[2];
	uint64_t starved = 0;

	(void)state;
	if (access("/proc/self/schedstat", R_OK) != 0)
		skip();
	CPU_ZERO(&one);
	CPU_SET((unsigned int)sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one) != 0)
		skip();
	for (int i = 0; i < 2; i++)
		pids[i] = start();
	while (starved == 0) {
		(void)usleep(10000);
		starved = upset_starved_ns(pids[0]);
	}
	/* So much later is not late, and more is. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(kill(pids[i], SIGSTOP), 0);
	assert_int_equal(waitpid(pids[0], NULL, WUNTRACED), pids[0]);
	starved = upset_starved_ns(pids[0]);
	assert_false(upset_is_late(pids[0], 10 + starved, 10));
	assert_true(upset_is_late(pids[0], 11 + starved, 10));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(kill(pids[i], SIGKILL), 0);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_without_looks_does_not_pass),
		cmocka_unit_test(is_late_at_its_limit),
		cmocka_unit_test(others_have_the_processor),
	};

	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
