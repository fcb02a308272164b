/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of a RISC-V instruction, from the operands of its shape and its fields.
 */
#include "isa/riscv/internal.h"

static void add(struct upset_insn *insn, const struct upset_operand *row)
{
	insn->operands[insn->operand_count] = *row;
	insn->operands[insn->operand_count].effect = UPSET_NO_EFFECT;
	insn->operand_count++;
}

static void add_access(struct upset_insn *insn, unsigned int index, unsigned int access,
	unsigned int resource, unsigned int bits)
{
	const struct upset_operand row = {.index = (uint8_t)index,
		.access = (uint8_t)access,
		.resource = (uint8_t)resource,
		.bits = (uint16_t)bits};

	if (resource != RISCV_X0)
		add(insn, &row);
}

static void add_register(struct upset_insn *insn, unsigned int index,
	const struct table_operand *operand, unsigned int resource)
{
	if (operand->access & TABLE_READS)
		add_access(insn, index, UPSET_READ, resource, operand->bits);
	if (operand->access & TABLE_WRITES)
		add_access(insn, index, UPSET_WRITE, resource, operand->bits);
}

static void add_memory(struct upset_insn *insn, unsigned int index,
	const struct table_operand *operand, const struct riscv_code *code)
{
	unsigned int base = riscv_register(code, operand);
	struct upset_memory *memory = &insn->memory[insn->memory_count];
	struct upset_operand row = {.index = (uint8_t)index,
		.resource = UPSET_MEMORY,
		.memory = insn->memory_count,
		.bits = operand->bits,
		.conditional = (operand->access & TABLE_MAY_WRITE) != 0};

	*memory = (struct upset_memory){.base = base ? (uint8_t)base : UPSET_RESOURCE_NONE,
		.index = UPSET_RESOURCE_NONE,
		.segment = UPSET_RESOURCE_NONE,
		.bit_string = UPSET_RESOURCE_NONE,
		.address_bits = 64,
		.index_bits = 64,
		.absolute = base == RISCV_X0,
		.bits = operand->bits};
	if (operand->second != TABLE_NONE)
		memory->displacement = riscv_field(code, operand->second);
	insn->memory_count++;
	if (operand->access & TABLE_READS)
		add(insn, &row);
	row.access = UPSET_WRITE;
	if (operand->access & TABLE_WRITES)
		add(insn, &row);
}

/*
 * A control register is read unless its old value goes nowhere, and written unless
 * bits of x0 or 0 are set or cleared in it.  Those without a resource have no rows.
 */
static void add_csr(struct upset_insn *insn, unsigned int index, const struct riscv_code *code)
{
	enum { FFLAGS = 1, FRM = 2, FCSR = 3 };
	unsigned int csr = code->word >> 20, function = code->word >> 12 & 3;
	bool exchanges = function == 1;
	bool reads = !exchanges || (code->word >> 7 & 31) != 0;
	bool writes = exchanges || (code->word >> 15 & 31) != 0;

	if (csr < FFLAGS || csr > FCSR)
		return;
	if (csr != FRM && reads)
		add_access(insn, index, UPSET_READ, RISCV_FFLAGS, 5);
	if (csr != FFLAGS && reads)
		add_access(insn, index, UPSET_READ, RISCV_FRM, 3);
	if (csr != FRM && writes)
		add_access(insn, index, UPSET_WRITE, RISCV_FFLAGS, 5);
	if (csr != FFLAGS && writes)
		add_access(insn, index, UPSET_WRITE, RISCV_FRM, 3);
}

static void add_operand(struct upset_insn *insn, unsigned int index,
	const struct table_operand *operand, const struct riscv_code *code)
{
	switch (operand->kind) {
	case RISCV_X:
		add_register(insn, index, operand, riscv_register(code, operand));
		break;
	case RISCV_F:
		add_register(insn, index, operand, RISCV_F0 + riscv_register(code, operand));
		break;
	case RISCV_M:
		add_memory(insn, index, operand, code);
		break;
	case RISCV_FLAGS:
		add_register(insn, index, operand, RISCV_FFLAGS);
		break;
	case RISCV_RM:
		if (riscv_field(code, operand->field) == RISCV_ROUNDING_DYNAMIC)
			add_access(insn, index, UPSET_READ, RISCV_FRM, 3);
		break;
	case RISCV_CSR:
		add_csr(insn, index, code);
		break;
	default:
		break;
	}
}

static bool is_read(const struct upset_insn *insn, unsigned int resource)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].resource == resource &&
			insn->operands[i].access == UPSET_READ && insn->operands[i].bits == 64)
			return true;
	}
	return false;
}

void riscv_build_rows(struct upset_insn *insn, const struct riscv_code *code)
{
	const struct table_shape *shape = riscv_shape(code);

	/* Computing into x0 is a hint. */
	if (shape->is_pure && riscv_register(code, &shape->operands[0]) == RISCV_X0)
		return;
	for (unsigned int i = 0; i < shape->operand_count; i++)
		add_operand(insn, i, &shape->operands[i], code);
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		unsigned int base = insn->memory[i].base;

		if (base != UPSET_RESOURCE_NONE && !is_read(insn, base))
			add_access(insn, shape->operand_count + i, UPSET_READ, base, 64);
	}
}
