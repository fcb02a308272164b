/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading code ahead: see lookahead.h. */
#include "engine/lookahead.h"

#include <string.h>

#include "isa/isa.h"

enum {
	WORDS = UPSET_FAULT_BITS / 64,
	INSNS_AHEAD = 64,  /* looked at, on all ways together */
	STATE_BITS = 1024, /* memory as wide holds the processor's state: fxsave, xsave */
};

struct bits {
	uint64_t words[WORDS];
};

struct walk {
	const struct upset_inject_state *state;
	unsigned int resource, left;
};

static bool is_empty(const struct bits *b)
{
	for (unsigned int i = 0; i < WORDS; i++) {
		if (b->words[i] != 0)
			return false;
	}
	return true;
}

/* Whether any of the @count bits from @first on is in @b. */
static bool has_any(const struct bits *b, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count && i < UPSET_FAULT_BITS; i++) {
		if (b->words[i / 64] >> i % 64 & 1)
			return true;
	}
	return false;
}

static void take_out(struct bits *b, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count && i < UPSET_FAULT_BITS; i++)
		b->words[i / 64] &= ~(1ULL << i % 64);
}

/* Whether where it goes, and all that it reads, can be seen from the instruction alone. */
static bool is_clear(const struct upset_insn *insn)
{
	const unsigned int unclear =
		UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP | UPSET_CLASS_REP | UPSET_CLASS_RETURN;

	if (insn->classes & unclear)
		return false;
	if ((insn->classes & UPSET_CLASS_BRANCH) && insn->branch_target == 0)
		return false;
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		if (insn->memory[i].bits >= STATE_BITS)
			return false;
	}
	return true;
}

/* What of @wrong is left behind the instruction; false: it is read. */
static bool pass(const struct walk *w, const struct upset_insn *insn, struct bits *wrong)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *o = &insn->operands[i];

		if (o->resource == w->resource && o->access == UPSET_READ &&
			has_any(wrong, o->bit_offset, o->bits))
			return false;
	}
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *o = &insn->operands[i];

		if (o->resource == w->resource && o->access == UPSET_WRITE && !o->conditional)
			take_out(
				wrong, o->bit_offset, o->zero_extends ? UPSET_FAULT_BITS : o->bits);
	}
	return true;
}

/* Recursion ends since w->left falls with each instruction. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool is_lost(struct walk *w, uint64_t pc, struct bits wrong)
{
	struct upset_insn insn;

	while (w->left > 0) {
		w->left--;
		if (!upset_inject_decode(w->state, pc, &insn) || !is_clear(&insn) ||
			!pass(w, &insn, &wrong))
			return false;
		if (is_empty(&wrong))
			return true;
		if ((insn.classes & UPSET_CLASS_CONDITIONAL) &&
			!is_lost(w, insn.branch_target, wrong))
			return false;
		pc = (insn.classes & UPSET_CLASS_BRANCH) &&
				     !(insn.classes & UPSET_CLASS_CONDITIONAL)
			     ? insn.branch_target
			     : pc + insn.size;
	}
	return false;
}

static struct bits changed_bits(const struct upset_injection *injection, unsigned int offset)
{
	struct bits b = {{0}};

	for (unsigned int i = 0; i < injection->bits && i + offset < UPSET_FAULT_BITS; i++) {
		uint8_t differs = injection->old_value[i / 8] ^ injection->new_value[i / 8];

		if (differs >> i % 8 & 1)
			b.words[(i + offset) / 64] |= 1ULL << (i + offset) % 64;
	}
	return b;
}

bool upset_lookahead_is_changed(const struct upset_injection *injection)
{
	return memcmp(injection->old_value, injection->new_value, (injection->bits + 7U) / 8) != 0;
}

bool upset_lookahead_is_overwritten(const struct upset_inject_target *target,
	const struct upset_injection *injection, const struct upset_inject_state *state,
	uint64_t pc)
{
	struct walk w = {state, target->resource, INSNS_AHEAD};
	struct bits wrong = changed_bits(injection, target->bit_offset);

	/* x87 registers are numbered from a top that moves, and MMX ones lie in them. */
	if (target->memory || target->resource >= UPSET_ST0 || is_empty(&wrong))
		return false;
	return is_lost(&w, pc, wrong);
}
