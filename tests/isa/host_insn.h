/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What test_host.c has to know of an instruction of x86-64 or i386 beside its rows. */
#ifndef UPSET_TESTS_ISA_HOST_INSN_H
#define UPSET_TESTS_ISA_HOST_INSN_H

#include "isa/isa.h"

/* Whether what @insn does is all in its rows, the same each time, and leaves the test alone. */
bool host_insn_is_runnable(const struct upset_isa *isa, const struct upset_insn *insn);

/* The flags that Zydis calls undefined; of those, the ones with a row are defined after all. */
uint64_t host_insn_undefined_flags(const struct upset_isa *isa, const struct upset_insn *insn);

/* Where an address is part of the code it becomes @address. */
void host_insn_move(const struct upset_isa *isa, struct upset_insn *insn, uint64_t address);

#endif
