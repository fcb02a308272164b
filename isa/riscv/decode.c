/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V: bytes to struct upset_insn, classes of instructions, and whether a
 * conditional branch is taken.  What instructions there are is in riscv.rows.
 */
#include <errno.h>
#include <string.h>

#include "isa/riscv/internal.h"
#include "isa/state.h"

/* The manual's two link registers: what calls leave the return address in. */
static bool is_link(unsigned int reg)
{
	return reg == RISCV_RA || reg == RISCV_T0;
}

/* jal and jalr: which it is follows from their registers, as the manual has it for predictors. */
static unsigned int jump_classes(const struct riscv_code *code)
{
	const struct table_shape *shape = riscv_shape(code);

	if (is_link(riscv_register(code, &shape->operands[0])))
		return UPSET_CLASS_BRANCH | UPSET_CLASS_CALL;
	if (shape->operands[1].kind == RISCV_X &&
		is_link(riscv_register(code, &shape->operands[1])))
		return UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN;
	return UPSET_CLASS_BRANCH;
}

static unsigned int classes(const struct riscv_code *code)
{
	unsigned int table = riscv_table.insns[code->number].classes, result = 0;

	if (table & RISCV_JUMP)
		result |= jump_classes(code);
	if (table & RISCV_CONDITIONAL)
		result |= UPSET_CLASS_BRANCH | UPSET_CLASS_CONDITIONAL;
	if (table & RISCV_SYSCALL)
		result |= UPSET_CLASS_SYSCALL;
	if (table & RISCV_TRAP)
		result |= UPSET_CLASS_TRAP;
	if (table & RISCV_LOCK)
		result |= UPSET_CLASS_LOCK;
	return result;
}

/* Floating-point registers and what belongs to them. */
static unsigned int float_class(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		unsigned int resource = insn->operands[i].resource;

		if (resource >= RISCV_F0 || resource == RISCV_FFLAGS || resource == RISCV_FRM)
			return UPSET_CLASS_VECTOR;
	}
	return 0;
}

static void set_immediate(struct upset_insn *insn, const struct riscv_code *code)
{
	const struct table_shape *shape = riscv_shape(code);

	insn->immediate_index = UPSET_RESOURCE_NONE;
	for (unsigned int i = 0; i < shape->operand_count; i++) {
		const struct table_operand *operand = &shape->operands[i];

		if (operand->kind != RISCV_IMM && operand->kind != RISCV_HEX &&
			operand->kind != RISCV_TARGET)
			continue;
		insn->immediate = (uint64_t)riscv_field(code, operand->field);
		insn->immediate_index = (uint8_t)i;
		if (operand->kind == RISCV_TARGET)
			insn->branch_target = code->address + insn->immediate;
		return;
	}
}

int riscv_decode(struct upset_insn *insn, unsigned int mode, uint64_t address, const uint8_t *bytes,
	size_t size)
{
	struct riscv_code code;
	int result = riscv_code(&code, address, bytes, size);

	if (result)
		return result;
	memset(insn, 0, sizeof(*insn));
	insn->address = address;
	insn->mode = (uint8_t)mode;
	insn->size = code.size;
	insn->form = code.number;
	insn->flags.kind = UPSET_FROM_NOTHING;
	memcpy(insn->bytes, bytes, code.size);
	set_immediate(insn, &code);
	riscv_build_rows(insn, &code);
	riscv_add_effect(insn, &code);
	insn->classes = (uint16_t)(classes(&code) | float_class(insn));
	return 0;
}

bool riscv_taken(const struct upset_insn *insn, const struct upset_state *state)
{
	struct riscv_code code;
	const struct table_shape *shape;
	uint64_t a, b;
	bool holds;

	if (riscv_code(&code, insn->address, insn->bytes, insn->size))
		return false;
	shape = riscv_shape(&code);
	a = upset_state_word(state, riscv_register(&code, &shape->operands[0]));
	b = upset_state_word(state, riscv_register(&code, &shape->operands[1]));
	switch (code.word >> 13 & 3) { /* funct3, whose lowest bit negates */
	case 0:
		holds = a == b;
		break;
	case 2:
		holds = (int64_t)a < (int64_t)b;
		break;
	default:
		holds = a < b;
		break;
	}
	return holds != (code.word >> 12 & 1);
}
