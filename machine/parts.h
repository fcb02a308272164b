/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside machine/ and for cli/: where emulators, firmware and Debian's kernel lie. */
#ifndef UPSET_MACHINE_PARTS_H
#define UPSET_MACHINE_PARTS_H

#include <stdbool.h>

#include "machine/machine.h"

/* The emulator of machines of @arch: @path[PATH_MAX].  -ENOENT with a message. */
int upset_machine_find_emulator(
	const struct upset_machine_arch *arch, char *path, struct upset_error *error);

/*
 * A file of what `setup/machine.sh` fetched for @arch, such as "kernel" or "firmware":
 * @path[PATH_MAX].  -ENOENT with a message.
 */
int upset_machine_find_part(const struct upset_machine_arch *arch, const char *name, char *path,
	struct upset_error *error);

/* Whether the environment names another. */
bool upset_machine_part_is_named(const struct upset_machine_arch *arch, const char *name);

#endif
