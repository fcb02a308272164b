/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What A64 instructions compute (isa/effect.h), by the effects that the files of
 * rows name.  Whatever is not here is observed.
 */
#include "isa/aarch64/internal.h"

struct context {
	struct upset_insn *insn;
	const struct aarch64_code *code;
	unsigned int bits;   /* of the operation */
	unsigned int amount; /* places by which argument 2 is moved to the left */
	bool is_plain;	     /* argument 2 is not moved or turned */
};

static const struct upset_effect nothing = {.kind = UPSET_EFFECT_NONE};

/* Argument @index as an input; what has no row is xzr. */
static uint8_t argument(const struct upset_insn *insn, unsigned int index)
{
	uint8_t row = upset_insn_row(insn, index, UPSET_READ);

	if (row != UPSET_FROM_NOTHING)
		return row;
	return index == insn->immediate_index ? UPSET_FROM_IMMEDIATE : UPSET_FROM_ZERO;
}

static struct upset_effect constant(uint64_t value)
{
	return (struct upset_effect){.kind = UPSET_EFFECT_CONSTANT, .value = value};
}

static struct upset_effect copy(const struct context *c, unsigned int index)
{
	uint8_t from = argument(c->insn, index);

	if (from == UPSET_FROM_ZERO)
		return constant(0);
	if (from == UPSET_FROM_IMMEDIATE)
		return constant(c->insn->immediate);
	return (struct upset_effect){.kind = UPSET_EFFECT_COPY,
		.bits = (uint8_t)c->insn->operands[from].bits,
		.a = from};
}

static struct upset_effect derive(const struct context *c, enum upset_derive_kind kind)
{
	return (struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
		.derive = (uint8_t)kind,
		.bits = (uint8_t)c->bits,
		.a = argument(c->insn, 1),
		.b = argument(c->insn, 2)};
}

static struct upset_effect one(const struct context *c, enum upset_derive_kind kind,
	unsigned int bits, unsigned int amount)
{
	struct upset_effect effect = derive(c, kind);

	if (effect.a == UPSET_FROM_ZERO)
		return constant(0);
	effect.b = UPSET_FROM_ZERO;
	effect.bits = (uint8_t)bits;
	effect.amount = (uint8_t)amount;
	return effect;
}

/* Of two arguments as they are. */
static struct upset_effect two(const struct context *c, enum upset_derive_kind kind)
{
	return c->is_plain ? derive(c, kind) : nothing;
}

static struct upset_effect sum(const struct context *c)
{
	struct upset_effect effect = derive(c, UPSET_DERIVE_ADDRESS);

	if (c->is_plain)
		return derive(c, UPSET_DERIVE_ADD);
	effect.amount = (uint8_t)c->amount;
	return c->amount ? effect : nothing;
}

/* How registers and constants are moved. */
static struct upset_effect or_(const struct context *c)
{
	if (argument(c->insn, 1) == UPSET_FROM_ZERO && c->is_plain)
		return copy(c, 2);
	return two(c, UPSET_DERIVE_OR);
}

static struct upset_effect inverted(const struct context *c)
{
	struct upset_effect effect = derive(c, UPSET_DERIVE_NOT);

	if (effect.a != UPSET_FROM_ZERO || effect.b == UPSET_FROM_ZERO || !c->is_plain)
		return nothing;
	effect.a = effect.b;
	effect.b = UPSET_FROM_ZERO;
	return effect;
}

static bool is_width(unsigned int bits)
{
	return bits == 8 || bits == 16 || bits == 32;
}

/* Shifts and extensions are moves of fields. */
static struct upset_effect field(const struct context *c, bool is_signed)
{
	const unsigned int first = c->code->word >> 16 & 63, last = c->code->word >> 10 & 63;

	if (last == c->bits - 1)
		return one(c, is_signed ? UPSET_DERIVE_SAR : UPSET_DERIVE_SHR, c->bits, first);
	if (!is_signed && last + 1 == first)
		return one(c, UPSET_DERIVE_SHL, c->bits, c->bits - first);
	if (first != 0 || !is_width(last + 1) || (is_signed && c->bits != 64))
		return nothing;
	return one(c, is_signed ? UPSET_DERIVE_SIGN_EXTEND : UPSET_DERIVE_ZERO_EXTEND, last + 1, 0);
}

static struct upset_effect extended(const struct context *c)
{
	if (c->insn->memory_count == 0)
		return field(c, true);
	return c->bits == 64 ? one(c, UPSET_DERIVE_SIGN_EXTEND, c->insn->memory[0].bits, 0)
			     : nothing;
}

static uint64_t address(const struct context *c)
{
	const bool is_page = aarch64_shape(c->code)->operands[1].kind == AARCH64_PAGE;

	return (is_page ? c->insn->address & ~UINT64_C(0xfff) : c->insn->address) +
	       c->insn->immediate;
}

static struct upset_effect effect_of(const struct context *c, unsigned int kind)
{
	switch (kind) {
	case AARCH64_EFFECT_CONSTANT:
		return constant(c->insn->immediate);
	case AARCH64_EFFECT_INVERSE:
		return constant(aarch64_number(c->code, &aarch64_shape(c->code)->operands[2]));
	case AARCH64_EFFECT_ADDRESS:
		return constant(address(c));
	case AARCH64_EFFECT_LINK:
		return constant(c->insn->address + 4);
	case AARCH64_EFFECT_LOAD:
		return copy(c, 1);
	case AARCH64_EFFECT_SIGNED:
		return extended(c);
	case AARCH64_EFFECT_UNSIGNED:
		return field(c, false);
	case AARCH64_EFFECT_STORE:
		return copy(c, 0);
	case AARCH64_EFFECT_ADD:
	case AARCH64_EFFECT_ADDX:
	case AARCH64_EFFECT_ADDS:
		return sum(c);
	case AARCH64_EFFECT_SUB:
	case AARCH64_EFFECT_SUBS:
		return two(c, UPSET_DERIVE_SUB);
	case AARCH64_EFFECT_AND:
	case AARCH64_EFFECT_ANDS:
		return two(c, UPSET_DERIVE_AND);
	case AARCH64_EFFECT_OR:
		return or_(c);
	case AARCH64_EFFECT_ORN:
		return inverted(c);
	case AARCH64_EFFECT_XOR:
		return two(c, UPSET_DERIVE_XOR);
	default:
		return nothing;
	}
}

/* Inputs and result of instructions that set all flags by a sum, a difference or a mask. */
static void set_flags(const struct context *c, unsigned int kind)
{
	struct upset_flags_effect *flags = &c->insn->flags;
	const struct upset_effect result = effect_of(c, kind);
	const uint8_t row = upset_insn_row(c->insn, 0, UPSET_WRITE);

	*flags = (struct upset_flags_effect){.kind = UPSET_FROM_NOTHING,
		.bits = (uint8_t)c->bits,
		.a = argument(c->insn, 1),
		.b = argument(c->insn, 2),
		.result = row,
		.derive = result.kind == UPSET_EFFECT_NONE ? UPSET_FROM_NOTHING : result.derive};
	if (kind == AARCH64_EFFECT_ADDS && c->is_plain)
		flags->kind = UPSET_FLAGS_ADD;
	else if (kind == AARCH64_EFFECT_SUBS && c->is_plain)
		flags->kind = UPSET_FLAGS_SUB;
	else if (kind == AARCH64_EFFECT_ANDS || kind == AARCH64_EFFECT_BICS)
		flags->kind = UPSET_FLAGS_LOGIC;
	if (row == UPSET_FROM_NOTHING && flags->derive == UPSET_FROM_NOTHING)
		flags->kind = UPSET_FROM_NOTHING;
}

static void set_effect(struct upset_insn *insn, uint8_t row, struct upset_effect effect)
{
	if (effect.kind == UPSET_EFFECT_NONE || row == UPSET_FROM_NOTHING)
		return;
	insn->operands[row].effect = insn->effect_count;
	insn->effects[insn->effect_count++] = effect;
}

/* The base register of a pre- or post-indexed access. */
static void add_write_back(struct context *c, const struct table_operand *operand)
{
	const uint8_t base = c->insn->memory[0].base;
	struct upset_effect effect = {.kind = UPSET_EFFECT_DERIVE,
		.derive = UPSET_DERIVE_ADD,
		.bits = 64,
		.a = UPSET_FROM_NOTHING,
		.b = UPSET_FROM_VALUE};
	uint8_t written = UPSET_FROM_NOTHING;

	if (operand->kind == AARCH64_POSTSIZE)
		effect.value = operand->bits / 8;
	else
		effect.value = (uint64_t)aarch64_field(c->code, operand->second);
	for (unsigned int k = 0; k < c->insn->operand_count; k++) {
		const struct upset_operand *row = &c->insn->operands[k];

		if (row->resource != base)
			continue;
		if (row->access == UPSET_WRITE)
			written = (uint8_t)k;
		else if (row->bits == 64)
			effect.a = (uint8_t)k;
	}
	set_effect(c->insn, written, effect);
}

/* How the shape has argument 2 moved. */
static void set_shift(struct context *c)
{
	const struct table_shape *shape = aarch64_shape(c->code);

	c->is_plain = true;
	for (unsigned int i = 0; i < shape->operand_count; i++) {
		const struct table_operand *operand = &shape->operands[i];

		if (operand->kind == AARCH64_SHIFT) {
			const unsigned int amount = c->code->word >> 10 & 63;

			c->is_plain = amount == 0;
			c->amount = (c->code->word >> 22 & 3) == 0 ? amount : 0;
		} else if (operand->kind == AARCH64_EXTEND) {
			const unsigned int amount = c->code->word >> 10 & 7;
			const bool is_whole = shape->operands[2].bits == c->bits;

			c->is_plain = is_whole && amount == 0;
			c->amount = is_whole ? amount : 0;
		}
	}
}

/* What is loaded into the base that changes: processors differ in what is left. */
static bool writes_twice(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		for (unsigned int k = 0; k < i; k++) {
			if (insn->operands[i].access == UPSET_WRITE &&
				insn->operands[k].access == UPSET_WRITE &&
				insn->operands[i].resource == insn->operands[k].resource)
				return true;
		}
	}
	return false;
}

void aarch64_add_effects(struct upset_insn *insn, const struct aarch64_code *code)
{
	const struct table_shape *shape = aarch64_shape(code);
	const unsigned int kind = aarch64_table.insns[code->number].effect;
	struct context c = {.insn = insn, .code = code, .bits = shape->operands[0].bits};

	if (writes_twice(insn))
		return;
	set_shift(&c);
	if (kind == AARCH64_EFFECT_STORE || kind == AARCH64_EFFECT_LINK)
		set_effect(insn, upset_insn_row(insn, 1, UPSET_WRITE), effect_of(&c, kind));
	else if (kind != AARCH64_EFFECT_NONE)
		set_effect(insn, upset_insn_row(insn, 0, UPSET_WRITE), effect_of(&c, kind));
	if (kind >= AARCH64_EFFECT_ADDS)
		set_flags(&c, kind);
	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == AARCH64_PRE ||
			shape->operands[i].kind == AARCH64_POST ||
			shape->operands[i].kind == AARCH64_POSTSIZE)
			add_write_back(&c, &shape->operands[i]);
	}
}
