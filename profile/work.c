/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions and their accesses: see work.h.  Used by engine native and inside QEMU. */
#include "profile/work.h"

enum upset_work_kind upset_work_kind_of(const struct upset_operand *operand)
{
	bool write = operand->access == UPSET_WRITE;

	if (operand->resource == UPSET_MEMORY)
		return write ? UPSET_WORK_STORES : UPSET_WORK_LOADS;
	return write ? UPSET_WORK_REGISTER_WRITES : UPSET_WORK_REGISTER_READS;
}

void upset_work_add_insn(struct upset_work *work, const struct upset_insn *insn)
{
	work->of[UPSET_WORK_INSTRUCTIONS]++;
	for (unsigned int i = 0; i < insn->operand_count; i++)
		work->of[upset_work_kind_of(&insn->operands[i])] += !insn->operands[i].conditional;
}

void upset_work_add_repeat(struct upset_work *work, const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++)
		work->of[upset_work_kind_of(&insn->operands[i])] +=
			insn->operands[i].resource == UPSET_MEMORY;
}

void upset_work_add(struct upset_work *work, const struct upset_work *other)
{
	for (unsigned int i = 0; i < UPSET_WORK_KINDS; i++)
		work->of[i] += other->of[i];
}

void upset_work_subtract(struct upset_work *work, const struct upset_work *other)
{
	for (unsigned int i = 0; i < UPSET_WORK_KINDS; i++)
		work->of[i] -= other->of[i];
}
