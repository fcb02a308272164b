/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /proc/PID/maps -> mappings with their regions.  Inside engine/
 * only; other modules see the mappings in the profile.
 */
#ifndef UPSET_ENGINE_MAPS_H
#define UPSET_ENGINE_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "profile/profile.h"

/*
 * Called once per mapping, in the order of the addresses.  @mapping and its
 * path belong to the caller and end with the call.  @shared: MAP_SHARED.  Not 0
 * ends the reading with that result.
 */
typedef int upset_maps_visit(void *context, const struct upset_mapping *mapping, bool shared);

/*
 * Parse @text and call @visit for every mapping, after their regions are
 * decided.  @heap_start: where the brk area begins, 0 when unknown; a "[heap]"
 * that begins before it is the bss, merged with it by the kernel, and is split
 * there.  Lines that are no mappings are left out.  0, -ENOMEM, -EIO, or what
 * @visit returned.
 */
int upset_maps_parse(FILE *text, uint64_t heap_start, upset_maps_visit *visit, void *context);

/* The same from /proc/@pid/maps; -errno when it cannot be opened (-ESRCH: no such process). */
int upset_maps_read(pid_t pid, upset_maps_visit *visit, void *context);

#endif
