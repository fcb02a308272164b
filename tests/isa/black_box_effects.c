/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Effects of instructions (isa/effect.h) against what was computed: a second, simple
 * implementation of what profile/flagcount.h does for many values at a time.
 */
#include <string.h>

#include "tests/isa/black_box.h"

/* The states of the instruction that is looked at. */
static const struct image *before, *after;

static uint64_t low(uint64_t value, unsigned int bits)
{
	return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

/* The low 64 bits of a row, or of the whole register that it is in. */
static uint64_t value_of(const struct image *image, const struct upset_insn *insn,
	const struct upset_operand *row, bool whole)
{
	uint64_t value = 0;

	if (row->resource == UPSET_MEMORY) {
		memcpy(&value, image->memory + black_box_place(&insn->memory[row->memory]),
			row->bits < 64 ? row->bits / 8 : 8);
		return value;
	}
	value = upset_state_word(&image->registers, row->resource);
	return whole ? value : low(value, row->bits);
}

static uint64_t input(
	const struct upset_insn *insn, const struct upset_effect *e, uint8_t from, bool whole)
{
	switch (from) {
	case UPSET_FROM_IMMEDIATE:
		return insn->immediate;
	case UPSET_FROM_ZERO:
		return 0;
	case UPSET_FROM_VALUE:
		return e->value;
	default:
		return value_of(before, insn, &insn->operands[from], whole);
	}
}

static uint64_t derived(const struct upset_insn *insn, const struct upset_effect *e)
{
	const uint64_t a = low(input(insn, e, e->a, true), e->bits);
	const uint64_t b = low(input(insn, e, e->b, true), e->bits);
	const unsigned int unused = 64u - e->bits;

	switch (e->derive) {
	case UPSET_DERIVE_ADD:
		return low(a + b, e->bits);
	case UPSET_DERIVE_SUB:
		return low(a - b, e->bits);
	case UPSET_DERIVE_AND:
		return a & b;
	case UPSET_DERIVE_OR:
		return a | b;
	case UPSET_DERIVE_XOR:
		return a ^ b;
	case UPSET_DERIVE_SIGNED_ADD:
		return (uint64_t)((int64_t)((a + b) << unused) >> unused);
	case UPSET_DERIVE_SIGNED_SUB:
		return (uint64_t)((int64_t)((a - b) << unused) >> unused);
	case UPSET_DERIVE_NOT:
		return low(~a, e->bits);
	case UPSET_DERIVE_SHL:
		return low(a << e->amount, e->bits);
	case UPSET_DERIVE_SHR:
		return a >> e->amount;
	case UPSET_DERIVE_SAR:
		return low((uint64_t)((int64_t)(a << unused) >> unused >> e->amount), e->bits);
	case UPSET_DERIVE_SIGN_EXTEND:
		return (uint64_t)((int64_t)(a << unused) >> unused);
	case UPSET_DERIVE_ADDRESS:
		return low(a + (b << e->amount) + e->value, e->bits);
	default: /* UPSET_DERIVE_ZERO_EXTEND */
		return a;
	}
}

static uint64_t effect_value(const struct upset_insn *insn, const struct upset_effect *e)
{
	if (e->kind == UPSET_EFFECT_CONSTANT)
		return e->value;
	return e->kind == UPSET_EFFECT_COPY ? input(insn, e, e->a, false) : derived(insn, e);
}

static void check_values(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		uint64_t value;

		if (row->effect == UPSET_NO_EFFECT)
			continue;
		value = effect_value(insn, &insn->effects[row->effect]);
		if (row->resource == UPSET_MEMORY)
			value = low(value, row->bits);
		if (value != value_of(after, insn, row, true))
			black_box_report(insn, "computes another value than it says in",
				machine_isa->resources[row->resource].name);
	}
}

/* Flags by a sum or a difference a, b, r of some bits. */
static bool flag_value(
	unsigned int kernel, const struct upset_flags_effect *e, uint64_t a, uint64_t b, uint64_t r)
{
	const uint64_t top = UINT64_C(1) << (e->bits - 1);
	const bool adds = e->kind == UPSET_FLAGS_ADD;

	switch (kernel) {
	case UPSET_FLAG_ZF:
		return r == 0;
	case UPSET_FLAG_SF:
		return (r & top) != 0;
	case UPSET_FLAG_CF:
		return e->kind != UPSET_FLAGS_LOGIC && (adds ? r < a : a < b);
	default: /* UPSET_FLAG_OF */
		return e->kind != UPSET_FLAGS_LOGIC &&
		       (((adds ? ~(a ^ b) : a ^ b) & (a ^ r)) & top) != 0;
	}
}

static void check_flags(const struct upset_insn *insn)
{
	const struct upset_flags_effect *e = &insn->flags;
	const struct upset_effect none = {.kind = UPSET_EFFECT_NONE};
	struct upset_effect result = {.kind = UPSET_EFFECT_DERIVE, .derive = e->derive};
	uint64_t a, b, r;

	if (e->kind == UPSET_FROM_NOTHING)
		return;
	result.bits = e->bits;
	result.a = e->a;
	result.b = e->b;
	a = low(input(insn, &none, e->a, true), e->bits);
	b = low(input(insn, &none, e->b, true), e->bits);
	if (e->result != UPSET_FROM_NOTHING)
		r = low(value_of(after, insn, &insn->operands[e->result], true), e->bits);
	else
		r = derived(insn, &result);
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		const struct upset_resource *flag = &machine_isa->resources[row->resource];
		bool value;

		if (flag->kind != UPSET_RESOURCE_FLAG || row->access != UPSET_WRITE)
			continue;
		value = flag_value(flag->kernel, e, a, b, r);
		if (flag->inverted && e->kind == UPSET_FLAGS_SUB)
			value = !value;
		if (value != upset_state_word(&after->registers, row->resource))
			black_box_report(insn, "leaves another flag than it says in", flag->name);
	}
}

void black_box_effects(
	const struct upset_insn *insn, const struct image *from, const struct image *to)
{
	before = from;
	after = to;
	check_values(insn);
	check_flags(insn);
}
