/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * i386 as an instruction set: the registers of x86-64 that it has, of its width, with
 * the same numbers, which are part of the store's format.
 */
#include "isa/x86/resources.h"

#include <elf.h>

static const struct upset_resource resources[X86_RESOURCES] = {
	GENERAL(X86_RAX, "eax", 32),
	GENERAL(X86_RCX, "ecx", 32),
	GENERAL(X86_RDX, "edx", 32),
	GENERAL(X86_RBX, "ebx", 32),
	GENERAL(X86_RSP, "esp", 32),
	GENERAL(X86_RBP, "ebp", 32),
	GENERAL(X86_RSI, "esi", 32),
	GENERAL(X86_RDI, "edi", 32),
	FLAG(X86_CF, "cf", 0, 0, UPSET_FLAG_CF),
	FLAG(X86_PF, "pf", 2, 1, UPSET_FLAG_PF),
	FLAG(X86_AF, "af", 4, 2, UPSET_FLAG_AF),
	FLAG(X86_ZF, "zf", 6, 3, UPSET_FLAG_ZF),
	FLAG(X86_SF, "sf", 7, 4, UPSET_FLAG_SF),
	FLAG(X86_DF, "df", 10, 6, UPSET_FLAG_COUNT),
	FLAG(X86_OF, "of", 11, 5, UPSET_FLAG_OF),
	VECTOR(0),
	VECTOR(1),
	VECTOR(2),
	VECTOR(3),
	VECTOR(4),
	VECTOR(5),
	VECTOR(6),
	VECTOR(7),
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
	[UPSET_MEMORY] = {.name = "memory",
		.kind = UPSET_RESOURCE_MEMORY,
		.ring = UPSET_RESOURCE_NONE},
	BESIDE(X86_RIP, "eip", UPSET_RESOURCE_HIDDEN, 32, RIP_AT, "eip"),
	BESIDE(X86_FS_BASE, "fs_base", UPSET_RESOURCE_HIDDEN, 32, BASES_AT, "fs_base"),
	BESIDE(X86_GS_BASE, "gs_base", UPSET_RESOURCE_HIDDEN, 32, BASES_AT + 8, "gs_base"),
	BESIDE(X86_RFLAGS, "eflags", UPSET_RESOURCE_INTERNAL, 32, FLAGS_AT, "eflags"),
	BESIDE(X86_TOP, "top", UPSET_RESOURCE_INTERNAL, 32, TOP_AT, "fpstt"),
};

#define XMM(n)                                                                                     \
	{                                                                                          \
		"xmm" #n, X86_YMM0 + (n), 128                                                      \
	}

static const struct upset_alias aliases[] = {
	XMM(0), XMM(1), XMM(2), XMM(3), XMM(4), XMM(5), XMM(6), XMM(7)};

const struct upset_isa upset_isa_i386 = {
	.name = "i386",
	.qemu = "i386",
	.elf = {EM_386, ELFCLASS32, ELFDATA2LSB},
	.word_bits = 32,
	.insn_bytes_max = 15,
	.insn_alignment = 1,
	.resources = resources,
	.aliases = aliases,
	.resource_count = X86_RESOURCES,
	.alias_count = sizeof(aliases) / sizeof(aliases[0]),
	.cell_count = CELLS,
	.state_bytes = STATE_BYTES,
	.pc = X86_RIP,
	.sp = X86_RSP,
	.link = UPSET_RESOURCE_NONE,
	.next_pc = UPSET_RESOURCE_NONE,
	.flags = X86_RFLAGS,
	.mode = UPSET_RESOURCE_NONE,
	.counter = X86_RCX,
	.syscall_number = X86_RAX,
	.syscall_result = X86_RAX,
	.return_bytes = 4,
	.red_zone_bytes = 0,
	.decode = x86_decode_32,
	.format = x86_format_32,
	.taken = x86_taken,
};
