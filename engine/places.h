/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of faults -> addresses in a running process.  Inside engine/ only. */
#ifndef UPSET_ENGINE_PLACES_H
#define UPSET_ENGINE_PLACES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "engine/engine.h"
#include "fault/fault.h"

/*
 * Where @place lies in the process whose memory map is @maps (in the kernel's
 * form) and whose program is @program (a path as in the map): *@found and
 * *@address; not found while its module is not mapped.  0, or -EINVAL when the
 * module has no such symbol.
 */
int upset_place_find(FILE *maps, const char *program, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error);

/*
 * The reverse: the path of the file that @maps has at @address, and the address in
 * that file: *@path, owned by the caller, NULL when there is none, and *@in_file.
 * 0, -ENOMEM.
 */
int upset_place_name(FILE *maps, uint64_t address, char **path, uint64_t *in_file);

/* The same as upset_place_find() for process @pid. */
int upset_place_find_in(pid_t pid, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error);

#endif
