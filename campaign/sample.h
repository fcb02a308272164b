/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fault space of a golden run, and samples of it: every execution of every
 * instruction, times every bit of the chosen locations.  Experiment i depends on
 * the seed and on i alone.
 */
#ifndef UPSET_CAMPAIGN_SAMPLE_H
#define UPSET_CAMPAIGN_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"

enum upset_sample_locations {	       /* or-ed */
	UPSET_SAMPLE_GENERAL = 1 << 0, /* rax .. r15 */
	UPSET_SAMPLE_FLAGS = 1 << 1,   /* cf pf af zf sf df of */
	UPSET_SAMPLE_VECTOR = 1 << 2,  /* ymm0 .. ymm15 */
};

/* An instruction of the golden run. */
struct upset_sample_place {
	const char *module; /* NULL: the program itself */
	uint64_t address;   /* in the module's file */
	uint64_t executions;
};

struct upset_sample_space {
	const struct upset_sample_place *places; /* in any order, but always the same */
	size_t count;
	unsigned int locations; /* enum upset_sample_locations */
};

/* Bits of the chosen locations, before each instruction. */
unsigned int upset_sample_bits(unsigned int locations);

/* Faults in the space: executions times bits; UINT64_MAX when they are more. */
uint64_t upset_sample_space_size(const struct upset_sample_space *space);

/*
 * Fault number @i of the campaign with @seed: the flip of one bit, all with the
 * same probability.  0; -ENOMEM; -EINVAL for an empty space.  Free @faults with
 * upset_faults_free().
 */
int upset_sample_fault(const struct upset_sample_space *space, uint64_t seed, uint64_t i,
	struct upset_faults *faults);

#endif
