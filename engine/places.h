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

/* The same for process @pid. */
int upset_place_find_in(pid_t pid, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error);

#endif
