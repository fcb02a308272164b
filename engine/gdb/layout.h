/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/gdb only: which of the stub's registers hold which resources of an instruction
 * set, by their names, and filling register images from them.
 */
#ifndef UPSET_ENGINE_GDB_LAYOUT_H
#define UPSET_ENGINE_GDB_LAYOUT_H

#include "engine/gdb/stub.h"
#include "isa/state.h"

enum { GDB_PARTS = 2 }; /* registers that make up a resource, at most */

/* A register of the stub, or bits of one, that are bits of a resource. */
struct gdb_part {
	const struct gdb_register *from; /* NULL: there is none */
	uint16_t bits, bit_offset;	 /* in the resource */
	bool told;			 /* `g` tells it, at byte @at */
	uint32_t at;
};

struct gdb_layout {
	const struct upset_isa *isa;
	struct gdb_part parts[UPSET_RESOURCES_MAX][GDB_PARTS];
	struct gdb_part x87_status; /* which tells where MMX registers lie */
	size_t bytes;		    /* that `g` told */
};

/*
 * Find out what the stub, whose program has stopped, tells of @isa.  0, or -errno with a
 * message: it must have the program counter and the stack pointer at least.
 */
int gdb_layout_make(struct gdb_layout *layout, const struct upset_isa *isa, struct gdb_stub *stub,
	struct upset_error *error);

/* Whether the stub tells all of bits [@bit_offset, + @bits) of @resource. */
bool gdb_layout_has(const struct gdb_layout *layout, unsigned int resource, unsigned int bit_offset,
	unsigned int bits);

/* Fill @state with all that `g` tells.  As functions of stub.h. */
int gdb_layout_read(
	const struct gdb_layout *layout, struct gdb_stub *stub, struct upset_state *state);
/* And with the resources that rows of @insn with @access name and `g` does not tell. */
int gdb_layout_read_rows(const struct gdb_layout *layout, struct gdb_stub *stub,
	const struct upset_insn *insn, enum upset_access access, struct upset_state *state);

/* One resource, all that the stub has of it.  -ENODATA: it has nothing, or does not let it be
   written. */
int gdb_layout_read_one(const struct gdb_layout *layout, struct gdb_stub *stub,
	unsigned int resource, struct upset_state *state);
int gdb_layout_write_one(const struct gdb_layout *layout, struct gdb_stub *stub,
	unsigned int resource, const struct upset_state *state);

#endif
