/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tables of resources of both widths share: the register image, cells of
 * live share, and how each kind of register is described.
 */
#ifndef UPSET_ISA_X86_RESOURCES_H
#define UPSET_ISA_X86_RESOURCES_H

#include "isa/x86/internal.h"

/* Where things lie in the register image. */
enum {
	GENERAL_AT = 0,
	FLAGS_AT = GENERAL_AT + 16 * 8,
	RIP_AT = FLAGS_AT + 8,
	BASES_AT = RIP_AT + 8,
	TOP_AT = BASES_AT + 2 * 8,
	MM_AT = TOP_AT + 8,
	VECTOR_AT = (MM_AT + 8 * 8 + 31) / 32 * 32,
	ST_AT = VECTOR_AT + 16 * 32,
	STATE_BYTES = ST_AT + 8 * 16,
};

/* Cells of live share: of and df change places, since instructions write cf pf af zf sf of. */
enum {
	GENERAL_CELLS = 0,
	VECTOR_CELLS = GENERAL_CELLS + 16 * 4,
	FLAG_CELLS = VECTOR_CELLS + 16 * 4,
	ST_CELLS = FLAG_CELLS + 8,
	MM_CELLS = ST_CELLS + 8,
	CELLS = MM_CELLS + 8,
};

/* Parts of live share of a register of 64 and of 32 bits. */
#define PARTS_64                                                                                   \
	{                                                                                          \
		1, 2, 4, 8                                                                         \
	}
#define PARTS_32                                                                                   \
	{                                                                                          \
		1, 2, 4                                                                            \
	}

#define GENERAL(number, text, width)                                                               \
	[number] = {.name = (text),                                                                \
		.kind = UPSET_RESOURCE_GENERAL,                                                    \
		.bits = (width),                                                                   \
		.part_ends = PARTS_##width,                                                        \
		.cell = GENERAL_CELLS + (number)*4,                                                \
		.offset = GENERAL_AT + (number)*8,                                                 \
		.qemu = (text),                                                                    \
		.ring = UPSET_RESOURCE_NONE}
#define FLAG(number, text, bit, number_of_cell, computed)                                          \
	[number] = {.name = (text),                                                                \
		.kind = UPSET_RESOURCE_FLAG,                                                       \
		.bits = 1,                                                                         \
		.part_ends = {1},                                                                  \
		.cell = FLAG_CELLS + (number_of_cell),                                             \
		.offset = FLAGS_AT,                                                                \
		.flag_bit = (bit),                                                                 \
		.kernel = (computed),                                                              \
		.ring = UPSET_RESOURCE_NONE}
#define VECTOR(n)                                                                                  \
	[X86_YMM0 + (n)] = {.name = "ymm" #n,                                                      \
		.kind = UPSET_RESOURCE_VECTOR,                                                     \
		.bits = 256,                                                                       \
		.part_ends = {4, 8, 16, 32},                                                       \
		.cell = VECTOR_CELLS + (n)*4,                                                      \
		.offset = VECTOR_AT + (n)*32,                                                      \
		.qemu = "ymm" #n,                                                                  \
		.ring = UPSET_RESOURCE_NONE}
#define X87(n)                                                                                     \
	[X86_ST0 + (n)] = {.name = "st" #n,                                                        \
		.kind = UPSET_RESOURCE_X87,                                                        \
		.bits = 80,                                                                        \
		.part_ends = {10},                                                                 \
		.cell = ST_CELLS + (n),                                                            \
		.offset = ST_AT + (n)*16,                                                          \
		.qemu = "fpr" #n,                                                                  \
		.ring = X86_TOP,                                                                   \
		.ring_count = 8}
#define MMX(n)                                                                                     \
	[X86_MM0 + (n)] = {.name = "mm" #n,                                                        \
		.kind = UPSET_RESOURCE_MMX,                                                        \
		.bits = 64,                                                                        \
		.part_ends = {8},                                                                  \
		.cell = MM_CELLS + (n),                                                            \
		.offset = MM_AT + (n)*8,                                                           \
		.qemu = "fpr" #n,                                                                  \
		.ring = UPSET_RESOURCE_NONE}
#define BESIDE(number, text, what, width, place, of_qemu)                                          \
	[number] = {.name = (text),                                                                \
		.kind = (what),                                                                    \
		.bits = (width),                                                                   \
		.offset = (place),                                                                 \
		.qemu = (of_qemu),                                                                 \
		.ring = UPSET_RESOURCE_NONE}

/* What the tables of both widths have; each adds what differs. */
#define SHARED_RESOURCES                                                                           \
	FLAG(X86_CF, "cf", 0, 0, UPSET_FLAG_CF), FLAG(X86_PF, "pf", 2, 1, UPSET_FLAG_PF),          \
		FLAG(X86_AF, "af", 4, 2, UPSET_FLAG_AF), FLAG(X86_ZF, "zf", 6, 3, UPSET_FLAG_ZF),  \
		FLAG(X86_SF, "sf", 7, 4, UPSET_FLAG_SF),                                           \
		FLAG(X86_DF, "df", 10, 6, UPSET_FLAG_COUNT),                                       \
		FLAG(X86_OF, "of", 11, 5, UPSET_FLAG_OF), VECTOR(0), VECTOR(1), VECTOR(2),         \
		VECTOR(3), VECTOR(4), VECTOR(5), VECTOR(6), VECTOR(7), X87(0), X87(1), X87(2),     \
		X87(3), X87(4), X87(5), X87(6), X87(7), MMX(0), MMX(1), MMX(2), MMX(3), MMX(4),    \
		MMX(5), MMX(6), MMX(7),                                                            \
		[UPSET_MEMORY] = {.name = "memory",                                                \
			.kind = UPSET_RESOURCE_MEMORY,                                             \
			.ring = UPSET_RESOURCE_NONE},                                              \
		BESIDE(X86_TOP, "top", UPSET_RESOURCE_INTERNAL, 32, TOP_AT, "fpstt")
#define XMM(n)                                                                                     \
	{                                                                                          \
		"xmm" #n, X86_YMM0 + (n), 128                                                      \
	}
#define SHARED_ALIASES XMM(0), XMM(1), XMM(2), XMM(3), XMM(4), XMM(5), XMM(6), XMM(7)

/* Fields of struct upset_isa that are the same. */
#define SHARED_FIELDS                                                                              \
	.qemu_cpu = "max", .insn_bytes_max = 15, .insn_alignment = 1,                              \
	.resource_count = X86_RESOURCES, .cell_count = CELLS, .state_bytes = STATE_BYTES,          \
	.pc = X86_RIP, .sp = X86_RSP, .link = UPSET_RESOURCE_NONE, .next_pc = UPSET_RESOURCE_NONE, \
	.flags = X86_RFLAGS, .mode = UPSET_RESOURCE_NONE, .counter = X86_RCX,                      \
	.syscall_number = X86_RAX, .syscall_result = X86_RAX, .taken = x86_taken

#endif
