/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fault space of a golden run, and samples of it: every execution of every
 * instruction, times every bit of the chosen locations, times the chosen models.
 * Experiment i depends on the seed and on i alone.
 */
#ifndef UPSET_CAMPAIGN_SAMPLE_H
#define UPSET_CAMPAIGN_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"

enum upset_sample_locations {	       /* or-ed */
	UPSET_SAMPLE_GENERAL = 1 << 0, /* rax .. r15 */
	UPSET_SAMPLE_FLAGS = 1 << 1,   /* cf pf af zf sf df of */
	UPSET_SAMPLE_VECTOR = 1 << 2,  /* ymm0 .. ymm15 */
	UPSET_SAMPLE_CODE = 1 << 3,    /* the bytes of the instruction that is next */
	UPSET_SAMPLE_MEMORY = 1 << 4,  /* the space's ranges */
};

/* An instruction of the golden run. */
struct upset_sample_place {
	const char *module; /* NULL: the program itself */
	uint64_t address;   /* in the module's file */
	uint64_t executions;
	unsigned int size; /* bytes */
};

/* Memory, by addresses at run time; a multiple of 8 bytes at a multiple of 8. */
struct upset_sample_range {
	uint64_t start, bytes;
};

struct upset_sample_space {
	const struct upset_isa *isa;		 /* whose registers */
	const struct upset_sample_place *places; /* in any order, but always the same */
	size_t count;
	const struct upset_sample_range *ranges; /* the same */
	size_t range_count;
	unsigned int locations; /* enum upset_sample_locations */
	bool threaded;		/* executions are those of several threads */
	unsigned int models;	/* 1 << enum upset_fault_model, or-ed; of FLIP, STUCK0, STUCK1 */
};

struct upset_sampler;

/*
 * Prepare for samples of @space, which must stay as it is until the sampler is
 * freed.  NULL: no memory.
 */
struct upset_sampler *upset_sampler_new(const struct upset_sample_space *space);
void upset_sampler_free(struct upset_sampler *sampler);

/* Bits of the chosen registers, before each instruction. */
unsigned int upset_sample_bits(const struct upset_isa *isa, unsigned int locations);

/* Faults in the space; UINT64_MAX when they are more. */
uint64_t upset_sampler_population(const struct upset_sampler *sampler);

/*
 * Fault number @i of the campaign with @seed: one bit, all with the same
 * probability.  0; -ENOMEM; -EINVAL for an empty space.  Free @faults with
 * upset_faults_free().
 */
int upset_sampler_fault(const struct upset_sampler *sampler, uint64_t seed, uint64_t i,
	struct upset_faults *faults);

/* The place before which fault @i is; NULL: the space is empty. */
const struct upset_sample_place *upset_sampler_place(
	const struct upset_sampler *sampler, uint64_t seed, uint64_t i);

/* Number @i of those that @seed draws: in [0, @n), all with the same probability. */
uint64_t upset_sample_below(uint64_t seed, uint64_t i, uint64_t n);

#endif
