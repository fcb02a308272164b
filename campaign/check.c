/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own comparison of results: see check.h. */
#include "campaign/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"

enum { TEXTS = 4, MINUTE_MS = 60 * 1000, NOT_EXECUTABLE = 126, NOT_FOUND = 127, WORDS = 160 };

static const char *const names[TEXTS] = {
	"UPSET_STDOUT", "UPSET_STDERR", "UPSET_GOLDEN_STDOUT", "UPSET_GOLDEN_STDERR"};

/* A file in memory with @text[@size]; -1: none. */
static int make_file(const uint8_t *text, size_t size)
{
	int fd = memfd_create("result", 0);
	size_t done = 0;

	while (fd >= 0 && done < size) {
		ssize_t n = write(fd, text + done, size - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (errno != EINTR) {
			(void)close(fd);
			fd = -1;
		}
	}
	return fd;
}

static void __attribute__((noreturn))
execute(const char *command, const int fds[TEXTS], int status, int err_fd)
{
	char text[64];
	int null = open("/dev/null", O_RDWR);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	for (int i = 0; i < TEXTS; i++) {
		(void)snprintf(text, sizeof(text), "/proc/self/fd/%d", fds[i]);
		(void)setenv(names[i], text, 1);
	}
	(void)snprintf(text, sizeof(text), "%d", status);
	(void)setenv("UPSET_STATUS", text, 1);
	(void)dup2(null, 0);
	(void)dup2(null, 1);
	if (err_fd >= 0)
		(void)dup2(err_fd, 2);
	(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(NOT_FOUND);
}

/* How process @pid ends, as of wait(); false: it took too long, and was killed. */
static bool await(pid_t pid, int *status)
{
	int fd = pidfd_open(pid, 0);
	struct pollfd end = {.fd = fd, .events = POLLIN};
	bool in_time = fd >= 0 && poll(&end, 1, MINUTE_MS) > 0;

	if (!in_time)
		(void)kill(-pid, SIGKILL);
	(void)upset_wait(pid, status, 0);
	if (fd >= 0)
		(void)close(fd);
	return in_time;
}

/* Ask @command, whose messages go to @err_fd (-1: ours); false: it did not end by itself. */
static bool ask(const char *command, const struct upset_seen *golden,
	const struct upset_seen *result, int err_fd, int *status)
{
	int fds[TEXTS] = {make_file(result->out.data, result->out.looked),
		make_file(result->err.data, result->err.looked),
		make_file(golden->out.data, golden->out.looked),
		make_file(golden->err.data, golden->err.looked)};
	pid_t pid = fork();
	bool ended;

	if (pid == 0)
		execute(command, fds, result->status, err_fd);
	*status = -1;
	ended = pid > 0 && await(pid, status);
	for (int i = 0; i < TEXTS; i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	return ended;
}

bool upset_check_command(
	void *context, const struct upset_seen *golden, const struct upset_seen *result)
{
	int status;

	return ask(context, golden, result, -1, &status) && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* --- before there is anything to check -------------------------------------------------------- */

/* The last line that the command wrote to @fd, as ": LINE", or "". */
static void read_words(int fd, char words[WORDS])
{
	ssize_t n = fd < 0 ? 0 : pread(fd, words + 2, WORDS - 3, 0);
	char *end;

	words[0] = '\0';
	if (n <= 0)
		return;
	end = words + 2 + n;
	while (end > words + 2 && end[-1] == '\n')
		end--;
	*end = '\0';
	end = strrchr(words + 2, '\n');
	if (end != NULL)
		memmove(words + 2, end + 1, strlen(end + 1) + 1);
	memcpy(words, ": ", 2);
}

/* What a command did that did not exit with 0. */
static void describe(bool ended, int status, char *what, size_t size)
{
	if (!ended)
		(void)snprintf(what, size, "does not end within a minute");
	else if (WIFSIGNALED(status))
		(void)snprintf(what, size, "is killed by signal %d", WTERMSIG(status));
	else
		(void)snprintf(what, size, "%s, exit status %d",
			WEXITSTATUS(status) == NOT_FOUND || WEXITSTATUS(status) == NOT_EXECUTABLE
				? "cannot be run"
				: "refuses it",
			WEXITSTATUS(status));
}

int upset_check_probe(const struct upset_outcome_rules *rules, const struct upset_seen *golden,
	struct upset_error *error)
{
	const char *command = rules->check_context;
	char what[64], words[WORDS];
	int fd, status;
	bool ended;

	if (rules->check != upset_check_command)
		return 0;
	fd = memfd_create("messages", 0);
	ended = ask(command, golden, golden, fd, &status);
	read_words(fd, words);
	if (fd >= 0)
		(void)close(fd);
	if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	describe(ended, status, what, sizeof(what));
	return upset_error_set(error, EINVAL,
		"--check '%.120s', asked about the result without faults, %s%s; it is to exit with "
		"0 when a result is right",
		command, what, words);
}
