/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/qemu only: from a forked process to QEMU with a plugin and the program. */
#ifndef UPSET_ENGINE_QEMU_LAUNCH_H
#define UPSET_ENGINE_QEMU_LAUNCH_H

#include "base/error.h"
#include "engine/target.h"

struct qemu_launch {
	const char *qemu;   /* path */
	const char *plugin; /* path; NULL: none */
	const char *gdb;    /* path of the socket that its stub opens; NULL: it has none */
	const struct upset_target *target;
	int out_fd, err_fd;    /* its standard output and error */
	int shm_fd, socket_fd; /* for the plugin, which is told their numbers; -1: none */
};

/* Whether this process's limits allow it: 0, or -EMFILE. */
int qemu_check_limits(struct upset_error *error);

/* QEMU's command line; to be freed as one block.  NULL: no memory. */
char **qemu_command_line(const struct qemu_launch *launch);

/*
 * In the child, between fork and exec: execute QEMU.  Returns only when that
 * failed, with errno.  Makes system calls only.
 */
void qemu_become(const struct qemu_launch *launch, char *const *command_line);

#endif
