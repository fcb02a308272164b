/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run a command and append one line to a file: wall-clock nanoseconds, the
 * largest resident size of any process of it in KiB, and its exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { COULD_NOT_RUN = 127 };

/* In the child: standard input and output are nothing, so that no terminal slows it. */
static void run(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0)
		execvp(argv[0], argv);
	fprintf(stderr, "stopwatch: %s: %s\n", argv[0], strerror(errno));
	_exit(COULD_NOT_RUN);
}

int main(int argc, char **argv)
{
	struct rusage usage;
	uint64_t start;
	int status;
	pid_t pid;
	FILE *out;

	if (argc < 3) {
		fputs("usage: stopwatch FILE PROGRAM [ARGUMENT]...\n", stderr);
		return 2;
	}
	start = upset_now_ns();
	pid = fork();
	if (pid == 0)
		run(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("stopwatch");
		return 1;
	}
	start = upset_now_ns() - start;
	/* The largest of the command and of all that it waited for. */
	if (getrusage(RUSAGE_CHILDREN, &usage) != 0) {
		perror("stopwatch");
		return 1;
	}
	out = fopen(argv[1], "a");
	if (out == NULL ||
		fprintf(out, "%llu %ld %d\n", (unsigned long long)start, usage.ru_maxrss,
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)) < 0 ||
		fclose(out) != 0) {
		perror(argv[1]);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
