/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bits that a fault changed, and what instructions make of them. */
#ifndef UPSET_ENGINE_CHANGED_H
#define UPSET_ENGINE_CHANGED_H

#include "engine/inject.h"

struct upset_changed {
	struct upset_inject_target target;
	uint64_t words[UPSET_FAULT_BITS / 64]; /* of the register, or from target.address on */
	bool lasts;			       /* whatever is written there */
};

/* Those that @injection changed in @target. */
void upset_changed_init(struct upset_changed *changed, const struct upset_inject_target *target,
	const struct upset_injection *injection);
/* Those that @fault, which lasts, changes in @target again and again. */
void upset_changed_init_lasting(struct upset_changed *changed,
	const struct upset_inject_target *target, const struct upset_fault *fault);

bool upset_changed_is_empty(const struct upset_changed *changed);

/*
 * Whether instructions' operands say what they do to it: x87 registers are numbered
 * from a top that moves, MMX registers lie in them, and hidden ones have no rows.
 */
bool upset_changed_can_pass(const struct upset_changed *changed);

/*
 * @insn is executed in @state, which is looked at only for bits in memory.  False:
 * it reads some of @changed; else those that it overwrites are taken out.
 */
bool upset_changed_pass(struct upset_changed *changed, const struct upset_insn *insn,
	const struct upset_inject_state *state);

#endif
