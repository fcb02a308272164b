/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resource numbers of RISC-V: part of the store's format.  For this folder and
 * for tests.
 */
#ifndef UPSET_ISA_RISCV_RISCV_H
#define UPSET_ISA_RISCV_RISCV_H

#include "isa/isa.h"

enum {
	RISCV_X0 = 0, /* always 0, no resource; x1 .. x31 follow */
	RISCV_RA = 1,
	RISCV_SP = 2,
	RISCV_T0 = 5,
	RISCV_A0 = 10,
	RISCV_A7 = 17,
	RISCV_T3 = 28,
	RISCV_FFLAGS = 32,
	RISCV_FRM,
	RISCV_PC,
	RISCV_F0 = 64, /* .. 95; 56 is UPSET_MEMORY */
	RISCV_RESOURCES = 96,
};

extern const struct upset_isa upset_isa_riscv64;

#endif
