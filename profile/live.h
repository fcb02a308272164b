/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live share of registers: in which part of a run does each register hold a
 * value that is read later?  A point k is the moment just before a thread's
 * k-th instruction (the moment at which a fault can be injected); a register
 * part is live at k when the first access to it by instruction k or later is a
 * read.  Counted by summing the dead stretches, one addition per write.
 *
 * Instruction n accesses at time n + 1.  A read sets last = n + 1; a write adds
 * (n + 1) - last to dead and sets last = n + 1.  At the end, N instructions,
 * dead += N - last, and live = N - dead.
 */
#ifndef UPSET_PROFILE_LIVE_H
#define UPSET_PROFILE_LIVE_H

#include <stdint.h>

#include "isa/isa.h"

/*
 * A register is tracked in parts, in bytes [0, end), which the instruction set says.  An
 * access that covers part of a part counts as covering it.
 */
struct upset_live { /* one thread's */
	uint64_t last[UPSET_RESOURCES_MAX][UPSET_LIVE_PARTS];
	uint64_t dead[UPSET_RESOURCES_MAX][UPSET_LIVE_PARTS];
};

/* The bytes in part @part of @resource; 0 when it has no such part. */
unsigned int upset_live_part_bytes(
	const struct upset_isa *isa, unsigned int resource, unsigned int part);

/*
 * Mask of the parts that @operand touches; a zero-extending write touches all
 * above too, a conditional write none: the old value may stay.
 */
unsigned int upset_live_parts(const struct upset_isa *isa, const struct upset_operand *operand);

/* Account for the accesses of @insn, the thread's instruction number @n: all reads, then all
 * writes. */
void upset_live_insn(struct upset_live *live, const struct upset_isa *isa,
	const struct upset_insn *insn, uint64_t n);

/* Live points of a part after @instructions instructions in all. */
uint64_t upset_live_points(const struct upset_live *live, unsigned int resource, unsigned int part,
	uint64_t instructions);

#endif
