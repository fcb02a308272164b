/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading code ahead: see lookahead.h. */
#include "engine/lookahead.h"

#include <string.h>

#include "engine/changed.h"
#include "isa/isa.h"

enum {
	STATE_BITS = 1024, /* memory as wide holds the processor's state: fxsave, xsave */
};

struct walk {
	const struct upset_inject_state *state;
	unsigned int left;
};

/* Whether where it goes, and all that it reads, can be seen from the instruction alone. */
static bool is_clear(const struct upset_insn *insn)
{
	const unsigned int unclear = UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP | UPSET_CLASS_REP |
				     UPSET_CLASS_RETURN | UPSET_CLASS_DELAYED;

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

/* Recursion ends since w->left falls with each instruction. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool is_lost(struct walk *w, uint64_t pc, struct upset_changed wrong)
{
	struct upset_insn insn;

	while (w->left > 0) {
		w->left--;
		if (!upset_inject_decode(w->state, pc, &insn) || !is_clear(&insn) ||
			!upset_changed_pass(&wrong, &insn, w->state))
			return false;
		if (upset_changed_is_empty(&wrong))
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

bool upset_lookahead_is_changed(const struct upset_injection *injection)
{
	return memcmp(injection->old_value, injection->new_value, (injection->bits + 7U) / 8) != 0;
}

bool upset_lookahead_is_overwritten(const struct upset_inject_target *target,
	const struct upset_injection *injection, const struct upset_inject_state *state,
	uint64_t pc)
{
	struct walk w = {state, UPSET_LOOKAHEAD_INSNS};
	struct upset_changed wrong;

	upset_changed_init(&wrong, target, injection);
	if (target->memory || !upset_changed_can_pass(&wrong) || upset_changed_is_empty(&wrong))
		return false;
	return is_lost(&w, pc, wrong);
}
