/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard input of programs that are run more than once, each time with the same. */
#ifndef UPSET_ENGINE_INPUT_H
#define UPSET_ENGINE_INPUT_H

#include <stdbool.h>

#include "base/error.h"

/*
 * A descriptor, close-on-exec, from which each run of a program can read what
 * @fd has: @fd again when it is a regular file or a device, a file in memory with
 * all of it when it is a pipe or a socket, nothing when it is a terminal or closed.
 * -EINTR when a signal came before the end of a pipe; -EFBIG when it has more than
 * a gigabyte; -EIO, -ENOMEM, -EMFILE.  The caller closes it.
 */
int upset_input_open(int fd, struct upset_error *error);

/*
 * Between fork and exec: make @fd standard input; -1: leave it as it is.  A regular
 * file is opened anew and so read from the start.  False, with errno: it cannot.
 */
bool upset_input_take(int fd);

#endif
