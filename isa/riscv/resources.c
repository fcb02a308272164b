/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 64-bit RISC-V as an instruction set: its registers and how it calls.  The numbers
 * are part of the store's format; knows nothing of instructions.
 */
#include "isa/riscv/internal.h"

#include <elf.h>

/* Where things lie in the register image. */
enum {
	GENERAL_AT = 0,
	FLOAT_AT = GENERAL_AT + 32 * 8,
	FFLAGS_AT = FLOAT_AT + 32 * 8,
	FRM_AT = FFLAGS_AT + 8,
	PC_AT = FRM_AT + 8,
	STATE_BYTES = PC_AT + 8,
};

/* Cells of live share. */
enum {
	GENERAL_CELLS = 0,
	FLOAT_CELLS = GENERAL_CELLS + 32 * 4,
	FFLAGS_CELL = FLOAT_CELLS + 32 * 2,
	FRM_CELL,
	CELLS,
};

/* Named as the calling convention does, which is how instructions are written. */
#define GENERAL(n, text)                                                                           \
	[n] = {.name = (text),                                                                     \
		.kind = UPSET_RESOURCE_GENERAL,                                                    \
		.bits = 64,                                                                        \
		.part_ends = {1, 2, 4, 8},                                                         \
		.cell = GENERAL_CELLS + (n)*4,                                                     \
		.offset = GENERAL_AT + (n)*8,                                                      \
		.qemu = "x" #n "/" text,                                                           \
		.ring = UPSET_RESOURCE_NONE}
#define FLOAT(n, text)                                                                             \
	[RISCV_F0 + (n)] = {.name = (text),                                                        \
		.kind = UPSET_RESOURCE_FLOAT,                                                      \
		.bits = 64,                                                                        \
		.part_ends = {4, 8},                                                               \
		.cell = FLOAT_CELLS + (n)*2,                                                       \
		.offset = FLOAT_AT + (n)*8,                                                        \
		.qemu = "f" #n "/" text,                                                           \
		.ring = UPSET_RESOURCE_NONE}
#define CONTROL(number, text, width, place, first_cell)                                            \
	[number] = {.name = (text),                                                                \
		.kind = UPSET_RESOURCE_CONTROL,                                                    \
		.bits = (width),                                                                   \
		.part_ends = {1},                                                                  \
		.cell = (first_cell),                                                              \
		.offset = (place),                                                                 \
		.qemu = (text),                                                                    \
		.ring = UPSET_RESOURCE_NONE}

static const struct upset_resource resources[RISCV_RESOURCES] = {
	GENERAL(1, "ra"),
	GENERAL(2, "sp"),
	GENERAL(3, "gp"),
	GENERAL(4, "tp"),
	GENERAL(5, "t0"),
	GENERAL(6, "t1"),
	GENERAL(7, "t2"),
	GENERAL(8, "s0"),
	GENERAL(9, "s1"),
	GENERAL(10, "a0"),
	GENERAL(11, "a1"),
	GENERAL(12, "a2"),
	GENERAL(13, "a3"),
	GENERAL(14, "a4"),
	GENERAL(15, "a5"),
	GENERAL(16, "a6"),
	GENERAL(17, "a7"),
	GENERAL(18, "s2"),
	GENERAL(19, "s3"),
	GENERAL(20, "s4"),
	GENERAL(21, "s5"),
	GENERAL(22, "s6"),
	GENERAL(23, "s7"),
	GENERAL(24, "s8"),
	GENERAL(25, "s9"),
	GENERAL(26, "s10"),
	GENERAL(27, "s11"),
	GENERAL(28, "t3"),
	GENERAL(29, "t4"),
	GENERAL(30, "t5"),
	GENERAL(31, "t6"),
	CONTROL(RISCV_FFLAGS, "fflags", 5, FFLAGS_AT, FFLAGS_CELL),
	CONTROL(RISCV_FRM, "frm", 3, FRM_AT, FRM_CELL),
	[RISCV_PC] = {.name = "pc",
		.kind = UPSET_RESOURCE_HIDDEN,
		.bits = 64,
		.offset = PC_AT,
		.qemu = "pc",
		.ring = UPSET_RESOURCE_NONE},
	[UPSET_MEMORY] = {.name = "memory",
		.kind = UPSET_RESOURCE_MEMORY,
		.ring = UPSET_RESOURCE_NONE},
	FLOAT(0, "ft0"),
	FLOAT(1, "ft1"),
	FLOAT(2, "ft2"),
	FLOAT(3, "ft3"),
	FLOAT(4, "ft4"),
	FLOAT(5, "ft5"),
	FLOAT(6, "ft6"),
	FLOAT(7, "ft7"),
	FLOAT(8, "fs0"),
	FLOAT(9, "fs1"),
	FLOAT(10, "fa0"),
	FLOAT(11, "fa1"),
	FLOAT(12, "fa2"),
	FLOAT(13, "fa3"),
	FLOAT(14, "fa4"),
	FLOAT(15, "fa5"),
	FLOAT(16, "fa6"),
	FLOAT(17, "fa7"),
	FLOAT(18, "fs2"),
	FLOAT(19, "fs3"),
	FLOAT(20, "fs4"),
	FLOAT(21, "fs5"),
	FLOAT(22, "fs6"),
	FLOAT(23, "fs7"),
	FLOAT(24, "fs8"),
	FLOAT(25, "fs9"),
	FLOAT(26, "fs10"),
	FLOAT(27, "fs11"),
	FLOAT(28, "ft8"),
	FLOAT(29, "ft9"),
	FLOAT(30, "ft10"),
	FLOAT(31, "ft11"),
};

#define X(n)                                                                                       \
	{                                                                                          \
		"x" #n, n, 64                                                                      \
	}
#define F(n)                                                                                       \
	{                                                                                          \
		"f" #n, RISCV_F0 + (n), 64                                                         \
	}

static const struct upset_alias aliases[] = {
	X(1),
	X(2),
	X(3),
	X(4),
	X(5),
	X(6),
	X(7),
	X(8),
	X(9),
	X(10),
	X(11),
	X(12),
	X(13),
	X(14),
	X(15),
	X(16),
	X(17),
	X(18),
	X(19),
	X(20),
	X(21),
	X(22),
	X(23),
	X(24),
	X(25),
	X(26),
	X(27),
	X(28),
	X(29),
	X(30),
	X(31),
	F(0),
	F(1),
	F(2),
	F(3),
	F(4),
	F(5),
	F(6),
	F(7),
	F(8),
	F(9),
	F(10),
	F(11),
	F(12),
	F(13),
	F(14),
	F(15),
	F(16),
	F(17),
	F(18),
	F(19),
	F(20),
	F(21),
	F(22),
	F(23),
	F(24),
	F(25),
	F(26),
	F(27),
	F(28),
	F(29),
	F(30),
	F(31),
	{"fp", 8, 64},
};

const struct upset_isa upset_isa_riscv64 = {
	.name = "riscv64",
	.number = 2,
	.qemu = "riscv64",
	.qemu_cpu = "rv64,v=off,zicbom=off,zicboz=off,zicond=on,zcb=on",
	.elf = {EM_RISCV, ELFCLASS64, ELFDATA2LSB},
	.word_bits = 64,
	.insn_bytes_max = 4,
	.insn_alignment = 2,
	.resources = resources,
	.aliases = aliases,
	.resource_count = RISCV_RESOURCES,
	.alias_count = sizeof(aliases) / sizeof(aliases[0]),
	.cell_count = CELLS,
	.state_bytes = STATE_BYTES,
	.pc = RISCV_PC,
	.sp = RISCV_SP,
	.link = RISCV_RA,
	.next_pc = UPSET_RESOURCE_NONE,
	.flags = UPSET_RESOURCE_NONE,
	.mode = UPSET_RESOURCE_NONE,
	.counter = UPSET_RESOURCE_NONE,
	.syscall_number = RISCV_A7,
	.syscall_result = RISCV_A0,
	.syscall_arguments = {RISCV_A0, RISCV_A0 + 1, RISCV_A0 + 2, RISCV_A0 + 3, RISCV_A0 + 4,
		RISCV_A0 + 5},
	.return_bytes = 0,
	.red_zone_bytes = 0,
	.stub_register = RISCV_T3,
	.stub_base = UPSET_RESOURCE_NONE,
	.resolver_bytes = 0,
	.decode = riscv_decode,
	.format = riscv_format,
	.taken = riscv_taken,
};
