/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A register image: the registers of one thread at one moment, at the places that
 * the instruction set's table gives them.  Engines fill it and write it back;
 * everything else names resources.  Values are little-endian whatever the order of
 * the program's memory is: bit 0 is the lowest bit of the first byte.
 */
#ifndef UPSET_ISA_STATE_H
#define UPSET_ISA_STATE_H

#include <string.h>

#include "isa/isa.h"

struct upset_state {
	const struct upset_isa *isa;
	unsigned char image[UPSET_STATE_BYTES] __attribute__((aligned(32)));
};

/* All registers are 0. */
void upset_state_init(struct upset_state *state, const struct upset_isa *isa);
/* @to becomes like @from, in no more bytes than there are. */
void upset_state_copy(struct upset_state *to, const struct upset_state *from);

/* Where the bytes of a resource lie that is no flag; of (bits + 7) / 8 bytes. */
static inline void *upset_state_place(struct upset_state *state, unsigned int resource)
{
	return state->image + state->isa->resources[resource].offset;
}

/* The low 64 bits of a resource, zero-extended; 0 for UPSET_RESOURCE_NONE. */
uint64_t upset_state_word(const struct upset_state *state, unsigned int resource);
void upset_state_set_word(struct upset_state *state, unsigned int resource, uint64_t value);

/*
 * Bits [@bit_offset, + @bits) of a resource, at most UPSET_COUNTED_BITS_MAX, from or to
 * the (@bits + 7) / 8 bytes of @value; get() clears the rest of the last one.  What lies
 * beyond the resource is read as 0 and not written.
 */
void upset_state_get(const struct upset_state *state, unsigned int resource,
	unsigned int bit_offset, unsigned int bits, uint8_t *value);
void upset_state_put(struct upset_state *state, unsigned int resource, unsigned int bit_offset,
	unsigned int bits, const uint8_t *value);

/* The value of a register row. */
static inline void upset_state_operand(
	const struct upset_state *state, const struct upset_operand *o, uint8_t *value)
{
	upset_state_get(state, o->resource, o->bit_offset, o->bits, value);
}

/*
 * What write row @o of @insn leaves, where that follows from the state before it alone:
 * effects CONSTANT and BEFORE.  False: it does not.
 */
bool upset_state_effect(const struct upset_state *before, const struct upset_insn *insn,
	const struct upset_operand *o, uint8_t *value);

/* The address of memory argument @m, which is not scattered, in the state before it. */
uint64_t upset_state_address(const struct upset_state *state, const struct upset_memory *m);

#endif
