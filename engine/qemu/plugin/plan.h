/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to record a block: from its decoded instructions to lanes, rows and the
 * list of what translated code has to store.  The idea: a register's value
 * between two writes is one version; every row that names it shares one lane,
 * and what can be computed from other lanes (sums, logic, shifts by constants,
 * copies) is not stored at all.  Knows nothing of QEMU.
 */
#ifndef UPSET_ENGINE_QEMU_PLAN_H
#define UPSET_ENGINE_QEMU_PLAN_H

#include <stdbool.h>

#include "engine/qemu/shm.h"

/* One memory access that the translated code of an instruction performs itself. */
struct upset_plan_access {
	uint8_t bytes; /* 1 .. 16 */
	bool store;
};

/* An instruction of the block, given to the planner. */
struct upset_plan_insn {
	struct upset_insn insn;
	const struct upset_plan_access *accesses;
	unsigned int access_count;
};

enum upset_plan_point { UPSET_PLAN_BEFORE, UPSET_PLAN_AFTER, UPSET_PLAN_EXIT };

enum upset_plan_kind {
	UPSET_PLAN_STATE,   /* store 8 bytes of resource, from byte @part * 8, into lane */
	UPSET_PLAN_FLAGS,   /* store the flags register into lane */
	UPSET_PLAN_ACCESS,  /* store access number @part into lane (16 bytes: and lane + 1) */
	UPSET_PLAN_ADDRESS, /* store the address of access number @part into lane */
};

struct upset_plan_emit {
	uint16_t insn;
	uint8_t point; /* enum upset_plan_point */
	uint8_t kind;  /* enum upset_plan_kind */
	uint8_t resource, part;
	uint16_t lane;
};

struct upset_plan { /* growing arrays, reused from block to block */
	unsigned int detail;
	unsigned int insn_count, row_count, lane_count, column_count, derived_count, flags_count,
		emit_count, live_count, slow_count, address_count;
	struct upset_shm_insn *insns;
	struct upset_shm_row *rows;
	struct upset_shm_lane *lanes;
	struct upset_shm_flags *flags;
	struct upset_plan_emit *emits;
	struct upset_shm_live *live;
	uint32_t *addresses;
	unsigned int insn_room, row_room, lane_room, flags_room, emit_room, live_room, address_room;
};

/*
 * Plan the block @insns[@count].  The plan's arrays belong to @plan and are
 * valid until the next call.  0 or -ENOMEM.
 */
int upset_plan_make(struct upset_plan *plan, const struct upset_isa *isa, unsigned int detail,
	const struct upset_plan_insn *insns, unsigned int count);
void upset_plan_fini(struct upset_plan *plan);

#endif
