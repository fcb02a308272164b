/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What instructions say that they compute (isa/effect.h), against what they left. */
#ifndef UPSET_TESTS_ISA_EFFECTS_H
#define UPSET_TESTS_ISA_EFFECTS_H

#include "isa/state.h"

/* What there is before an instruction, or after it. */
struct effects_state {
	const struct upset_state *registers;
	const uint8_t *memory[UPSET_INSN_MAX_MEMORY]; /* arguments that rows name; else not used */
};

/* NULL, or what of @insn is wrong, in @where. */
const char *effects_wrong(const struct upset_insn *insn, const struct effects_state *before,
	const struct effects_state *after, const char **where);

#endif
