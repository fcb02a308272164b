/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libraries that QEMU is started with, where others may come to lie in their place. */
#ifndef UPSET_ENGINE_QEMU_LIBRARIES_H
#define UPSET_ENGINE_QEMU_LIBRARIES_H

#include <stddef.h>

#include "base/error.h"
#include "isa/isa.h"

/*
 * Copy what the QEMU for programs of @isa is linked with into @folder, which is empty.  0; -errno.
 */
int upset_qemu_keep_libraries(
	const struct upset_isa *isa, const char *folder, struct upset_error *error);

/* From now on start QEMU with these copies, if others lie in their place. */
void upset_qemu_use_libraries(void);

/* --- inside engine/qemu only ------------------------------------------------------------------ */

enum { QEMU_LOADER_ARGUMENTS = 3 };

/* What stands before QEMU's path on its command line, to be executed instead; how much. */
size_t qemu_load(char **line);

#endif
