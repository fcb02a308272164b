/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Triggers at places that are looked for in one run, many at a time: grouped by place and
 * thread, of which each counts how often its thread comes there.  Knows nothing of how threads
 * are stopped.  A thread may come to its places while others come to theirs.
 */
#ifndef UPSET_ENGINE_SOUGHT_H
#define UPSET_ENGINE_SOUGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/trigger.h"
#include "upset/fault.h"

struct upset_sought;
/* What is looked for at an address, in any thread. */
struct upset_sought_place;

/* Room for @count triggers, to be freed.  NULL: no memory. */
struct upset_sought *upset_sought_new(size_t count);
void upset_sought_free(struct upset_sought *sought);

/* Look for the trigger of @fault, which is at a place, number @item of the caller's.  Where it is
   found goes to @trigger; both are the caller's. */
void upset_sought_add(struct upset_sought *sought, size_t item, const struct upset_fault *fault,
	struct upset_trigger *trigger);
/* All were added. */
void upset_sought_begin(struct upset_sought *sought);

/* Whether the addresses of all places are known. */
bool upset_sought_is_resolved(const struct upset_sought *sought);
/*
 * Look for those that are not, with @find, which says whether the place of @item is *@found, and
 * its *@address.  0, or what @find returned, when it was not 0.
 */
int upset_sought_resolve(struct upset_sought *sought,
	int (*find)(void *context, size_t item, bool *found, uint64_t *address), void *context);

/* What is looked for at @pc; NULL: nothing. */
struct upset_sought_place *upset_sought_at(const struct upset_sought *sought, uint64_t pc);

/* Thread @thread comes there, having executed @instructions.  How many triggers that is. */
size_t upset_sought_arrive(const struct upset_sought *sought, struct upset_sought_place *place,
	uint32_t thread, uint64_t instructions);
/* It leaves again without having executed the instruction. */
void upset_sought_leave(struct upset_sought_place *place, uint32_t thread);

#endif
