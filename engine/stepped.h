/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an executed instruction and the register images around it to the profile, for engines
 * that step.  Knows nothing of how the images were had.
 */
#ifndef UPSET_ENGINE_STEPPED_H
#define UPSET_ENGINE_STEPPED_H

#include "isa/state.h"
#include "profile/profile.h"

enum { UPSET_STEPPED_BYTES = UPSET_COUNTED_BITS_MAX / 8 };

/* The memory that an instruction on its way names. */
struct upset_stepped_memory {
	uint64_t address[UPSET_INSN_MAX_MEMORY];
	bool readable[UPSET_INSN_MAX_MEMORY]; /* values[] holds what lay there before */
	uint8_t values[UPSET_INSN_MAX_MEMORY][UPSET_STEPPED_BYTES];
};

/* One thread's counting. */
struct upset_stepped {
	struct upset_profile *profile;
	enum upset_detail detail;
	uint64_t instructions;		 /* so far: the index of the next one */
	struct upset_work work;		 /* the same with its accesses, where calls are followed */
	struct upset_live *live;	 /* detail full, else NULL */
	struct upset_calls_thread calls; /* .calls NULL: they are not followed */
	/* False: it cannot be read. */
	bool (*read_memory)(void *context, uint64_t address, uint8_t *bytes, size_t size);
	void *context;
	int result; /* 0, or -ENOMEM */
};

/* Take addresses and, where values are counted, what lies there, in the state @before @insn. */
void upset_stepped_begin(struct upset_stepped *s, const struct upset_insn *insn,
	const struct upset_state *before, struct upset_stepped_memory *memory);
/* One execution: everything but the memory rows of a REP instruction, */
void upset_stepped_execution(struct upset_stepped *s, struct upset_profile_insn *record,
	const struct upset_stepped_memory *memory, const struct upset_state *before,
	const struct upset_state *after);
/* which one repeat of it has. */
void upset_stepped_repeat(struct upset_stepped *s, struct upset_profile_insn *record,
	const struct upset_stepped_memory *memory);

#endif
