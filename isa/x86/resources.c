/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86-64 as an instruction set: its registers and how it calls.  The numbers are
 * part of the store's format; knows nothing of instructions.
 */
#include "isa/x86/resources.h"

#include <elf.h>

static const struct upset_resource resources[X86_RESOURCES] = {
	GENERAL(X86_RAX, "rax", 64),
	GENERAL(X86_RCX, "rcx", 64),
	GENERAL(X86_RDX, "rdx", 64),
	GENERAL(X86_RBX, "rbx", 64),
	GENERAL(X86_RSP, "rsp", 64),
	GENERAL(X86_RBP, "rbp", 64),
	GENERAL(X86_RSI, "rsi", 64),
	GENERAL(X86_RDI, "rdi", 64),
	GENERAL(X86_R8, "r8", 64),
	GENERAL(X86_R9, "r9", 64),
	GENERAL(X86_R10, "r10", 64),
	GENERAL(X86_R11, "r11", 64),
	GENERAL(X86_R12, "r12", 64),
	GENERAL(X86_R13, "r13", 64),
	GENERAL(X86_R14, "r14", 64),
	GENERAL(X86_R15, "r15", 64),
	SHARED_RESOURCES,
	VECTOR(8),
	VECTOR(9),
	VECTOR(10),
	VECTOR(11),
	VECTOR(12),
	VECTOR(13),
	VECTOR(14),
	VECTOR(15),
	BESIDE(X86_RIP, "rip", UPSET_RESOURCE_HIDDEN, 64, RIP_AT, "rip"),
	BESIDE(X86_FS_BASE, "fs_base", UPSET_RESOURCE_HIDDEN, 64, BASES_AT, "fs_base"),
	BESIDE(X86_GS_BASE, "gs_base", UPSET_RESOURCE_HIDDEN, 64, BASES_AT + 8, "gs_base"),
	BESIDE(X86_RFLAGS, "rflags", UPSET_RESOURCE_INTERNAL, 64, FLAGS_AT, "eflags"),
};

static const struct upset_alias aliases[] = {
	SHARED_ALIASES, XMM(8), XMM(9), XMM(10), XMM(11), XMM(12), XMM(13), XMM(14), XMM(15)};

const struct upset_isa upset_isa_x86_64 = {
	.name = "x86-64",
	.number = 0,
	.qemu = "x86_64",
	.elf = {EM_X86_64, ELFCLASS64, ELFDATA2LSB},
	.word_bits = 64,
	SHARED_FIELDS,
	.resources = resources,
	.aliases = aliases,
	.alias_count = sizeof(aliases) / sizeof(aliases[0]),
	.return_bytes = 8,
	.red_zone_bytes = 128,
	.stub_register = UPSET_RESOURCE_NONE,
	.stub_base = UPSET_RESOURCE_NONE,
	.resolver_bytes = 16,
	.syscall_arguments = {X86_RDI, X86_RSI, X86_RDX, X86_R10, X86_R8, X86_R9},
	.decode = x86_decode,
	.format = x86_format,
};
