/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from a file, a pipe, a device or nowhere can be read by each run. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/input.h"

enum { LONG = 200000 };

/* The bytes that a process reads whose input is @fd; -1: it cannot have it. */
static int count_in_child(int fd)
{
	char buffer[4096];
	int pipes[2], count = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		if (!upset_input_take(fd))
			count = -1;
		while (count >= 0 && (n = read(0, buffer, sizeof(buffer))) > 0)
			count += (int)n;
		_exit(write(pipes[1], &count, sizeof(count)) != sizeof(count));
	}
	(void)close(pipes[1]);
	assert_int_equal(read(pipes[0], &count, sizeof(count)), sizeof(count));
	(void)close(pipes[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return count;
}

static void expect_twice(int from, int count)
{
	struct upset_error error = {0};
	int fd = upset_input_open(from, &error);

	if (fd < 0)
		fail_msg("%s", error.message);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(count_in_child(fd), count);
	assert_int_equal(count_in_child(fd), count);
	(void)close(fd);
}

static void takes_a_file(void **state)
{
	FILE *file = tmpfile();

	(void)state;
	assert_int_equal(fputs("hello", file), 1);
	assert_int_equal(fflush(file), 0);
	expect_twice(fileno(file), 5);
	(void)fclose(file);
}

static void takes_a_pipe(void **state)
{
	static const char text[LONG];
	int pipes[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0)
		_exit(write(pipes[1], text, sizeof(text)) != sizeof(text));
	(void)close(pipes[1]);
	expect_twice(pipes[0], LONG);
	(void)close(pipes[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void takes_nothing(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), device = open("/dev/null", O_RDONLY);

	(void)state;
	if (terminal >= 0)
		expect_twice(terminal, 0);
	expect_twice(device, 0);
	(void)close(terminal);
	(void)close(device);
	expect_twice(device, 0);
	assert_int_equal(count_in_child(1000), -1);
}

static void on_alarm(int number)
{
	(void)number;
}

static void can_be_interrupted(void **state)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	struct upset_error error = {0};
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	(void)alarm(1);
	assert_int_equal(upset_input_open(pipes[0], &error), -EINTR);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_file),
		cmocka_unit_test(takes_a_pipe),
		cmocka_unit_test(takes_nothing),
		cmocka_unit_test(can_be_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
