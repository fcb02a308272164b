/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits that a fault changed: see changed.h. */
#include "engine/changed.h"

#include "isa/isa.h"

enum { WORDS = UPSET_FAULT_BITS / 64 };

/* A part of what may be changed, in bits. */
struct part {
	unsigned int first, count;
};

static void add(struct upset_changed *c, unsigned int bit)
{
	if (bit < UPSET_FAULT_BITS)
		c->words[bit / 64] |= 1ULL << bit % 64;
}

void upset_changed_init(struct upset_changed *c, const struct upset_inject_target *target,
	const struct upset_injection *injection)
{
	*c = (struct upset_changed){.target = *target};
	for (unsigned int i = 0; i < injection->bits && i < UPSET_FAULT_BITS; i++) {
		uint8_t differs = injection->old_value[i / 8] ^ injection->new_value[i / 8];

		if (differs >> i % 8 & 1)
			add(c, i + target->bit_offset);
	}
}

void upset_changed_init_lasting(struct upset_changed *c, const struct upset_inject_target *target,
	const struct upset_fault *fault)
{
	*c = (struct upset_changed){.target = *target, .lasts = true};
	for (unsigned int i = 0; i < target->bits && i < UPSET_FAULT_BITS; i++) {
		if (fault->model == UPSET_FAULT_SET || (fault->bits[i / 64] >> i % 64 & 1))
			add(c, i + target->bit_offset);
	}
}

bool upset_changed_is_empty(const struct upset_changed *c)
{
	for (unsigned int i = 0; i < WORDS; i++) {
		if (c->words[i] != 0)
			return false;
	}
	return true;
}

bool upset_changed_can_pass(const struct upset_changed *c)
{
	if (c->target.memory)
		return true;
	switch (c->target.isa->resources[c->target.resource].kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_FLAG:
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_FLOAT:
	case UPSET_RESOURCE_CONTROL:
		return true;
	default:
		return false;
	}
}

static bool has_any(const struct upset_changed *c, struct part p)
{
	for (unsigned int i = p.first; i < p.first + p.count && i < UPSET_FAULT_BITS; i++) {
		if (c->words[i / 64] >> i % 64 & 1)
			return true;
	}
	return false;
}

static void take_out(struct upset_changed *c, struct part p)
{
	for (unsigned int i = p.first; i < p.first + p.count && i < UPSET_FAULT_BITS; i++)
		c->words[i / 64] &= ~(1ULL << i % 64);
}

/* What @bytes of memory from @address on have in common with the target. */
static struct part common_part(const struct upset_changed *c, uint64_t address, uint64_t bytes)
{
	uint64_t start = c->target.address, size = UPSET_FAULT_BITS / 8;

	if (address < start) {
		bytes = bytes > start - address ? bytes - (start - address) : 0;
		address = start;
	}
	if (bytes == 0 || address - start >= size)
		return (struct part){0, 0};
	if (bytes > size)
		bytes = size;
	return (struct part){(unsigned int)(address - start) * 8, (unsigned int)bytes * 8};
}

/* Which part of the target the operand is; its count is 0 when it is none. */
static struct part part_of(const struct upset_changed *c, const struct upset_insn *insn,
	const struct upset_operand *o, const struct upset_inject_state *state)
{
	const struct upset_memory *memory = &insn->memory[o->memory];

	if (!c->target.memory)
		return o->resource == c->target.resource ? (struct part){o->bit_offset, o->bits}
							 : (struct part){0, 0};
	if (o->resource != UPSET_MEMORY || memory->scattered)
		return (struct part){0, 0};
	return common_part(c, upset_inject_address(state, memory), (o->bits + 7U) / 8);
}

bool upset_changed_pass(struct upset_changed *c, const struct upset_insn *insn,
	const struct upset_inject_state *state)
{
	if (c->target.memory && has_any(c, common_part(c, insn->address, insn->size)))
		return false;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *o = &insn->operands[i];

		if (o->access == UPSET_READ && has_any(c, part_of(c, insn, o, state)))
			return false;
	}
	for (unsigned int i = 0; i < insn->operand_count && !c->lasts; i++) {
		const struct upset_operand *o = &insn->operands[i];
		struct part p;

		if (o->access != UPSET_WRITE || o->conditional)
			continue;
		p = part_of(c, insn, o, state);
		if (p.count > 0 && o->zero_extends)
			p.count = UPSET_FAULT_BITS;
		take_out(c, p);
	}
	return true;
}
