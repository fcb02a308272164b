/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one instruction on this machine, from given registers to those after it:
 * what black_box.c needs of an instruction set, which host.c in its folder has.  No
 * code works without a register that addresses the state, so one is kept: the
 * instruction must not name it, and it is no part of what is compared.
 */
#ifndef UPSET_TESTS_ISA_MACHINE_H
#define UPSET_TESTS_ISA_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/state.h"
#include "isa/table.h"

enum { MACHINE_PAGE = 4096, MACHINE_WINDOW = 256, MACHINE_CODE_MAX = 8 };

extern const struct upset_isa *const machine_isa;
extern const struct table *const machine_table;
/* Registers that may be kept. */
extern const unsigned int machine_first_kept, machine_last_kept;

/* Set up code and the page; once. */
void machine_open(void);

/* The last MACHINE_WINDOW bytes of a page; what follows is not mapped. */
uint8_t *machine_window(void);

/* Where the instructions of machine_run() lie. */
uint64_t machine_address(void);

/* Make what is random a state that a program can have. */
void machine_limit(struct upset_state *state);

/* A random encoding, of which bits @mask are fixed, turned into one that can be run. */
uint32_t machine_adjust(uint32_t word, uint32_t mask);

/* Whether the instruction can be run so, and has the same result each time. */
bool machine_can_run(const struct upset_insn *insn);

/* Write the instruction with what has to be run before it: how many bytes. */
size_t machine_code(const struct upset_insn *insn, uint8_t code[MACHINE_CODE_MAX]);

/* Run the instructions @code[@size], with register @kept: 0, or the signal raised. */
int machine_run(const uint8_t *code, size_t size, unsigned int kept,
	const struct upset_state *before, struct upset_state *after);

#endif
