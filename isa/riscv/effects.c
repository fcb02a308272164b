/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What RISC-V instructions compute (isa/effect.h), by the effects that riscv.rows
 * names.  Whatever is not here is observed.
 */
#include "isa/riscv/internal.h"

static uint8_t find_row(const struct upset_insn *insn, unsigned int index, unsigned int access)
{
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].index == index && insn->operands[k].access == access)
			return (uint8_t)k;
	}
	return UPSET_FROM_NOTHING;
}

/* Argument @index as an input; what has no row is x0. */
static uint8_t argument(const struct upset_insn *insn, unsigned int index)
{
	uint8_t row = find_row(insn, index, UPSET_READ);

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

static struct upset_effect effect_of(const struct upset_insn *insn, const struct riscv_code *code)
{
	switch (riscv_table.insns[code->number].effect) {
	case RISCV_EFFECT_CONSTANT:
		return constant(insn->immediate);
	case RISCV_EFFECT_ADDRESS:
		return constant(insn->address + insn->immediate);
	case RISCV_EFFECT_LINK:
		return constant(insn->address + insn->size);
	case RISCV_EFFECT_COPY:
		return copy(insn, 1);
	case RISCV_EFFECT_ZERO:
		return extend(insn, UPSET_DERIVE_ZERO_EXTEND);
	case RISCV_EFFECT_SIGN:
		return extend(insn, UPSET_DERIVE_SIGN_EXTEND);
	case RISCV_EFFECT_STORE:
		return copy(insn, 0);
	case RISCV_EFFECT_ADD:
		return sum(insn);
	case RISCV_EFFECT_SUB:
		return two(insn, UPSET_DERIVE_SUB);
	case RISCV_EFFECT_AND:
		return two(insn, UPSET_DERIVE_AND);
	case RISCV_EFFECT_OR:
		return two(insn, UPSET_DERIVE_OR);
	case RISCV_EFFECT_XOR:
		return two(insn, UPSET_DERIVE_XOR);
	case RISCV_EFFECT_SHL:
		return shift(insn, UPSET_DERIVE_SHL);
	case RISCV_EFFECT_SHR:
		return shift(insn, UPSET_DERIVE_SHR);
	case RISCV_EFFECT_SAR:
		return shift(insn, UPSET_DERIVE_SAR);
	case RISCV_EFFECT_SCALED:
		return scaled(insn, code);
	case RISCV_EFFECT_WORD:
		return word(insn, UPSET_DERIVE_SIGNED_ADD);
	case RISCV_EFFECT_WORDSUB:
		return word(insn, UPSET_DERIVE_SIGNED_SUB);
	default:
		break;
	}
	return (struct upset_effect){.kind = UPSET_EFFECT_NONE};
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
