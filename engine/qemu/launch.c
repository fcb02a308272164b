/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's command line and what it inherits: see launch.h. */
#include "engine/qemu/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/input.h"
#include "engine/qemu/guest/apart.h"
#include "engine/qemu/libraries.h"

enum {
	APART_MOST = 4096,   /* descriptors set apart begin there at most: higher ones cost time */
	PROGRAM_LEAST = 16,  /* descriptors that a program can have */
	ARGUMENTS_MOST = 17, /* of QEMU itself and its loader, with the final NULL */
	SECOND_NS = 1000000000,
	PLUGIN_MOST = 128, /* bytes of the plugin's argument besides its path */
};

static const rlim_t STACK_MOST = 64ULL << 30, STACK_USUAL = 8U << 20;

/*
 * Before anything of upset's has changed a file, by the clock of files' times: what
 * is of later is not to look different in each run.
 */
static struct timespec begun;

static void __attribute__((constructor)) note_begin(void)
{
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &begun);
}

/*
 * The first descriptor that is set apart for the plugin, see apart/apart.h: behind
 * those that the program may open, unless the hard limit allows none there.
 */
static int first_apart(void)
{
	struct rlimit limit;
	rlim_t first = APART_MOST;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return -1;
	if (limit.rlim_max < PROGRAM_LEAST + APART_DESCRIPTORS)
		return -1;
	if (limit.rlim_cur < first)
		first = limit.rlim_cur;
	if (limit.rlim_max - APART_DESCRIPTORS < first)
		first = limit.rlim_max - APART_DESCRIPTORS;
	return (int)first;
}

int qemu_check_limits(struct upset_error *error)
{
	if (first_apart() >= 0)
		return 0;
	return upset_error_set(error, EMFILE,
		"cannot run a program when fewer than %d files may be open at one time: raise "
		"the limit (ulimit -n)",
		PROGRAM_LEAST + APART_DESCRIPTORS);
}

static void print_plugin(const struct qemu_launch *launch, char *text, size_t size)
{
	int first = first_apart();
	int n = snprintf(text, size, "file=%s,apart=%d,shm=%d,since=%lld", launch->plugin, first,
		first, (long long)begun.tv_sec * SECOND_NS + begun.tv_nsec);

	if (launch->socket_fd >= 0)
		(void)snprintf(text + n, size - (size_t)n, ",socket=%d", first + 1);
}

char **qemu_command_line(const struct qemu_launch *launch)
{
	size_t n = 0, at = 0, plugin_size = 0;
	char **line;

	if (launch->plugin != NULL)
		plugin_size = strlen(launch->plugin) + PLUGIN_MOST;
	while (launch->target->arguments[n] != NULL)
		n++;
	line = calloc(1, (n + ARGUMENTS_MOST) * sizeof(char *) + plugin_size);
	if (line == NULL)
		return NULL;
	at = qemu_load(line);
	line[at++] = (char *)(uintptr_t)launch->qemu;
	line[at++] = (char *)"-cpu";
	line[at++] = (char *)(uintptr_t)launch->target->isa->qemu_cpu;
	if (launch->target->sysroot != NULL) {
		line[at++] = (char *)"-L";
		line[at++] = (char *)(uintptr_t)launch->target->sysroot;
	}
	if (launch->plugin != NULL) {
		line[at++] = (char *)"-plugin";
		line[at] = (char *)(line + n + ARGUMENTS_MOST);
		print_plugin(launch, line[at++], plugin_size);
	}
	if (launch->gdb != NULL) {
		line[at++] = (char *)"-g";
		line[at++] = (char *)(uintptr_t)launch->gdb;
	}
	/* All runs start with the same random bytes. */
	line[at++] = (char *)"-seed";
	line[at++] = (char *)"1";
	if (n > 0) {
		line[at++] = (char *)"-0";
		line[at++] = launch->target->arguments[0];
	}
	line[at++] = (char *)(uintptr_t)launch->target->program;
	for (size_t i = 1; i < n; i++)
		line[at++] = launch->target->arguments[i];
	return line;
}

static bool pass(int fd, int number)
{
	return fd < 0 || dup2(fd, number) == number;
}

/* Pass what the plugin gets. */
static bool pass_apart(const struct qemu_launch *launch)
{
	int first = first_apart();
	struct rlimit before, lifted;
	bool passed;

	if (first < 0 || getrlimit(RLIMIT_NOFILE, &before) != 0)
		return false;
	lifted = (struct rlimit){before.rlim_max, before.rlim_max};
	(void)setrlimit(RLIMIT_NOFILE, &lifted);
	passed = pass(launch->shm_fd, first) && pass(launch->socket_fd, first + 1);
	/* The program's limit is not to reach into those set apart where there are no others. */
	if (before.rlim_cur > before.rlim_max - APART_DESCRIPTORS)
		before.rlim_cur = before.rlim_max - APART_DESCRIPTORS;
	(void)setrlimit(RLIMIT_NOFILE, &before);
	return passed;
}

/*
 * With no limit, or such a one, Linux would lay out QEMU's memory so that it lies
 * where the program's goes.  QEMU gives a program without a limit that much.
 */
static void limit_stack(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur <= STACK_MOST)
		return;
	limit.rlim_cur = STACK_USUAL;
	(void)setrlimit(RLIMIT_STACK, &limit);
}

void qemu_become(const struct qemu_launch *launch, char *const *command_line)
{
	int out = fcntl(launch->out_fd, F_DUPFD_CLOEXEC, 3);
	int err = fcntl(launch->err_fd, F_DUPFD_CLOEXEC, 3);
	int persona = personality(0xffffffff);

	if (persona >= 0)
		(void)personality((unsigned long)persona | ADDR_NO_RANDOMIZE);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Neither the program's core nor QEMU's, with gigabytes of counts. */
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	limit_stack();
	if (out >= 0 && err >= 0 && upset_input_take(launch->target->in_fd) && pass(out, 1) &&
		pass(err, 2) && pass_apart(launch))
		(void)execve(command_line[0], command_line, launch->target->environment);
}
