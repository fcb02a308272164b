/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resource numbers of x86-64 and i386: part of the store's format.  For this folder, for
 * engine native, which is one of x86 alone, and for tests.
 */
#ifndef UPSET_ISA_X86_X86_H
#define UPSET_ISA_X86_X86_H

#include "isa/isa.h"

enum {
	X86_RAX = 0, /* general registers in encoding order: */
	X86_RCX,
	X86_RDX,
	X86_RBX,
	X86_RSP,
	X86_RBP,
	X86_RSI,
	X86_RDI,
	X86_R8,
	X86_R9,
	X86_R10,
	X86_R11,
	X86_R12,
	X86_R13,
	X86_R14,
	X86_R15,
	X86_CF = 16,
	X86_PF,
	X86_AF,
	X86_ZF,
	X86_SF,
	X86_DF,
	X86_OF,
	X86_YMM0 = 24, /* .. 39 */
	X86_ST0 = 40,  /* .. 47 */
	X86_MM0 = 48,  /* .. 55 */
	X86_RIP = 57,  /* 56 is UPSET_MEMORY */
	X86_FS_BASE,
	X86_GS_BASE,
	X86_RFLAGS,
	X86_TOP, /* of x87's stack: the register that st0 is */
	X86_RESOURCES,
};

extern const struct upset_isa upset_isa_x86_64, upset_isa_i386;

#endif
