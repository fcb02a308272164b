/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own comparison of results: see check.h. */
#include "campaign/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"

enum { TEXTS = 4, MINUTE_MS = 60 * 1000 };

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

static void __attribute__((noreturn)) execute(const char *command, const int fds[TEXTS], int status)
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
	(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Whether process @pid exits with 0, in time. */
static bool succeeds(pid_t pid)
{
	int fd = pidfd_open(pid, 0), status = 0;
	struct pollfd end = {.fd = fd, .events = POLLIN};

	if (fd < 0 || poll(&end, 1, MINUTE_MS) <= 0)
		(void)kill(-pid, SIGKILL);
	(void)upset_wait(pid, &status, 0);
	if (fd >= 0)
		(void)close(fd);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool upset_check_command(
	void *context, const struct upset_result *golden, const struct upset_result *result)
{
	int fds[TEXTS] = {make_file(result->out, result->out_size),
		make_file(result->err, result->err_size), make_file(golden->out, golden->out_size),
		make_file(golden->err, golden->err_size)};
	pid_t pid = fork();
	bool right;

	if (pid == 0)
		execute(context, fds, result->status);
	right = pid > 0 && succeeds(pid);
	for (int i = 0; i < TEXTS; i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	return right;
}
