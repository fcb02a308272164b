/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's command line and what it inherits: see launch.h. */
#include "engine/qemu/launch.h"

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
#include <unistd.h>

#include "engine/input.h"

enum {
	SHM_IN_QEMU = 1000, /* file descriptors out of the way of the program's own */
	SOCKET_IN_QEMU = 1001,
	ARGUMENTS_MOST = 12, /* of QEMU itself, with the final NULL */
	PLUGIN_MOST = 64,    /* bytes of the plugin's argument besides its path */
};

static void print_plugin(const struct qemu_launch *launch, char *text, size_t size)
{
	int n = snprintf(text, size, "file=%s,shm=%d", launch->plugin, SHM_IN_QEMU);

	if (launch->socket_fd >= 0)
		(void)snprintf(text + n, size - (size_t)n, ",socket=%d", SOCKET_IN_QEMU);
}

char **qemu_command_line(const struct qemu_launch *launch)
{
	size_t n = 0, at = 0, plugin_size = strlen(launch->plugin) + PLUGIN_MOST;
	char **line, *plugin;

	while (launch->arguments[n] != NULL)
		n++;
	line = calloc(1, (n + ARGUMENTS_MOST) * sizeof(char *) + plugin_size);
	if (line == NULL)
		return NULL;
	plugin = (char *)(line + n + ARGUMENTS_MOST);
	print_plugin(launch, plugin, plugin_size);
	line[at++] = (char *)(uintptr_t)launch->qemu;
	line[at++] = (char *)"-cpu";
	line[at++] = (char *)"max";
	line[at++] = (char *)"-plugin";
	line[at++] = plugin;
	/* All runs start with the same random bytes. */
	line[at++] = (char *)"-seed";
	line[at++] = (char *)"1";
	if (n > 0) {
		line[at++] = (char *)"-0";
		line[at++] = launch->arguments[0];
	}
	line[at++] = (char *)(uintptr_t)launch->program;
	for (size_t i = 1; i < n; i++)
		line[at++] = launch->arguments[i];
	return line;
}

static bool pass(int fd, int number)
{
	return fd < 0 || dup2(fd, number) == number;
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
	if (out >= 0 && err >= 0 && upset_input_take(launch->in_fd) && pass(out, 1) &&
		pass(err, 2) && pass(launch->shm_fd, SHM_IN_QEMU) &&
		pass(launch->socket_fd, SOCKET_IN_QEMU))
		(void)execve(launch->qemu, command_line, launch->environment);
}
