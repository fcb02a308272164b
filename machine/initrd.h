/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside machine/ only: the files of a machine whose first process is upset's: a program where it
 * lies here, what it is linked with, and files that are named.
 */
#ifndef UPSET_MACHINE_INITRD_H
#define UPSET_MACHINE_INITRD_H

#include <stdio.h>

#include "machine/make.h"

/*
 * Write the archive to @out, which messages call @name.  @module: a kernel module that is loaded
 * first, or NULL.  0; -errno with a message.
 */
int machine_initrd_write(FILE *out, const char *name, const struct upset_machine_program *program,
	const char *module, struct upset_error *error);

#endif
