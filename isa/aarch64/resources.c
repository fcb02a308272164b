/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AArch64 as an instruction set: its registers and how it calls.  The numbers are
 * part of the store's format; knows nothing of instructions.
 */
#include "isa/aarch64/internal.h"

#include <elf.h>

/* Where things lie in the register image. */
enum {
	GENERAL_AT = 0,
	FLAGS_AT = GENERAL_AT + 32 * 8,
	FPCR_AT = FLAGS_AT + 8,
	FPSR_AT = FPCR_AT + 8,
	PC_AT = FPSR_AT + 8,
	TPIDR_AT = PC_AT + 8,
	VECTOR_AT = (TPIDR_AT + 8 + 15) / 16 * 16,
	STATE_BYTES = VECTOR_AT + 32 * 16,
};

/* Cells of live share. */
enum {
	GENERAL_CELLS = 0,
	VECTOR_CELLS = GENERAL_CELLS + 32 * 4,
	FLAG_CELLS = VECTOR_CELLS + 32 * 4,
	FPCR_CELL = FLAG_CELLS + 4,
	FPSR_CELL,
	CELLS,
};

#define NAMED(n, text, of_qemu)                                                                    \
	[n] = {.name = (text),                                                                     \
		.kind = UPSET_RESOURCE_GENERAL,                                                    \
		.bits = 64,                                                                        \
		.part_ends = {1, 2, 4, 8},                                                         \
		.cell = GENERAL_CELLS + (n)*4,                                                     \
		.offset = GENERAL_AT + (n)*8,                                                      \
		.qemu = (of_qemu),                                                                 \
		.ring = UPSET_RESOURCE_NONE}
#define GENERAL(n) NAMED(n, "x" #n, "x" #n)
/* As PSTATE and SPSR have them; C is no borrow after a subtraction. */
#define FLAG(number, text, bit, computed, is_inverted)                                             \
	[number] = {.name = (text),                                                                \
		.kind = UPSET_RESOURCE_FLAG,                                                       \
		.bits = 1,                                                                         \
		.part_ends = {1},                                                                  \
		.cell = FLAG_CELLS + (number)-AARCH64_N,                                           \
		.offset = FLAGS_AT,                                                                \
		.flag_bit = (bit),                                                                 \
		.kernel = (computed),                                                              \
		.inverted = (is_inverted),                                                         \
		.ring = UPSET_RESOURCE_NONE}
#define CONTROL(number, text, place, first_cell)                                                   \
	[number] = {.name = (text),                                                                \
		.kind = UPSET_RESOURCE_CONTROL,                                                    \
		.bits = 32,                                                                        \
		.part_ends = {4},                                                                  \
		.cell = (first_cell),                                                              \
		.offset = (place),                                                                 \
		.qemu = (text),                                                                    \
		.ring = UPSET_RESOURCE_NONE}
#define BESIDE(number, text, what, place, of_qemu)                                                 \
	[number] = {.name = (text),                                                                \
		.kind = (what),                                                                    \
		.bits = 64,                                                                        \
		.offset = (place),                                                                 \
		.qemu = (of_qemu),                                                                 \
		.ring = UPSET_RESOURCE_NONE}
#define VECTOR(n)                                                                                  \
	[AARCH64_V0 + (n)] = {.name = "v" #n,                                                      \
		.kind = UPSET_RESOURCE_VECTOR,                                                     \
		.bits = 128,                                                                       \
		.part_ends = {2, 4, 8, 16},                                                        \
		.cell = VECTOR_CELLS + (n)*4,                                                      \
		.offset = VECTOR_AT + (n)*16,                                                      \
		.qemu = "v" #n,                                                                    \
		.ring = UPSET_RESOURCE_NONE}

static const struct upset_resource resources[AARCH64_RESOURCES] = {
	GENERAL(0),
	GENERAL(1),
	GENERAL(2),
	GENERAL(3),
	GENERAL(4),
	GENERAL(5),
	GENERAL(6),
	GENERAL(7),
	GENERAL(8),
	GENERAL(9),
	GENERAL(10),
	GENERAL(11),
	GENERAL(12),
	GENERAL(13),
	GENERAL(14),
	GENERAL(15),
	GENERAL(16),
	GENERAL(17),
	GENERAL(18),
	GENERAL(19),
	GENERAL(20),
	GENERAL(21),
	GENERAL(22),
	GENERAL(23),
	GENERAL(24),
	GENERAL(25),
	GENERAL(26),
	GENERAL(27),
	GENERAL(28),
	GENERAL(29),
	NAMED(AARCH64_X30, "x30", "lr"),
	NAMED(AARCH64_SP, "sp", "sp"),
	FLAG(AARCH64_N, "n", 31, UPSET_FLAG_SF, false),
	FLAG(AARCH64_Z, "z", 30, UPSET_FLAG_ZF, false),
	FLAG(AARCH64_C, "c", 29, UPSET_FLAG_CF, true),
	FLAG(AARCH64_V, "v", 28, UPSET_FLAG_OF, false),
	CONTROL(AARCH64_FPCR, "fpcr", FPCR_AT, FPCR_CELL),
	CONTROL(AARCH64_FPSR, "fpsr", FPSR_AT, FPSR_CELL),
	BESIDE(AARCH64_PC, "pc", UPSET_RESOURCE_HIDDEN, PC_AT, "pc"),
	BESIDE(AARCH64_TPIDR, "tpidr_el0", UPSET_RESOURCE_HIDDEN, TPIDR_AT, "tpidr_el0"),
	BESIDE(AARCH64_NZCV, "nzcv", UPSET_RESOURCE_INTERNAL, FLAGS_AT, "cpsr"),
	[UPSET_MEMORY] = {.name = "memory",
		.kind = UPSET_RESOURCE_MEMORY,
		.ring = UPSET_RESOURCE_NONE},
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
	VECTOR(16),
	VECTOR(17),
	VECTOR(18),
	VECTOR(19),
	VECTOR(20),
	VECTOR(21),
	VECTOR(22),
	VECTOR(23),
	VECTOR(24),
	VECTOR(25),
	VECTOR(26),
	VECTOR(27),
	VECTOR(28),
	VECTOR(29),
	VECTOR(30),
	VECTOR(31),
};

#define W(n)                                                                                       \
	{                                                                                          \
		"w" #n, n, 32                                                                      \
	}
#define LOW(n)                                                                                     \
	{"b" #n, AARCH64_V0 + (n), 8}, {"h" #n, AARCH64_V0 + (n), 16},                             \
		{"s" #n, AARCH64_V0 + (n), 32}, {"d" #n, AARCH64_V0 + (n), 64},                    \
	{                                                                                          \
		"q" #n, AARCH64_V0 + (n), 128                                                      \
	}

static const struct upset_alias aliases[] = {
	W(0),
	W(1),
	W(2),
	W(3),
	W(4),
	W(5),
	W(6),
	W(7),
	W(8),
	W(9),
	W(10),
	W(11),
	W(12),
	W(13),
	W(14),
	W(15),
	W(16),
	W(17),
	W(18),
	W(19),
	W(20),
	W(21),
	W(22),
	W(23),
	W(24),
	W(25),
	W(26),
	W(27),
	W(28),
	W(29),
	W(30),
	{"lr", AARCH64_X30, 64},
	{"wsp", AARCH64_SP, 32},
	LOW(0),
	LOW(1),
	LOW(2),
	LOW(3),
	LOW(4),
	LOW(5),
	LOW(6),
	LOW(7),
	LOW(8),
	LOW(9),
	LOW(10),
	LOW(11),
	LOW(12),
	LOW(13),
	LOW(14),
	LOW(15),
	LOW(16),
	LOW(17),
	LOW(18),
	LOW(19),
	LOW(20),
	LOW(21),
	LOW(22),
	LOW(23),
	LOW(24),
	LOW(25),
	LOW(26),
	LOW(27),
	LOW(28),
	LOW(29),
	LOW(30),
	LOW(31),
};

const struct upset_isa upset_isa_aarch64 = {
	.name = "aarch64",
	.number = 3,
	.qemu = "aarch64",
	.qemu_cpu = "neoverse-v1,sve=off,pauth=off",
	.elf = {EM_AARCH64, ELFCLASS64, ELFDATA2LSB},
	.word_bits = 64,
	.insn_bytes_max = 4,
	.insn_alignment = 4,
	.resources = resources,
	.aliases = aliases,
	.resource_count = AARCH64_RESOURCES,
	.alias_count = sizeof(aliases) / sizeof(aliases[0]),
	.cell_count = CELLS,
	.state_bytes = STATE_BYTES,
	.pc = AARCH64_PC,
	.sp = AARCH64_SP,
	.link = AARCH64_X30,
	.next_pc = UPSET_RESOURCE_NONE,
	.flags = AARCH64_NZCV,
	.mode = UPSET_RESOURCE_NONE,
	.counter = UPSET_RESOURCE_NONE,
	.syscall_number = AARCH64_X8,
	.syscall_result = AARCH64_X0,
	.syscall_arguments = {AARCH64_X0, AARCH64_X0 + 1, AARCH64_X0 + 2, AARCH64_X0 + 3,
		AARCH64_X0 + 4, AARCH64_X0 + 5},
	.return_bytes = 0,
	.red_zone_bytes = 0,
	.stub_register = AARCH64_X17,
	.stub_base = UPSET_RESOURCE_NONE,
	.resolver_bytes = 16,
	.decode = aarch64_decode,
	.format = aarch64_format,
	.taken = aarch64_taken,
};
