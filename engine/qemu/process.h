/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/qemu only: a process that is QEMU with a plugin and the program, from its start
 * to its end, in a sandbox or not, and the memory that it shares with this one.
 */
#ifndef UPSET_ENGINE_QEMU_PROCESS_H
#define UPSET_ENGINE_QEMU_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

#include "engine/qemu/launch.h"
#include "sandbox/sandbox.h"

struct qemu_process {
	pid_t pid, keeper; /* keeper 0: no sandbox */
	int end_fd;	   /* readable when the program has ended; -1: there is no process */
};

#define QEMU_PROCESS_NONE ((struct qemu_process){.end_fd = -1})

/*
 * Memory of @size bytes, zeros, that a process can have by its descriptor *@fd; *@memory is the
 * caller's to unmap, and what is used of it is taken from the machine alone.  @what is for
 * messages, such as "counts".  0, or -errno with a message; *@fd, when it is not -1, is the
 * caller's to close in any case.
 */
int qemu_process_share(
	size_t size, const char *what, void **memory, int *fd, struct upset_error *error);

/* Start one.  0, or -errno with a message; then it is QEMU_PROCESS_NONE. */
int qemu_process_start(
	struct qemu_process *process, const struct qemu_launch *launch, struct upset_error *error);

/*
 * Wait until it has ended, and everything else in its sandbox; without one only
 * ending->status and .usage are told.  It is QEMU_PROCESS_NONE then.
 */
void qemu_process_end(struct qemu_process *process, struct upset_sandbox_ending *ending);

#endif
