/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of faults -> addresses in a running process.  Inside engine/native only. */
#ifndef UPSET_ENGINE_NATIVE_PLACES_H
#define UPSET_ENGINE_NATIVE_PLACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/engine.h"
#include "fault/fault.h"

/*
 * Where @place lies in process @pid: *@found and *@address; not found while its
 * module is not mapped.  0, or -EINVAL when the module has no such symbol.
 */
int native_place_find(pid_t pid, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error);

#endif
