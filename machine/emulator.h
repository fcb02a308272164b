/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside machine/ only: from a machine to the emulator's command line, and its process. */
#ifndef UPSET_MACHINE_EMULATOR_H
#define UPSET_MACHINE_EMULATOR_H

#include "machine/boot.h"

/* What the emulator gets its two serial lines as; it does not take standard descriptors for them.
 */
enum { MACHINE_OUTPUT_FD = 3, MACHINE_RESULT_FD };

/*
 * The command line for @machine in @folder: each word is to be freed, and it.  -ENOENT with a
 * message: the emulator or the firmware is missing; -ENOMEM.
 */
int machine_emulator_line(char ***line, const char *folder, const struct upset_machine *machine,
	struct upset_error *error);
void machine_emulator_free(char **line);

/*
 * In the child, between fork and exec: execute it, with serial lines that go to @fds[0] and
 * @fds[1], and messages to @fds[2].  Returns only when that failed, with errno.
 */
void machine_emulator_become(char *const *line, const int fds[3]);

#endif
