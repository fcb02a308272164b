/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts programs in all ways that share memory with the child: the exit status
 * says which one was wrong, by a bit each.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MISSING = 1, STARTED = 2, WRITTEN = 4, WAITED = 8, THREADS = 16, LARGE = 1 << 20 };

extern char **environ;

static int spawn(const char *path)
{
	char *arguments[] = {(char *)path, NULL};
	int status = -1, code;
	pid_t pid;

	code = posix_spawn(&pid, path, NULL, NULL, arguments, environ);
	if (code == 0 && waitpid(pid, &status, 0) == pid)
		return status == 0 ? 0 : -1;
	return code;
}

static volatile int global;

/* The child's writes, to globals, heap and stack, are there when it has gone. */
static int writes(void)
{
	volatile int local = 1;
	volatile char *heap = malloc(LARGE);
	pid_t pid;
	int right;

	heap[0] = heap[LARGE - 1] = 1;
	global = 1;
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): what is tested */
	pid = vfork();
	if (pid == 0) {
		global = 2;
		local = 3;
		heap[LARGE - 1] = 4;
		_exit(5);
	}
	right = global == 2 && local == 3 && heap[0] == 1 && heap[LARGE - 1] == 4;
	free((void *)heap);
	(void)waitpid(pid, NULL, 0);
	return right;
}

/* The parent goes on when the child is another program, and not before. */
static int waits(void)
{
	int ends[2], n;
	char byte = 0;
	pid_t pid;

	if (pipe2(ends, O_NONBLOCK) != 0)
		return 0;
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): what is tested */
	pid = vfork();
	if (pid == 0) {
		(void)usleep(100000);
		if (write(ends[1], "x", 1) == 1)
			(void)execl("/bin/sleep", "sleep", "1000", (char *)NULL);
		_exit(1);
	}
	n = (int)read(ends[0], &byte, 1);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return n == 1 && byte == 'x';
}

static volatile int stop;
static volatile unsigned long turns;

static void *turn(void *arg)
{
	while (!stop)
		turns++;
	return arg;
}

/* What other threads write meanwhile stays. */
static int goes_on_with_threads(void)
{
	unsigned long before;
	pthread_t thread;
	int right = 1;

	if (pthread_create(&thread, NULL, turn, NULL) != 0)
		return 0;
	for (int i = 0; i < 5; i++) {
		before = turns;
		right &= spawn("/nonexistent/program") == ENOENT && spawn("/bin/true") == 0;
		right &= turns >= before;
	}
	stop = 1;
	(void)pthread_join(thread, NULL);
	return right;
}

int main(void)
{
	int wrong = 0;

	wrong |= spawn("/nonexistent/program") == ENOENT ? 0 : MISSING;
	wrong |= spawn("/bin/true") == 0 ? 0 : STARTED;
	wrong |= writes() ? 0 : WRITTEN;
	wrong |= waits() ? 0 : WAITED;
	wrong |= goes_on_with_threads() ? 0 : THREADS;
	return wrong;
}
