/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output collector: counts, hashes, passes on, and does not wait for ever. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/process.h"

/* FIPS 180-4, and a million times "a" from its examples. */
static const char abc_sha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char million_sha256[] =
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void hashes_both_streams(void **state)
{
	struct upset_error error = {0};
	struct upset_run run = {0};
	struct upset_output *output;
	int fds[2], out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	char text[8] = "", *many = malloc(1000000);
	int own;

	(void)state;
	assert_non_null(many);
	memset(many, 'a', 1000000);
	output = upset_output_open(out, err, fds, &error);
	assert_non_null(output);
	assert_true((fcntl(fds[0], F_GETFD) & FD_CLOEXEC) != 0);
	own = fcntl(fds[1], F_DUPFD_CLOEXEC, 3);
	assert_int_equal(write(fds[0], "abc", 3), 3);
	upset_output_close_child_ends(output);
	for (size_t done = 0; done < 1000000;)
		done += (size_t)write(own, many + done, 1000000 - done);
	close(own);
	upset_output_finish(output, 10000, &run);
	assert_int_equal(run.seen.out.pass_errno, 0);
	assert_int_equal(run.seen.out.bytes, 3);
	assert_string_equal(run.seen.out.sha256, abc_sha256);
	assert_int_equal(run.seen.err.bytes, 1000000);
	assert_string_equal(run.seen.err.sha256, million_sha256);
	assert_int_equal(pread(out, text, sizeof(text) - 1, 0), 3);
	assert_string_equal(text, "abc");
	assert_int_equal(lseek(err, 0, SEEK_END), 1000000);
	free(many);
	close(out);
	close(err);
}

/* /dev/full refuses every byte; what was written is hashed all the same. */
static void says_what_could_not_be_passed_on(void **state)
{
	struct upset_error error = {0};
	struct upset_run run = {0};
	struct upset_output *output;
	int fds[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	output = upset_output_open(full, -1, fds, &error);
	assert_non_null(output);
	assert_int_equal(write(fds[0], "abc", 3), 3);
	upset_output_finish(output, 10000, &run);
	assert_int_equal(run.seen.out.pass_errno, ENOSPC);
	assert_int_equal(run.seen.err.pass_errno, 0);
	assert_string_equal(run.seen.out.sha256, abc_sha256);
	close(full);
}

/* The reader of our output is gone: an error, and no SIGPIPE. */
static void survives_a_closed_pipe(void **state)
{
	struct upset_error error = {0};
	struct upset_run run = {0};
	struct upset_output *output;
	int fds[2], gone[2];

	(void)state;
	assert_int_equal(pipe(gone), 0);
	close(gone[0]);
	output = upset_output_open(-1, gone[1], fds, &error);
	assert_non_null(output);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	upset_output_finish(output, 10000, &run);
	assert_int_equal(run.seen.err.pass_errno, EPIPE);
	assert_int_equal(run.seen.out.pass_errno, 0);
	assert_string_equal(run.seen.err.sha256, abc_sha256);
	close(gone[1]);
}

static int64_t now_ms(void)
{
	return (int64_t)(upset_now_ns() / 1000000);
}

/* Someone keeps the pipe open: what is in it counts, then the grace is over. */
static void does_not_wait_for_ever(void **state)
{
	struct upset_error error = {0};
	struct upset_run run = {0};
	struct upset_output *output;
	int fds[2], kept;
	int64_t start;

	(void)state;
	output = upset_output_open(-1, -1, fds, &error);
	assert_non_null(output);
	kept = fcntl(fds[0], F_DUPFD_CLOEXEC, 3);
	assert_int_equal(write(kept, "abc", 3), 3);
	start = now_ms();
	upset_output_finish(output, 100, &run);
	assert_true(now_ms() - start >= 99);
	assert_true(now_ms() - start < 20000);
	assert_string_equal(run.seen.out.sha256, abc_sha256);
	close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_both_streams),
		cmocka_unit_test(says_what_could_not_be_passed_on),
		cmocka_unit_test(survives_a_closed_pipe),
		cmocka_unit_test(does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
