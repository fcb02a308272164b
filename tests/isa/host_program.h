/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What host_program.c and the host_code.S of each instruction set share. */
#ifndef UPSET_TESTS_ISA_HOST_PROGRAM_H
#define UPSET_TESTS_ISA_HOST_PROGRAM_H

#include "tests/isa/host.h"

/* Load host_before, execute what is in the slot, a page of code that can be written, and
   store host_after; from a signal host_recover() makes a state in which C can go on. */
void host_code(void);
void host_recover(void);
extern uint8_t host_code_page[HOST_PAGE], host_code_slot[HOST_CODE];

extern struct host_state host_before, host_after;
extern uint32_t host_has_masks;	 /* there are k1 .. k7 and the upper halves of vector registers */
extern const uint64_t host_mask; /* of those; both are not stored */

#endif
