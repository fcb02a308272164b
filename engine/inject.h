/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carrying out a fault on a stopped thread: the same code for both engines,
 * which only say how to read and write its state.  Knows nothing of triggers.
 */
#ifndef UPSET_ENGINE_INJECT_H
#define UPSET_ENGINE_INJECT_H

#include "engine/engine.h"
#include "fault/fault.h"

enum { UPSET_INJECT_BYTES = UPSET_FAULT_BITS / 8 };

/* The state of a stopped thread.  False: there is no such register or memory. */
struct upset_inject_state {
	const struct upset_isa *isa;
	void *context;
	/* The (bits + 7) / 8 bytes of a resource, little-endian; internal ones can be refused. */
	bool (*read_register)(void *context, unsigned int resource, uint8_t *value);
	bool (*write_register)(void *context, unsigned int resource, const uint8_t *value);
	/* Memory that the program may not write can be written, too. */
	bool (*read_memory)(void *context, uint64_t address, uint8_t *value, size_t size);
	bool (*write_memory)(void *context, uint64_t address, const uint8_t *value, size_t size);
};

struct upset_insn;
struct upset_memory;

/* Decode what lies at @address; false: no instruction does. */
bool upset_inject_decode(
	const struct upset_inject_state *state, uint64_t address, struct upset_insn *insn);

/* The address of a memory argument, in the state before its instruction. */
uint64_t upset_inject_address(
	const struct upset_inject_state *state, const struct upset_memory *memory);

/* Where a fault acts: what its location comes to in a state. */
struct upset_inject_target {
	const struct upset_isa *isa;
	bool memory;
	bool after; /* an operand that is only written: once the instruction is done */
	unsigned int resource;
	uint64_t address;
	unsigned int bit_offset; /* of bit 0 of the location */
	unsigned int bits;	 /* width */
};

/*
 * Find what @fault acts on, in the state before the trigger's instruction.
 * @place: the run-time address of fault->place, of memory and code.  0, or
 * -ENOENT with the reason in @injection.
 */
int upset_inject_find(const struct upset_fault *fault, uint64_t place,
	const struct upset_inject_state *state, struct upset_inject_target *target,
	struct upset_injection *injection);

/*
 * Change @target as @fault says, and read it again.  Fills @injection with the
 * values and whether they prove it.
 */
void upset_inject_apply(const struct upset_fault *fault, const struct upset_inject_target *target,
	const struct upset_inject_state *state, struct upset_injection *injection);

/* Do it again where the program has written since, for faults that last. */
void upset_inject_hold(const struct upset_fault *fault, const struct upset_inject_target *target,
	const struct upset_inject_state *state);

/* Leave the instruction at the program counter out. */
void upset_inject_skip(const struct upset_inject_state *state, struct upset_injection *injection);

#endif
