/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What executing instructions amounts to: how many, and their accesses. */
#ifndef UPSET_PROFILE_WORK_H
#define UPSET_PROFILE_WORK_H

#include <stdint.h>

#include "isa/isa.h"

enum upset_work_kind {
	UPSET_WORK_INSTRUCTIONS,
	UPSET_WORK_REGISTER_READS, /* of registers and flags */
	UPSET_WORK_REGISTER_WRITES,
	UPSET_WORK_LOADS,
	UPSET_WORK_STORES,
	UPSET_WORK_KINDS
};

/* The accesses are samples of operand rows, as doc/statistics.md defines them. */
struct upset_work {
	uint64_t of[UPSET_WORK_KINDS];
};

/* What an access of @operand counts as. */
enum upset_work_kind upset_work_kind_of(const struct upset_operand *operand);
/* One execution of @insn, without what may not happen in it (repeats, masked accesses). */
void upset_work_add_insn(struct upset_work *work, const struct upset_insn *insn);
/* One repeat of the REP instruction @insn. */
void upset_work_add_repeat(struct upset_work *work, const struct upset_insn *insn);
void upset_work_add(struct upset_work *work, const struct upset_work *other);
void upset_work_subtract(struct upset_work *work, const struct upset_work *other);

#endif
