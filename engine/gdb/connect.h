/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/gdb only: from the address of a stub to a connection. */
#ifndef UPSET_ENGINE_GDB_CONNECT_H
#define UPSET_ENGINE_GDB_CONNECT_H

#include "base/error.h"

/*
 * Connect to the stub at @remote: HOST:PORT, [ADDRESS]:PORT, :PORT on this machine, or the path of
 * a Unix socket, which has a '/'.  The descriptor, close-on-exec, is the caller's; -errno with a
 * message: -EINVAL is no address, -EIO could not be reached.
 */
int gdb_connect(const char *remote, struct upset_error *error);
/* The same for a Unix socket, without messages. */
int gdb_connect_unix(const char *path);

#endif
