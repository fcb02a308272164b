/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resource numbers of AArch64: part of the store's format.  For this folder and
 * for tests.
 */
#ifndef UPSET_ISA_AARCH64_AARCH64_H
#define UPSET_ISA_AARCH64_AARCH64_H

#include "isa/isa.h"

enum {
	AARCH64_X0 = 0, /* .. x30 */
	AARCH64_X8 = 8,
	AARCH64_X17 = 17,
	AARCH64_X30 = 30,
	AARCH64_SP,
	AARCH64_N,
	AARCH64_Z,
	AARCH64_C,
	AARCH64_V,
	AARCH64_FPCR,
	AARCH64_FPSR,
	AARCH64_PC,
	AARCH64_TPIDR,
	AARCH64_NZCV,
	AARCH64_V0 = 64, /* .. 95; 56 is UPSET_MEMORY */
	AARCH64_RESOURCES = 96,
};

extern const struct upset_isa upset_isa_aarch64;

#endif
