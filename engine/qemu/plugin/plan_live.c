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

static void access_operand(struct cell *cells, const struct upset_operand *o, unsigned int insn)
{
	unsigned int parts, first, mask;

	if (o->resource == UPSET_MEMORY)
		return;
	first = upset_shm_cell(o->resource, &parts);
	mask = upset_live_parts(o);
	for (unsigned int part = 0; part < parts; part++) {
		if (mask & 1U << part)
			access_cell(&cells[first + part], insn,
				upset_shm_cell_counts(first, o->access));
	}
}

static void access_insn(struct cell *cells, const struct upset_insn *insn, unsigned int i)
{
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		for (unsigned int k = 0; k < insn->operand_count; k++) {
			if (insn->operands[k].access == access)
				access_operand(cells, &insn->operands[k], i);
		}
	}
}

void plan_live(struct planner *p)
{
	struct cell cells[UPSET_CELLS];
	struct upset_plan *plan = p->plan;

	memset(cells, 0, sizeof(cells));
	for (unsigned int i = 0; i < p->count; i++)
		access_insn(cells, &p->insns[i].insn, i);
	for (unsigned int c = 0; c < UPSET_CELLS; c++) {
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
