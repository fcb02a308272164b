/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instructions of x86-64 and i386 test_host.c runs. */
#ifndef UPSET_TESTS_ISA_RUNNABLE_H
#define UPSET_TESTS_ISA_RUNNABLE_H

#include "isa/isa.h"

/* Whether what @insn does is all in its rows, the same each time, and leaves the test alone. */
bool isa_is_runnable(const struct upset_isa *isa, const struct upset_insn *insn);

#endif
