/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults, as upset/fault.h defines them, and lists of them.  Knows nothing of how
 * faults are carried out.
 */
#ifndef UPSET_FAULT_FAULT_H
#define UPSET_FAULT_FAULT_H

#include <stdio.h>

#include "base/error.h"
#include "upset/fault.h"

/*
 * Called for each experiment of a list; the faults end with the call.  -EINVAL with a message
 * in @mistake: they make no sense here; anything else than this and 0 ends the reading.
 */
typedef int upset_faults_visit(void *context, unsigned int line, const struct upset_faults *faults,
	struct upset_error *mistake);

/*
 * Read a list: one experiment a line, empty lines and comments ("# ...", also
 * behind an experiment) are left out.  The whole list is read, and all its mistakes are
 * told, each with "name:line:column: " before it, or "name:line: " when it is @visit's.
 * 0, -EINVAL, -EIO, -ENOMEM, or what @visit returned.
 */
int upset_faults_read(FILE *file, const char *name, upset_faults_visit *visit, void *context,
	struct upset_error *error);

/*
 * Which resource of @isa the register of @fault is: texts name registers, and several
 * instruction sets may have one of that name, as wide or not: *@bits.
 * UPSET_RESOURCE_NONE: @isa has none.
 */
unsigned int upset_fault_register(
	const struct upset_fault *fault, const struct upset_isa *isa, uint16_t *bits);
/* Whether a program of @isa has all registers and bits of @faults: 0, or -EINVAL. */
int upset_faults_check(
	const struct upset_faults *faults, const struct upset_isa *isa, struct upset_error *error);

#endif
