/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live share of registers: see live.h. */
#include "profile/live.h"

unsigned int upset_live_part_bytes(
	const struct upset_isa *isa, unsigned int resource, unsigned int part)
{
	const uint8_t *ends = isa->resources[resource].part_ends;

	if (part >= UPSET_LIVE_PARTS || ends[part] == 0)
		return 0;
	return (unsigned int)ends[part] - (part > 0 ? ends[part - 1] : 0U);
}

unsigned int upset_live_parts(const struct upset_isa *isa, const struct upset_operand *operand)
{
	const uint8_t *ends = isa->resources[operand->resource].part_ends;
	unsigned int low = operand->bit_offset / 8U;
	unsigned int high = (operand->bit_offset + (unsigned int)operand->bits + 7U) / 8U;
	unsigned int mask = 0, start = 0;

	if (operand->bits == 0 || (operand->access == UPSET_WRITE && operand->conditional))
		return 0;
	if (operand->access == UPSET_WRITE && operand->zero_extends)
		high = UINT8_MAX;
	for (unsigned int part = 0; part < UPSET_LIVE_PARTS && ends[part] != 0; part++) {
		if (low < ends[part] && high > start)
			mask |= 1U << part;
		start = ends[part];
	}
	return mask;
}

static void account(struct upset_live *live, const struct upset_isa *isa,
	const struct upset_operand *operand, uint64_t time)
{
	unsigned int mask = upset_live_parts(isa, operand);
	unsigned int resource = operand->resource;

	for (; mask != 0; mask &= mask - 1) {
		unsigned int part = (unsigned int)__builtin_ctz(mask);

		if (operand->access == UPSET_WRITE)
			live->dead[resource][part] += time - live->last[resource][part];
		live->last[resource][part] = time;
	}
}

static void account_all(struct upset_live *live, const struct upset_isa *isa,
	const struct upset_insn *insn, enum upset_access access, uint64_t time)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].access == access)
			account(live, isa, &insn->operands[i], time);
	}
}

void upset_live_insn(struct upset_live *live, const struct upset_isa *isa,
	const struct upset_insn *insn, uint64_t n)
{
	account_all(live, isa, insn, UPSET_READ, n + 1);
	account_all(live, isa, insn, UPSET_WRITE, n + 1);
}

uint64_t upset_live_points(const struct upset_live *live, unsigned int resource, unsigned int part,
	uint64_t instructions)
{
	uint64_t dead = live->dead[resource][part] + instructions - live->last[resource][part];

	return instructions - dead;
}
