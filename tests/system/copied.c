/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the system calls with which shells and others begin; none of them keeps a
 * program from being copied.  Prints what they return.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t ends;

static void on_child(int signal)
{
	(void)signal;
	ends++;
}

static void handle(void)
{
	struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART}, old;
	int first, second;

	(void)sigemptyset(&action.sa_mask);
	(void)sigaddset(&action.sa_mask, SIGUSR1);
	first = sigaction(SIGCHLD, &action, &old);
	printf("handler: %d, was default %d\n", first, old.sa_handler == SIG_DFL);
	action.sa_handler = SIG_IGN;
	second = sigaction(SIGCHLD, &action, &old);
	printf("ignored: %d, was ours %d, restarts %d, masks %d %d\n", second,
		old.sa_handler == on_child, (old.sa_flags & SA_RESTART) != 0,
		sigismember(&old.sa_mask, SIGUSR1), sigismember(&old.sa_mask, SIGUSR2));
	action.sa_handler = on_child;
	(void)sigaction(SIGCHLD, &action, NULL);
}

static int result_of(int rc)
{
	return rc < 0 ? -errno : 0;
}

int main(void)
{
	struct sockaddr name;
	socklen_t size = sizeof(name);
	volatile unsigned int sum = 0;
	pid_t group;
	int null;

	handle();
	printf("terminal: %d\n", result_of(open("/dev/tty", O_RDWR | O_NONBLOCK)));
	printf("group: %d\n", result_of(ioctl(0, TIOCGPGRP, &group)));
	printf("flags: %d\n", result_of(fcntl(0, F_SETFL, fcntl(0, F_GETFL) & ~O_NONBLOCK)));
	printf("errors: %d\n", result_of(fcntl(2, F_SETFL, fcntl(2, F_GETFL) | O_APPEND)));
	printf("peer: %d\n", result_of(getpeername(0, &name, &size)));
	null = open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	printf("null: %d\n", result_of((int)write(null, "lost", 4)));
	(void)fflush(stdout);
	/* Long enough that most copies are made here, and end meanwhile. */
	for (unsigned int i = 0; i < 100000; i++)
		sum += i & 1;
	printf("appends: %d\n", (fcntl(2, F_GETFL) & O_APPEND) != 0);
	printf("sum: %u, ends: %d\n", sum, (int)ends);
	return 0;
}
