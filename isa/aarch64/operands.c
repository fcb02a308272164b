/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of an A64 instruction, from the operands of its shape and its fields.
 */
#include "isa/aarch64/internal.h"

struct rows {
	struct upset_insn *insn;
	const struct aarch64_code *code;
	bool has_flags;
	unsigned int written_back; /* a bit for each memory argument */
};

static void add(struct rows *rows, unsigned int index, unsigned int access, unsigned int resource,
	unsigned int bit_offset, unsigned int bits)
{
	rows->insn->operands[rows->insn->operand_count++] =
		(struct upset_operand){.index = (uint8_t)index,
			.access = (uint8_t)access,
			.resource = (uint8_t)resource,
			.bits = (uint16_t)bits,
			.bit_offset = (uint16_t)bit_offset,
			.effect = UPSET_NO_EFFECT};
}

static bool is_accessed(const struct table_operand *operand, unsigned int access)
{
	return (operand->access & (access == UPSET_READ ? TABLE_READS : TABLE_WRITES)) != 0;
}

/* --- registers ------------------------------------------------------------------------------ */

static void add_general(struct rows *rows, unsigned int index, const struct table_operand *operand,
	unsigned int reg)
{
	unsigned int bits = operand->bits, offset = 0;

	if (reg == AARCH64_31 && operand->kind != AARCH64_S)
		return; /* xzr, a constant */
	if (operand->kind == AARCH64_LOW)
		bits = (unsigned int)aarch64_field(rows->code, operand->second) + 1;
	if (operand->kind == AARCH64_BIT) {
		offset = (unsigned int)aarch64_field(rows->code, operand->second);
		bits = 1;
	}
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		if (!is_accessed(operand, access))
			continue;
		add(rows, index, access, reg, offset, bits);
		if (access == UPSET_WRITE)
			rows->insn->operands[rows->insn->operand_count - 1].zero_extends =
				bits < 64;
	}
}

static void add_pair(struct rows *rows, unsigned int index, const struct table_operand *operand)
{
	const unsigned int reg = aarch64_register(rows->code, operand);

	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		struct table_operand one = *operand;

		one.access &= access == UPSET_READ ? TABLE_READS : TABLE_WRITES;
		add_general(rows, index, &one, reg);
		add_general(rows, index, &one, reg + 1);
	}
}

/* Of as many registers as the operand says; writes to elements and upper halves keep the rest. */
static void add_vectors(struct rows *rows, unsigned int index, const struct table_operand *operand)
{
	const unsigned int first = aarch64_register(rows->code, operand);
	const bool counted = operand->kind == AARCH64_LIST || operand->kind == AARCH64_ELEMENTS;
	const unsigned int count = counted ? operand->number : 1;
	unsigned int bits = operand->bits, offset = 0;
	bool keeps = true;

	if (operand->kind == AARCH64_UPPER)
		offset = bits /= 2;
	else if (operand->kind == AARCH64_NEXT)
		offset = bits;
	else if (operand->second != TABLE_NONE)
		offset = (unsigned int)aarch64_field(rows->code, operand->second) * bits;
	else
		keeps = bits == 128;
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		for (unsigned int i = 0; i < count && is_accessed(operand, access); i++) {
			add(rows, index, access, AARCH64_V0 + (first + i) % 32, offset, bits);
			rows->insn->operands[rows->insn->operand_count - 1].zero_extends =
				access == UPSET_WRITE && !keeps;
		}
	}
}

static void add_fp(struct rows *rows, unsigned int index)
{
	add(rows, index, UPSET_READ, AARCH64_FPCR, 0, 32);
	add(rows, index, UPSET_READ, AARCH64_FPSR, 0, 32);
	add(rows, index, UPSET_WRITE, AARCH64_FPSR, 0, 32);
}

static void add_control(struct rows *rows, unsigned int index, const struct table_operand *operand)
{
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		if (is_accessed(operand, access))
			add(rows, index, access,
				operand->kind == AARCH64_MODES ? AARCH64_FPCR : AARCH64_FPSR, 0,
				32);
	}
}

/* --- flags ---------------------------------------------------------------------------------- */

/* What a condition depends on: al and nv on nothing.  N, Z, C, V are bits 3 .. 0. */
static unsigned int condition_flags(unsigned int condition)
{
	static const uint8_t flags[8] = {4, 2, 8, 1, 6, 9, 13, 0};

	return flags[condition >> 1 & 7];
}

static unsigned int flags_of(const struct rows *rows, const struct table_operand *operand)
{
	if (operand->kind == AARCH64_COND)
		return condition_flags((unsigned int)aarch64_field(rows->code, operand->field));
	return operand->field == TABLE_NONE
		       ? operand->number
		       : (unsigned int)aarch64_field(rows->code, operand->field);
}

/* All of the instruction, at the first operand that names some. */
static void add_flags(struct rows *rows, unsigned int index)
{
	const struct table_shape *shape = aarch64_shape(rows->code);
	unsigned int read = 0, written = 0;

	if (rows->has_flags)
		return;
	rows->has_flags = true;
	for (unsigned int i = index; i < shape->operand_count; i++) {
		const struct table_operand *operand = &shape->operands[i];

		if (operand->kind == AARCH64_COND ||
			(operand->kind == AARCH64_FLAGS && (operand->access & TABLE_READS)))
			read |= flags_of(rows, operand);
		if (operand->kind == AARCH64_FLAGS && (operand->access & TABLE_WRITES))
			written |= flags_of(rows, operand);
	}
	for (unsigned int i = 0; i < 4; i++) {
		if (read >> (3 - i) & 1)
			add(rows, index, UPSET_READ, AARCH64_N + i, 0, 1);
		if (written >> (3 - i) & 1)
			add(rows, index, UPSET_WRITE, AARCH64_N + i, 0, 1);
	}
}

/* --- memory --------------------------------------------------------------------------------- */

void aarch64_index(const struct aarch64_code *code, const struct table_operand *operand,
	struct upset_memory *memory)
{
	const unsigned int reg = (unsigned int)aarch64_field(code, operand->second);
	const unsigned int option = code->word >> 13 & 7;

	memory->index = reg == AARCH64_31 ? UPSET_RESOURCE_NONE : (uint8_t)reg;
	memory->index_bits = option & 1 ? 64 : 32;
	memory->index_signed = option >> 2;
	if (code->word >> 12 & 1)
		memory->shift = (uint8_t)__builtin_ctz(operand->bits / 8);
}

static void set_address(
	struct rows *rows, const struct table_operand *operand, struct upset_memory *memory)
{
	const unsigned int reg = aarch64_register(rows->code, operand);

	switch (operand->kind) {
	case AARCH64_LITERAL:
		memory->absolute = true;
		memory->displacement =
			(int64_t)rows->code->address + aarch64_field(rows->code, operand->field);
		return;
	case AARCH64_ZVA:
		memory->base = reg == AARCH64_31 ? UPSET_RESOURCE_NONE : (uint8_t)reg;
		memory->absolute = reg == AARCH64_31;
		memory->cleared_bits = (uint8_t)__builtin_ctz(operand->bits / 8);
		return;
	case AARCH64_MX:
		aarch64_index(rows->code, operand, memory);
		break;
	case AARCH64_M:
	case AARCH64_PRE:
		if (operand->second != TABLE_NONE)
			memory->displacement = aarch64_field(rows->code, operand->second);
		break;
	default:
		break;
	}
	memory->base = reg == AARCH64_31 ? AARCH64_SP : (uint8_t)reg;
}

static void add_memory(struct rows *rows, unsigned int index, const struct table_operand *operand)
{
	struct upset_insn *insn = rows->insn;
	struct upset_memory *memory = &insn->memory[insn->memory_count];

	if (operand->access == 0)
		return; /* the address of a hint */
	*memory = (struct upset_memory){.base = UPSET_RESOURCE_NONE,
		.index = UPSET_RESOURCE_NONE,
		.segment = UPSET_RESOURCE_NONE,
		.bit_string = UPSET_RESOURCE_NONE,
		.address_bits = 64,
		.index_bits = 64,
		.bits = operand->bits};
	set_address(rows, operand, memory);
	if (operand->kind >= AARCH64_PRE && operand->kind <= AARCH64_POSTREG)
		rows->written_back |= 1U << insn->memory_count;
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		if (!is_accessed(operand, access))
			continue;
		add(rows, index, access, UPSET_MEMORY, 0, operand->bits);
		insn->operands[insn->operand_count - 1].memory = insn->memory_count;
		insn->operands[insn->operand_count - 1].conditional =
			(operand->access & TABLE_MAY_WRITE) != 0;
	}
	insn->memory_count++;
}

static bool is_read(const struct upset_insn *insn, unsigned int resource, unsigned int bits)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (row->resource == resource && row->access == UPSET_READ && row->bits >= bits &&
			row->bit_offset == 0)
			return true;
	}
	return false;
}

static void add_address_register(
	struct rows *rows, unsigned int index, unsigned int resource, unsigned int bits)
{
	if (resource != UPSET_RESOURCE_NONE && !is_read(rows->insn, resource, bits))
		add(rows, index, UPSET_READ, resource, 0, bits);
}

/* The register that is added behind the access. */
static void add_increment(struct rows *rows, unsigned int index)
{
	const struct table_shape *shape = aarch64_shape(rows->code);

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == AARCH64_POSTREG)
			add_address_register(rows, index,
				(unsigned int)aarch64_field(rows->code, shape->operands[i].second),
				64);
	}
}

static void add_address_registers(struct rows *rows, unsigned int index)
{
	for (unsigned int i = 0; i < rows->insn->memory_count; i++) {
		const struct upset_memory *memory = &rows->insn->memory[i];

		add_address_register(rows, index + i, memory->base, 64);
		add_address_register(rows, index + i, memory->index, memory->index_bits);
		add_increment(rows, index + i);
		if (rows->written_back >> i & 1)
			add(rows, index + i, UPSET_WRITE, memory->base, 0, 64);
	}
}

/* --- all -------------------------------------------------------------------------------------- */

static void add_operand(struct rows *rows, unsigned int index, const struct table_operand *operand)
{
	switch (operand->kind) {
	case AARCH64_R:
	case AARCH64_S:
	case AARCH64_LOW:
	case AARCH64_BIT:
		add_general(rows, index, operand, aarch64_register(rows->code, operand));
		break;
	case AARCH64_PAIR:
		add_pair(rows, index, operand);
		break;
	case AARCH64_VECTOR:
	case AARCH64_UPPER:
	case AARCH64_NEXT:
	case AARCH64_ELEMENT:
	case AARCH64_COMPLEX:
	case AARCH64_LIST:
	case AARCH64_ELEMENTS:
		add_vectors(rows, index, operand);
		break;
	case AARCH64_FLAGS:
	case AARCH64_COND:
		add_flags(rows, index);
		break;
	case AARCH64_MODES:
	case AARCH64_STATUS:
		add_control(rows, index, operand);
		break;
	case AARCH64_FP:
		add_fp(rows, index);
		break;
	default:
		if (operand->kind >= AARCH64_M && operand->kind <= AARCH64_ZVA)
			add_memory(rows, index, operand);
		break;
	}
}

void aarch64_build_rows(struct upset_insn *insn, const struct aarch64_code *code)
{
	const struct table_shape *shape = aarch64_shape(code);
	struct rows rows = {.insn = insn, .code = code};

	for (unsigned int i = 0; i < shape->operand_count; i++)
		add_operand(&rows, i, &shape->operands[i]);
	add_address_registers(&rows, shape->operand_count);
}
