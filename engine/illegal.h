/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instruction that what runs the program does not have: noted where it comes, told later. */
#ifndef UPSET_ENGINE_ILLEGAL_H
#define UPSET_ENGINE_ILLEGAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/isa.h"

/* Where the last SIGILL came, if one did. */
struct upset_illegal {
	uint64_t address;
	uint8_t size; /* of bytes, as many as can be read; 0: none came */
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	uint8_t isa; /* of the program, upset_isa_index() */
	bool called; /* behind a system call: somebody sent the signal */
};

/*
 * Say in @text[@size] that @engine does not have the instruction at @illegal.  False: the
 * signal is the program's own doing, such as ud2, or that of bytes that are no instruction.
 */
bool upset_illegal_explain(
	const struct upset_illegal *illegal, const char *engine, char *text, size_t size);

#endif
