/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run wrote: all of it is seen, but a hole that no memory is large enough for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "campaign/trial.h"

static const struct upset_experiment_result ended = {.seen.end = UPSET_END_EXITED};

/* Take a trial that wrote @text at @offset. */
static struct upset_trial take(const char *text, off_t offset)
{
	struct upset_error error = {0};
	struct upset_trial trial;
	int fd = memfd_create("output", MFD_CLOEXEC);

	assert_int_equal(pwrite(fd, text, strlen(text), offset), strlen(text));
	if (upset_trial_take(&trial, &ended, fd, -1, &error) != 0)
		fail_msg("%s", error.message);
	assert_int_equal(close(fd), 0);
	return trial;
}

static void all_is_seen(void **state)
{
	struct upset_trial trial = take("right", 0);

	(void)state;
	assert_int_equal(trial.result.seen.out.bytes, 5);
	assert_int_equal(trial.result.seen.out.looked, 5);
	assert_memory_equal(trial.result.seen.out.data, "right", 5);
	assert_null(trial.result.seen.err.data);
	upset_trial_end(&trial);
	trial = take("right", 100000);
	assert_int_equal(trial.result.seen.out.looked, 100005);
	assert_memory_equal(trial.result.seen.out.data + 99998, "\0\0right", 7);
	upset_trial_end(&trial);
}

/* As when a fault makes a pointer of the place to write to. */
static void holes_are_not(void **state)
{
	const off_t far = (off_t)140462610445280;
	struct upset_trial trial = take("wrong", far);

	(void)state;
	assert_int_equal(trial.result.seen.out.bytes, far + 5);
	assert_in_range(trial.result.seen.out.looked, 1, UINT32_MAX);
	assert_int_equal(trial.result.seen.out.data[0], 0);
	upset_trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_seen), cmocka_unit_test(holes_are_not)};

	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
