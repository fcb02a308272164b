/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A64: bytes to struct upset_insn, classes of instructions, and whether a
 * conditional branch is taken.  What instructions there are is in the files of rows.
 */
#include <string.h>

#include "isa/aarch64/internal.h"
#include "isa/state.h"

/* Conditions 14 and 15 are none. */
static bool is_always_taken(const struct aarch64_code *code)
{
	const struct table_operand *operand = &aarch64_shape(code)->operands[0];

	return operand->kind == AARCH64_COND && aarch64_field(code, operand->field) >= 14;
}

static unsigned int classes(const struct aarch64_code *code)
{
	static const struct {
		uint16_t table, result;
	} words[] = {
		{AARCH64_JUMP, UPSET_CLASS_BRANCH},
		{AARCH64_CONDITIONAL, UPSET_CLASS_BRANCH | UPSET_CLASS_CONDITIONAL},
		{AARCH64_CALL, UPSET_CLASS_BRANCH | UPSET_CLASS_CALL},
		{AARCH64_RETURN, UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN},
		{AARCH64_SYSCALL, UPSET_CLASS_SYSCALL},
		{AARCH64_TRAP, UPSET_CLASS_TRAP},
		{AARCH64_LOCK, UPSET_CLASS_LOCK},
	};
	unsigned int result = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (aarch64_table.insns[code->number].classes & words[i].table)
			result |= words[i].result;
	}
	if (result & UPSET_CLASS_CONDITIONAL && is_always_taken(code))
		result &= ~(unsigned int)UPSET_CLASS_CONDITIONAL;
	return result;
}

/* Floating-point and vector registers, and what belongs to them. */
static unsigned int vector_class(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		unsigned int resource = insn->operands[i].resource;

		if (resource >= AARCH64_V0 || resource == AARCH64_FPCR || resource == AARCH64_FPSR)
			return UPSET_CLASS_VECTOR;
	}
	return 0;
}

/* Every exception ends what it begins. */
static bool is_load_exclusive(uint32_t word)
{
	return (word & 0x3fe00000) == 0x08400000 /* one register */ ||
	       (word & 0xbfe00000) == 0x88600000 /* two */;
}

/* One access moves several values, or parts of vectors: it is put together where it happened. */
static unsigned int quirks(const struct upset_insn *insn, const struct aarch64_code *code)
{
	const struct table_shape *shape = aarch64_shape(code);

	if (insn->memory_count == 0)
		return 0;
	if (is_load_exclusive(code->word))
		return UPSET_QUIRK_EXCLUSIVE;
	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == AARCH64_LIST ||
			shape->operands[i].kind == AARCH64_ELEMENTS)
			return UPSET_QUIRK_CALLBACKS;
	}
	return 0;
}

static bool is_number(const struct table_operand *operand)
{
	return operand->kind >= AARCH64_IMM && operand->kind <= AARCH64_BYTES;
}

static void set_numbers(struct upset_insn *insn, const struct aarch64_code *code)
{
	const struct table_shape *shape = aarch64_shape(code);

	insn->immediate_index = UPSET_RESOURCE_NONE;
	for (unsigned int i = 0; i < shape->operand_count; i++) {
		const struct table_operand *operand = &shape->operands[i];

		if (is_number(operand) && insn->immediate_index == UPSET_RESOURCE_NONE) {
			insn->immediate = aarch64_number(code, operand);
			insn->immediate_index = (uint8_t)i;
		}
		if (operand->kind == AARCH64_TARGET && (insn->classes & UPSET_CLASS_BRANCH))
			insn->branch_target = code->address + aarch64_number(code, operand);
	}
}

int aarch64_decode(struct upset_insn *insn, unsigned int mode, uint64_t address,
	const uint8_t *bytes, size_t size)
{
	struct aarch64_code code;
	int result = aarch64_code(&code, address, bytes, size);

	if (result)
		return result;
	memset(insn, 0, sizeof(*insn));
	insn->address = address;
	insn->mode = (uint8_t)mode;
	insn->size = 4;
	insn->form = code.number;
	insn->flags.kind = UPSET_FROM_NOTHING;
	memcpy(insn->bytes, bytes, 4);
	insn->classes = (uint16_t)classes(&code);
	set_numbers(insn, &code);
	aarch64_build_rows(insn, &code);
	aarch64_add_effects(insn, &code);
	insn->classes |= (uint16_t)vector_class(insn);
	insn->quirks = (uint8_t)quirks(insn, &code);
	return 0;
}

static bool holds(unsigned int condition, const struct upset_state *state)
{
	const bool n = upset_state_word(state, AARCH64_N), z = upset_state_word(state, AARCH64_Z);
	const bool c = upset_state_word(state, AARCH64_C), v = upset_state_word(state, AARCH64_V);
	bool result;

	switch (condition >> 1) {
	case 0:
		result = z;
		break;
	case 1:
		result = c;
		break;
	case 2:
		result = n;
		break;
	case 3:
		result = v;
		break;
	case 4:
		result = c && !z;
		break;
	case 5:
		result = n == v;
		break;
	case 6:
		result = n == v && !z;
		break;
	default: /* al and nv, of which there are no conditional branches */
		return true;
	}
	return result != (condition & 1);
}

bool aarch64_taken(const struct upset_insn *insn, const struct upset_state *state)
{
	const struct table_operand *operand;
	struct aarch64_code code;
	uint64_t value;

	if (aarch64_code(&code, insn->address, insn->bytes, insn->size))
		return false;
	operand = &aarch64_shape(&code)->operands[0];
	if (operand->kind == AARCH64_COND)
		return holds((unsigned int)aarch64_field(&code, operand->field), state);
	value = aarch64_register(&code, operand) == AARCH64_31
			? 0
			: upset_state_word(state, aarch64_register(&code, operand));
	if (operand->kind == AARCH64_BIT)
		value = value >> aarch64_field(&code, operand->second) & 1;
	else if (operand->bits == 32)
		value = (uint32_t)value;
	return (value != 0) == (code.word >> 24 & 1);
}
