/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who writes to a study: one alone; one that has ended is told from one that runs, here, on
 * another machine, and in an earlier start of the same job.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/lock.h"
#include "tests/store/fixture.h"

enum { TAKERS = 8 };

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_refused(const char *who)
{
	struct upset_error error = {0};
	struct upset_lock lock;

	assert_int_equal(upset_lock_take(&lock, "study", false, &error), -EBUSY);
	if (strstr(error.message, who) == NULL)
		fail_msg("it said: %s", error.message);
	assert_non_null(strstr(error.message, "--take-lock"));
	upset_lock_release(&lock);
}

static void test_one(void **state)
{
	struct upset_error error = {0};
	struct upset_lock_holder holder;
	struct upset_lock lock;
	char self[64];

	(void)state;
	assert_int_equal(upset_lock_read("study", &holder), -ENOENT);
	assert_int_equal(upset_lock_take(&lock, "study", false, &error), 0);
	assert_string_equal(lock.former, "");
	upset_lock_note(&lock, "shard", 3);
	upset_lock_note(&lock, "shards", 64);
	upset_lock_note(&lock, "before", 42);
	assert_int_equal(upset_lock_check(&lock, &error), 0);
	assert_int_equal(upset_lock_read("study", &holder), 0);
	assert_true(holder.known && !holder.gone);
	assert_int_equal(holder.process, getpid());
	assert_true(holder.has_before);
	assert_int_equal(holder.before, 42);
	assert_int_equal(holder.shard, 3);
	assert_int_equal(holder.shards, 64);
	(void)snprintf(self, sizeof(self), "study is written to by process %d on ", (int)getpid());
	assert_refused(self);
	upset_lock_release(&lock);
	assert_int_not_equal(access("study.lock", F_OK), 0);
}

/* Whoever ends without giving it back. */
static void die_with_it(void)
{
	pid_t child = fork();

	if (child == 0) {
		struct upset_lock lock;

		_exit(upset_lock_take(&lock, "study", false, NULL) == 0 ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_dead(void **state)
{
	struct upset_error error = {0};
	struct upset_lock_holder holder;
	struct upset_lock lock;

	(void)state;
	die_with_it();
	assert_int_equal(upset_lock_read("study", &holder), 0);
	assert_true(holder.gone);
	assert_int_equal(upset_lock_take(&lock, "study", false, &error), 0);
	assert_non_null(strstr(lock.former, "process "));
	upset_lock_release(&lock);
}

/* The same number, which another process has now. */
static void test_number_again(void **state)
{
	struct upset_error error = {0};
	struct upset_lock lock;
	char text[UPSET_LOCK_TEXT], *at;

	(void)state;
	assert_int_equal(upset_lock_take(&lock, "study", false, &error), 0);
	memcpy(text, lock.text, sizeof(text));
	upset_lock_release(&lock);
	at = strstr(text, "\nsince");
	assert_non_null(at);
	at[-1] = at[-1] == '9' ? '8' : (char)(at[-1] + 1);
	write_text("study.lock", text);
	assert_int_equal(upset_lock_take(&lock, "study", false, &error), 0);
	upset_lock_release(&lock);
}

static void test_elsewhere(void **state)
{
	static const char elsewhere[] = "host far\nmachine x-y\nprocess 12 34\nsince 1\n"
					"job 77\nrestart 1\n";
	struct upset_error error = {0};
	struct upset_lock lock, other;

	(void)state;
	write_text("study.lock", elsewhere);
	assert_refused("process 12 on far (job 77) since 1970-");
	assert_int_equal(setenv("SLURM_JOB_ID", "77", 1), 0);
	assert_int_equal(setenv("SLURM_RESTART_COUNT", "1", 1), 0);
	assert_refused("process 12 on far");
	/* The scheduler starts a job again when it has ended. */
	assert_int_equal(setenv("SLURM_RESTART_COUNT", "2", 1), 0);
	assert_int_equal(upset_lock_take(&lock, "study", false, &error), 0);
	assert_non_null(strstr(lock.text, "job 77\nrestart 2\n"));
	upset_lock_release(&lock);
	assert_int_equal(unsetenv("SLURM_JOB_ID"), 0);
	assert_int_equal(unsetenv("SLURM_RESTART_COUNT"), 0);

	write_text("study.lock", elsewhere);
	assert_int_equal(upset_lock_take(&lock, "study", true, &error), 0);
	/* Who lost it notices, and leaves it alone. */
	write_text("study.lock", elsewhere);
	assert_int_equal(upset_lock_check(&lock, &error), -EBUSY);
	upset_lock_release(&lock);
	assert_int_equal(access("study.lock", F_OK), 0);
	assert_int_equal(upset_lock_take(&other, "study", true, NULL), 0);
	upset_lock_release(&other);
}

static void test_unknown(void **state)
{
	struct upset_error error = {0};
	struct upset_lock lock;

	(void)state;
	write_text("study.lock", "");
	assert_refused("a process that has not said who it is");
	write_text("study.lock", "no such line\n\nprocess\n");
	assert_refused("a process that has not said who it is");
	assert_int_equal(upset_lock_take(&lock, "study", true, &error), 0);
	upset_lock_release(&lock);
	error = (struct upset_error){0};
	assert_int_equal(upset_lock_take(&lock, "nowhere/study", false, &error), -ENOENT);
	assert_non_null(strstr(error.message, "nowhere/study.lock"));
}

/* Many find one that has ended: one gets it. */
static void test_many(void **state)
{
	int got = 0;
	pid_t takers[TAKERS];
	int go[2], hold[2];

	(void)state;
	die_with_it();
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(hold), 0);
	for (int i = 0; i < TAKERS; i++) {
		takers[i] = fork();
		if (takers[i] == 0) {
			struct upset_lock lock;
			char byte;

			(void)close(go[1]);
			(void)close(hold[1]);
			(void)!read(go[0], &byte, 1);
			if (upset_lock_take(&lock, "study", false, NULL) != 0)
				_exit(1);
			/* Until all others have been refused. */
			(void)alarm(20);
			(void)!read(hold[0], &byte, 1);
			_exit(0);
		}
	}
	(void)close(go[1]);
	for (int ended = 0, status = 0; ended < TAKERS - 1; ended++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		got += WEXITSTATUS(status) == 0;
	}
	(void)close(hold[1]);
	for (int status = 0; wait(&status) > 0;)
		got += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	assert_int_equal(got, 1);
	(void)close(go[0]);
	(void)close(hold[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_dead, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_number_again, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_elsewhere, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_unknown, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_many, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
