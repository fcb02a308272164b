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
	SHARED_RESOURCES,
	BESIDE(X86_RIP, "eip", UPSET_RESOURCE_HIDDEN, 32, RIP_AT, "eip"),
	BESIDE(X86_FS_BASE, "fs_base", UPSET_RESOURCE_HIDDEN, 32, BASES_AT, "fs_base"),
	BESIDE(X86_GS_BASE, "gs_base", UPSET_RESOURCE_HIDDEN, 32, BASES_AT + 8, "gs_base"),
	BESIDE(X86_RFLAGS, "eflags", UPSET_RESOURCE_INTERNAL, 32, FLAGS_AT, "eflags"),
};

static const struct upset_alias aliases[] = {SHARED_ALIASES};

const struct upset_isa upset_isa_i386 = {
	.name = "i386",
	.number = 1,
	.qemu = "i386",
	.elf = {EM_386, ELFCLASS32, ELFDATA2LSB},
	.word_bits = 32,
	SHARED_FIELDS,
	.resources = resources,
	.aliases = aliases,
	.alias_count = sizeof(aliases) / sizeof(aliases[0]),
	.return_bytes = 4,
	.red_zone_bytes = 0,
	.stub_register = UPSET_RESOURCE_NONE,
	.stub_base = X86_RBX,
	.resolver_bytes = 8,
	.syscall_arguments = {X86_RBX, X86_RCX, X86_RDX, X86_RSI, X86_RDI, X86_RBP},
	.decode = x86_decode_32,
	.format = x86_format_32,
};
