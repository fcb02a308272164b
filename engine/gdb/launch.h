/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/gdb only: a QEMU with the program whose stub is this engine's own. */
#ifndef UPSET_ENGINE_GDB_LAUNCH_H
#define UPSET_ENGINE_GDB_LAUNCH_H

#include "engine/engine.h"
#include "engine/qemu/process.h"

enum { GDB_SOCKET_BYTES = 64 };

struct gdb_launch {
	struct qemu_process process;
	char folder[32]; /* made for its socket; "": none is */
	/* As this process comes to it; "": not yet, or no more. */
	char socket[GDB_SOCKET_BYTES + 32];
};

/*
 * Start the QEMU for the target's instruction set, in the target's sandbox if it has one, its
 * output going to @child_fds[2], and connect to it: the descriptor, or -errno with a message.  Then
 * gdb_launch_end() in any case.
 */
int gdb_launch_start(struct gdb_launch *launch, const struct upset_target *target,
	const int child_fds[2], const struct upset_stop *stop, struct upset_error *error);
/* End it if it has not ended. */
void gdb_launch_end(struct gdb_launch *launch, struct upset_sandbox_ending *ending);

#endif
