/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Effects of instructions (isa/effect.h) against what was computed: a second, simple
 * implementation of what profile/flagcount.h does for many values at a time.
 */
#include <string.h>

#include "tests/isa/effects.h"

/* The instruction that is looked at. */
static const struct upset_insn *insn;
static const struct effects_state *before, *after;

static uint64_t low(uint64_t value, unsigned int bits)
{
	return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

/* The low 64 bits of a row, or of the register that it is in from there on. */
static uint64_t value_of(
	const struct effects_state *state, const struct upset_operand *row, bool whole)
{
	uint64_t value = 0;

	if (row->resource == UPSET_MEMORY) {
		memcpy(&value, state->memory[row->memory], row->bits < 64 ? row->bits / 8 : 8);
		return value;
	}
	value = upset_state_word(state->registers, row->resource) >> row->bit_offset;
	return whole ? value : low(value, row->bits);
}

/* Of an input that is a row: results are inputs, too, of flags. */
static const struct effects_state *time_of(const struct upset_operand *row)
{
	return row->access == UPSET_READ ? before : after;
}

static uint64_t input(const struct upset_effect *e, uint8_t from, bool whole)
{
	switch (from) {
	case UPSET_FROM_IMMEDIATE:
		return insn->immediate;
	case UPSET_FROM_ZERO:
		return 0;
	case UPSET_FROM_ONE:
		return 1;
	case UPSET_FROM_VALUE:
		return e->value;
	default:
		return value_of(time_of(&insn->operands[from]), &insn->operands[from], whole);
	}
}

static uint64_t derived(const struct upset_effect *e)
{
	const uint64_t a = low(input(e, e->a, false), e->bits);
	const uint64_t b = low(input(e, e->b, false), e->bits);
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
	case UPSET_DERIVE_NEG:
		return low(-a, e->bits);
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

static uint64_t effect_value(const struct upset_effect *e)
{
	switch (e->kind) {
	case UPSET_EFFECT_CONSTANT:
		return e->value;
	case UPSET_EFFECT_COPY:
		return input(e, e->a, false);
	case UPSET_EFFECT_BIT:
		return input(e, e->a, false) >> e->amount & 1;
	case UPSET_EFFECT_BEFORE:
		return upset_state_word(before->registers, e->a);
	default:
		return derived(e);
	}
}

static void bytes_of(const struct effects_state *state, const struct upset_operand *row,
	uint8_t bytes[UPSET_COUNTED_BITS_MAX / 8])
{
	if (row->resource == UPSET_MEMORY)
		memcpy(bytes, state->memory[row->memory], row->bits / 8);
	else
		upset_state_operand(state->registers, row, bytes);
}

/* Whether @row has the same bits as the one that it is a copy of. */
static bool is_copied(const struct upset_operand *row, const struct upset_operand *from)
{
	uint8_t a[UPSET_COUNTED_BITS_MAX / 8], b[UPSET_COUNTED_BITS_MAX / 8];

	bytes_of(before, from, a);
	bytes_of(after, row, b);
	return row->bits <= from->bits && memcmp(a, b, row->bits / 8) == 0;
}

static bool is_value_right(const struct upset_operand *row)
{
	const struct upset_effect *e = &insn->effects[row->effect];
	uint64_t value;

	if (row->bits > 64)
		return e->kind == UPSET_EFFECT_COPY && is_copied(row, &insn->operands[e->a]);
	value = effect_value(e);
	if (row->resource == UPSET_MEMORY)
		value = low(value, row->bits);
	else if (e->kind == UPSET_EFFECT_COPY && e->bits)
		value = low(value, e->bits);
	return value == value_of(after, row, true);
}

/* --- flags ------------------------------------------------------------------------------ */

/* Inputs and the result of what flags are those of, of some bits. */
struct computed {
	uint64_t a, b, r, top;
};

static bool is_even(uint64_t value)
{
	bool even = true;

	for (unsigned int i = 0; i < 8; i++)
		even ^= value >> i & 1;
	return even;
}

/* Out of a sum or difference, also one with carry. */
static bool carry(const struct upset_flags_effect *e, const struct computed *c)
{
	switch (e->kind) {
	case UPSET_FLAGS_ADD:
		return ((c->a & c->b) | ((c->a | c->b) & ~c->r)) & c->top;
	case UPSET_FLAGS_SUB:
		return ((~c->a & c->b) | ((~c->a | c->b) & c->r)) & c->top;
	case UPSET_FLAGS_SHL:
		return c->a >> (e->bits - e->amount) & 1;
	case UPSET_FLAGS_SHR:
	case UPSET_FLAGS_SAR:
		return c->a >> (e->amount - 1) & 1;
	default:
		return false;
	}
}

static bool overflow(const struct upset_flags_effect *e, const struct computed *c)
{
	switch (e->kind) {
	case UPSET_FLAGS_ADD:
		return ~(c->a ^ c->b) & (c->a ^ c->r) & c->top;
	case UPSET_FLAGS_SUB:
		return (c->a ^ c->b) & (c->a ^ c->r) & c->top;
	case UPSET_FLAGS_SHL:
		return carry(e, c) ^ ((c->r & c->top) != 0);
	case UPSET_FLAGS_SHR:
		return e->amount == 1 && (c->a & c->top);
	default:
		return false;
	}
}

static bool flag_value(
	unsigned int kernel, const struct upset_flags_effect *e, const struct computed *c)
{
	switch (kernel) {
	case UPSET_FLAG_ZF:
		return c->r == 0;
	case UPSET_FLAG_SF:
		return c->r & c->top;
	case UPSET_FLAG_PF:
		return is_even(c->r);
	case UPSET_FLAG_AF:
		return e->kind <= UPSET_FLAGS_SUB && ((c->a ^ c->b ^ c->r) & 16);
	case UPSET_FLAG_CF:
		return carry(e, c);
	default: /* UPSET_FLAG_OF */
		return overflow(e, c);
	}
}

static struct computed compute(const struct upset_flags_effect *e)
{
	const struct upset_effect result = {.kind = UPSET_EFFECT_DERIVE,
		.derive = e->derive,
		.bits = e->bits,
		.amount = e->amount,
		.a = e->a,
		.b = e->b};
	struct computed c = {.a = low(input(&result, e->a, false), e->bits),
		.b = low(input(&result, e->b, false), e->bits),
		.top = UINT64_C(1) << (e->bits - 1)};

	if (e->result != UPSET_FROM_NOTHING)
		c.r = low(value_of(after, &insn->operands[e->result], false), e->bits);
	else
		c.r = derived(&result);
	return c;
}

static bool is_flag_right(const struct upset_operand *row, const struct upset_resource *flag)
{
	const struct upset_flags_effect *e = &insn->flags;
	const struct computed c = compute(e);
	bool value = flag_value(flag->kernel, e, &c);

	if (flag->inverted && e->kind == UPSET_FLAGS_SUB)
		value = !value;
	return value == upset_state_word(after->registers, row->resource);
}

const char *effects_wrong(const struct upset_insn *of, const struct effects_state *from,
	const struct effects_state *to, const char **where)
{
	insn = of;
	before = from;
	after = to;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		const struct upset_resource *r = &from->registers->isa->resources[row->resource];

		*where = r->name;
		if (row->effect != UPSET_NO_EFFECT) {
			if (!is_value_right(row))
				return "computes another value than it says in";
		} else if (row->access == UPSET_WRITE && r->kind == UPSET_RESOURCE_FLAG &&
			   insn->flags.kind != UPSET_FROM_NOTHING && !is_flag_right(row, r)) {
			return "leaves another flag than it says in";
		}
	}
	return NULL;
}
