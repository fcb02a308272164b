/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of x86-64 resources.  The numbers are part of the store's format;
 * knows nothing of instructions.
 */
#include "isa/isa.h"

#define GENERAL(number, text)                                                                      \
	[number] = {.name = (text), .kind = UPSET_RESOURCE_GENERAL, .bits = 64}
#define FLAG(number, text, bit)                                                                    \
	[number] = {.name = (text), .kind = UPSET_RESOURCE_FLAG, .bits = 1, .flag_bit = (bit)}
#define VECTOR(n)                                                                                  \
	[UPSET_YMM0 + (n)] = {.name = "ymm" #n, .kind = UPSET_RESOURCE_VECTOR, .bits = 256}
#define X87(n) [UPSET_ST0 + (n)] = {.name = "st" #n, .kind = UPSET_RESOURCE_X87, .bits = 80}
#define MMX(n) [UPSET_MM0 + (n)] = {.name = "mm" #n, .kind = UPSET_RESOURCE_MMX, .bits = 64}

static const struct upset_resource resources[UPSET_RESOURCE_COUNT] = {
	GENERAL(UPSET_RAX, "rax"),
	GENERAL(UPSET_RCX, "rcx"),
	GENERAL(UPSET_RDX, "rdx"),
	GENERAL(UPSET_RBX, "rbx"),
	GENERAL(UPSET_RSP, "rsp"),
	GENERAL(UPSET_RBP, "rbp"),
	GENERAL(UPSET_RSI, "rsi"),
	GENERAL(UPSET_RDI, "rdi"),
	GENERAL(UPSET_R8, "r8"),
	GENERAL(UPSET_R9, "r9"),
	GENERAL(UPSET_R10, "r10"),
	GENERAL(UPSET_R11, "r11"),
	GENERAL(UPSET_R12, "r12"),
	GENERAL(UPSET_R13, "r13"),
	GENERAL(UPSET_R14, "r14"),
	GENERAL(UPSET_R15, "r15"),
	FLAG(UPSET_CF, "cf", 0),
	FLAG(UPSET_PF, "pf", 2),
	FLAG(UPSET_AF, "af", 4),
	FLAG(UPSET_ZF, "zf", 6),
	FLAG(UPSET_SF, "sf", 7),
	FLAG(UPSET_DF, "df", 10),
	FLAG(UPSET_OF, "of", 11),
	VECTOR(0),
	VECTOR(1),
	VECTOR(2),
	VECTOR(3),
	VECTOR(4),
	VECTOR(5),
	VECTOR(6),
	VECTOR(7),
	VECTOR(8),
	VECTOR(9),
	VECTOR(10),
	VECTOR(11),
	VECTOR(12),
	VECTOR(13),
	VECTOR(14),
	VECTOR(15),
	X87(0),
	X87(1),
	X87(2),
	X87(3),
	X87(4),
	X87(5),
	X87(6),
	X87(7),
	MMX(0),
	MMX(1),
	MMX(2),
	MMX(3),
	MMX(4),
	MMX(5),
	MMX(6),
	MMX(7),
	[UPSET_MEMORY] = {.name = "memory", .kind = UPSET_RESOURCE_MEMORY},
};

const struct upset_resource *upset_isa_resource(unsigned int id)
{
	if (id >= UPSET_RESOURCE_COUNT || !resources[id].name)
		return NULL;
	return &resources[id];
}
