/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live share (profile/live.h) by block: for each cell the first and the last
 * access in the block, and the points between its accesses, which are the same
 * in every execution.  Translated code does the rest.
 */
#include <string.h>

#include "engine/qemu/plugin/plan_internal.h"

struct cell {
	bool touched, counts_first;
	unsigned int first, last;
	uint64_t time, points;
};

/* @counts: the time since the last access is added to the cell's sum. */
static void access_cell(struct cell *cell, unsigned int insn, bool counts)
{
	uint64_t time = insn + 1;

	if (!cell->touched) {
		cell->touched = true;
		cell->counts_first = counts;
		cell->first = insn;
	} else if (counts) {
		cell->points += time - cell->time;
	}
	cell->time = time;
	cell->last = insn;
}

static void access_operand(const struct upset_isa *isa, struct cell *cells,
	const struct upset_operand *o, unsigned int insn)
{
	const struct upset_resource *r = &isa->resources[o->resource];
	const bool counts = upset_shm_cell_counts(isa, o->resource, o->access);

	for (unsigned int mask = upset_live_parts(isa, o); mask != 0; mask &= mask - 1)
		access_cell(&cells[r->cell + (unsigned int)__builtin_ctz(mask)], insn, counts);
}

static void access_insn(const struct upset_isa *isa, struct cell *cells,
	const struct upset_insn *insn, unsigned int i)
{
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		for (unsigned int k = 0; k < insn->operand_count; k++) {
			if (insn->operands[k].access == access)
				access_operand(isa, cells, &insn->operands[k], i);
		}
	}
}

void plan_live(struct planner *p)
{
	struct cell cells[UPSET_CELLS_MAX];
	struct upset_plan *plan = p->plan;

	memset(cells, 0, p->isa->cell_count * sizeof(cells[0]));
	for (unsigned int i = 0; i < p->count; i++)
		access_insn(p->isa, cells, &p->insns[i].insn, i);
	for (unsigned int c = 0; c < p->isa->cell_count; c++) {
		if (!cells[c].touched)
			continue;
		if (!plan_grow(p, (void **)&plan->live, &plan->live_room, plan->live_count,
			    sizeof(*plan->live)))
			return;
		plan->live[plan->live_count++] = (struct upset_shm_live){
			.cell = (uint16_t)c,
			.first = (uint16_t)cells[c].first,
			.last = (uint16_t)cells[c].last,
			.counts_first = cells[c].counts_first,
			.points = cells[c].points,
		};
	}
}
