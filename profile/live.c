/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live share of registers: see live.h. */
#include "profile/live.h"

#include <stdbool.h>

/* Bytes at which the parts of a register end; 0 after the last part. */
struct parts {
	uint8_t ends[UPSET_LIVE_PARTS];
};

static const struct parts general_parts = {{1, 2, 4, 8}};
static const struct parts vector_parts = {{4, 8, 16, 32}};
static const struct parts flag_parts = {{1}};
static const struct parts x87_parts = {{10}};
static const struct parts mmx_parts = {{8}};
static const struct parts no_parts = {{0}};

static const struct parts *parts_of(unsigned int resource)
{
	if (resource <= UPSET_R15)
		return &general_parts;
	if (resource <= UPSET_OF)
		return &flag_parts;
	if (resource >= UPSET_YMM0 && resource < UPSET_ST0)
		return &vector_parts;
	if (resource >= UPSET_ST0 && resource < UPSET_MM0)
		return &x87_parts;
	if (resource >= UPSET_MM0 && resource < UPSET_MEMORY)
		return &mmx_parts;
	return &no_parts;
}

unsigned int upset_live_part_bytes(unsigned int resource, unsigned int part)
{
	const struct parts *parts = parts_of(resource);

	if (part >= UPSET_LIVE_PARTS || parts->ends[part] == 0)
		return 0;
	return (unsigned int)parts->ends[part] - (part > 0 ? parts->ends[part - 1] : 0U);
}

unsigned int upset_live_parts(const struct upset_operand *operand)
{
	const struct parts *parts = parts_of(operand->resource);
	unsigned int low = operand->bit_offset / 8U;
	unsigned int high = (operand->bit_offset + (unsigned int)operand->bits + 7U) / 8U;
	unsigned int mask = 0, start = 0;

	if (operand->bits == 0 || (operand->access == UPSET_WRITE && operand->conditional))
		return 0;
	if (operand->access == UPSET_WRITE && operand->zero_extends)
		high = UINT8_MAX;
	for (unsigned int part = 0; part < UPSET_LIVE_PARTS && parts->ends[part] != 0; part++) {
		if (low < parts->ends[part] && high > start)
			mask |= 1U << part;
		start = parts->ends[part];
	}
	return mask;
}

static void account(struct upset_live *live, const struct upset_operand *operand, uint64_t time)
{
	unsigned int mask = upset_live_parts(operand);
	unsigned int resource = operand->resource;

	for (; mask != 0; mask &= mask - 1) {
		unsigned int part = (unsigned int)__builtin_ctz(mask);

		if (operand->access == UPSET_WRITE)
			live->dead[resource][part] += time - live->last[resource][part];
		live->last[resource][part] = time;
	}
}

static void account_all(struct upset_live *live, const struct upset_insn *insn,
	enum upset_access access, uint64_t time)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].access == access)
			account(live, &insn->operands[i], time);
	}
}

void upset_live_insn(struct upset_live *live, const struct upset_insn *insn, uint64_t n)
{
	account_all(live, insn, UPSET_READ, n + 1);
	account_all(live, insn, UPSET_WRITE, n + 1);
}

uint64_t upset_live_points(const struct upset_live *live, unsigned int resource, unsigned int part,
	uint64_t instructions)
{
	uint64_t dead = live->dead[resource][part] + instructions - live->last[resource][part];

	return instructions - dead;
}
