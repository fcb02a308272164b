/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Acting inside a sandbox: see inside.h. */
#include "tests/sandbox/inside.h"

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

const struct upset_limits limits = {
	.memory_bytes = 256U << 20,
	.file_bytes = 1U << 20,
	.cpu_seconds = 20,
	.processes = PROCESSES,
};

char files[UPSET_HASH_HEX_SIZE];
enum upset_obstacle obstacle;

static char folder[] = "/tmp/upset-sandbox-XXXXXX";

bool inside_begin(void)
{
	struct upset_error error = {0};

	if (upset_sandbox_probe(&error) != 0) {
		fprintf(stderr, "skipped: %s\n", error.message);
		return false;
	}
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		abort();
	return true;
}

int inside_end(int result)
{
	(void)unlink("kept");
	(void)unlink("text");
	(void)rmdir("folder");
	(void)chdir("/");
	(void)rmdir(folder);
	return result;
}

int inside(int (*act)(void))
{
	struct upset_error error = {0};
	struct upset_sandbox_ending ending;
	int pipes[2], status_fd, status = -1000;
	pid_t pid, keeper;

	assert_int_equal(pipe(pipes), 0);
	pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);
	if (pid < 0)
		fail_msg("%s", error.message);
	if (pid == 0) {
		pid_t actor = fork();

		/* The keeper has the status, so somebody else must tell. */
		if (actor == 0)
			_exit(act());
		(void)waitpid(actor, &status, 0);
		status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
		_exit(write(pipes[1], &status, sizeof(status)) != sizeof(status));
	}
	(void)close(pipes[1]);
	if (read(pipes[0], &status, sizeof(status)) != sizeof(status))
		status = -1000;
	(void)close(pipes[0]);
	upset_sandbox_end(keeper, status_fd, &ending);
	memcpy(files, ending.files, sizeof(files));
	obstacle = ending.obstacle;
	assert_int_equal(kill(keeper, 0), -1);
	return status;
}

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}
