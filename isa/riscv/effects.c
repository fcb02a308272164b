/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What RISC-V instructions compute (isa/effect.h), by the effects that riscv.rows
 * names.  Whatever is not here is observed.
 */
#include "isa/riscv/internal.h"

/* Argument @index as an input; what has no row is x0. */
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

static struct upset_effect copy(const struct upset_insn *insn, unsigned int index)
{
	uint8_t from = argument(insn, index);

	if (from == UPSET_FROM_ZERO)
		return constant(0);
	return (struct upset_effect){
		.kind = UPSET_EFFECT_COPY, .bits = (uint8_t)insn->operands[from].bits, .a = from};
}

static struct upset_effect derive(
	const struct upset_insn *insn, enum upset_derive_kind kind, unsigned int bits)
{
	return (struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
		.derive = (uint8_t)kind,
		.bits = (uint8_t)bits,
		.amount = 0,
		.a = argument(insn, 1),
		.b = UPSET_FROM_ZERO};
}

/* Of an argument 1 narrower than a register: from x0 comes 0. */
static struct upset_effect extend(const struct upset_insn *insn, enum upset_derive_kind kind)
{
	uint8_t from = argument(insn, 1);

	if (from == UPSET_FROM_ZERO)
		return constant(0);
	return derive(insn, kind, insn->operands[from].bits);
}

/* addi with x0 or 0 is how constants and registers are moved. */
static struct upset_effect sum(const struct upset_insn *insn)
{
	struct upset_effect effect = derive(insn, UPSET_DERIVE_ADD, 64);

	effect.b = argument(insn, 2);
	if (effect.b == UPSET_FROM_IMMEDIATE && effect.a == UPSET_FROM_ZERO)
		return constant(insn->immediate);
	if (effect.b == UPSET_FROM_IMMEDIATE && insn->immediate == 0)
		return copy(insn, 1);
	return effect;
}

static struct upset_effect two(const struct upset_insn *insn, enum upset_derive_kind kind)
{
	struct upset_effect effect = derive(insn, kind, 64);

	effect.b = argument(insn, 2);
	return effect;
}

static struct upset_effect word(const struct upset_insn *insn, enum upset_derive_kind kind)
{
	struct upset_effect effect = derive(insn, kind, 32);

	effect.b = argument(insn, 2);
	if (effect.b == UPSET_FROM_IMMEDIATE && insn->immediate == 0)
		return extend(insn, UPSET_DERIVE_SIGN_EXTEND);
	return effect;
}

/* By a constant; a word that is not moved is sign-extended. */
static struct upset_effect shift(const struct upset_insn *insn, enum upset_derive_kind kind)
{
	const uint8_t from = argument(insn, 1);
	const unsigned int bits = from == UPSET_FROM_ZERO ? 64 : insn->operands[from].bits;
	struct upset_effect effect = derive(insn, kind, bits);

	if (bits < 64 && insn->immediate == 0)
		return extend(insn, UPSET_DERIVE_SIGN_EXTEND);
	effect.amount = (uint8_t)insn->immediate;
	return effect;
}

static struct upset_effect scaled(const struct upset_insn *insn, const struct riscv_code *code)
{
	struct upset_effect effect = derive(insn, UPSET_DERIVE_ADDRESS, 64);

	effect.b = effect.a;
	effect.a = argument(insn, 2);
	effect.amount = code->word >> 13 & 3;
	return effect;
}

/* What those that compute of arguments do with them. */
static const uint8_t kinds[] = {
	[RISCV_EFFECT_ZERO] = UPSET_DERIVE_ZERO_EXTEND,
	[RISCV_EFFECT_SIGN] = UPSET_DERIVE_SIGN_EXTEND,
	[RISCV_EFFECT_WORD] = UPSET_DERIVE_SIGNED_ADD,
	[RISCV_EFFECT_WORDSUB] = UPSET_DERIVE_SIGNED_SUB,
	[RISCV_EFFECT_SUB] = UPSET_DERIVE_SUB,
	[RISCV_EFFECT_AND] = UPSET_DERIVE_AND,
	[RISCV_EFFECT_OR] = UPSET_DERIVE_OR,
	[RISCV_EFFECT_XOR] = UPSET_DERIVE_XOR,
	[RISCV_EFFECT_SHL] = UPSET_DERIVE_SHL,
	[RISCV_EFFECT_SHR] = UPSET_DERIVE_SHR,
	[RISCV_EFFECT_SAR] = UPSET_DERIVE_SAR,
};

static struct upset_effect effect_of(const struct upset_insn *insn, const struct riscv_code *code)
{
	const enum riscv_effect effect = riscv_table.insns[code->number].effect;

	switch (effect) {
	case RISCV_EFFECT_CONSTANT:
		return constant(insn->immediate);
	case RISCV_EFFECT_ADDRESS:
		return constant(insn->address + insn->immediate);
	case RISCV_EFFECT_LINK:
		return constant(insn->address + insn->size);
	case RISCV_EFFECT_COPY:
		return copy(insn, 1);
	case RISCV_EFFECT_STORE:
		return copy(insn, 0);
	case RISCV_EFFECT_ZERO:
	case RISCV_EFFECT_SIGN:
		return extend(insn, kinds[effect]);
	case RISCV_EFFECT_WORD:
	case RISCV_EFFECT_WORDSUB:
		return word(insn, kinds[effect]);
	case RISCV_EFFECT_SCALED:
		return scaled(insn, code);
	case RISCV_EFFECT_ADD:
		return sum(insn);
	case RISCV_EFFECT_SHL:
	case RISCV_EFFECT_SHR:
	case RISCV_EFFECT_SAR:
		return shift(insn, kinds[effect]);
	case RISCV_EFFECT_NONE:
		return (struct upset_effect){.kind = UPSET_EFFECT_NONE};
	default:
		return two(insn, kinds[effect]);
	}
}

void riscv_add_effect(struct upset_insn *insn, const struct riscv_code *code)
{
	struct upset_effect effect = effect_of(insn, code);

	if (effect.kind == UPSET_EFFECT_NONE)
		return;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].access == UPSET_WRITE) {
			insn->operands[i].effect = insn->effect_count;
			insn->effects[insn->effect_count++] = effect;
			return;
		}
	}
}
