/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of black_box.c share. */
#ifndef UPSET_TESTS_ISA_BLACK_BOX_H
#define UPSET_TESTS_ISA_BLACK_BOX_H

#include "tests/isa/machine.h"

/* All that rows can name, or a mask of bits in it. */
struct image {
	struct upset_state registers;
	uint8_t memory[MACHINE_WINDOW];
};

/* Where the memory argument begins in the window: it ends where that does. */
static inline size_t black_box_place(const struct upset_memory *m)
{
	return MACHINE_WINDOW - m->bits / 8;
}

/* Say and count what is wrong with the rows of @insn. */
void black_box_report(const struct upset_insn *insn, const char *what, const char *where);

/* Whether what @insn says that it computes is what it leaves. */
void black_box_effects(
	const struct upset_insn *insn, const struct image *before, const struct image *after);

#endif
