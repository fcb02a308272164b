/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A64: bytes to the number of an instruction in the files of rows, and the numbers
 * that are written in it.
 */
#include <errno.h>

#include "isa/aarch64/internal.h"

static uint64_t ones(unsigned int count)
{
	return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* A run of ones in elements of 2 .. 64 bits, turned to the right. */
bool aarch64_bitmask(unsigned int encoded, unsigned int bits, uint64_t *mask)
{
	const unsigned int turn = encoded >> 6 & 63, run = encoded & 63;
	const unsigned int size = (encoded >> 12) << 6 | (~run & 63);
	unsigned int element, count, right;

	if (size < 2)
		return false;
	element = 1U << (31 - __builtin_clz(size));
	count = (run & (element - 1)) + 1;
	right = turn & (element - 1);
	if (element > bits || count == element)
		return false;
	*mask = ones(count);
	if (right)
		*mask = (*mask >> right | *mask << (element - right)) & ones(element);
	for (; element < 64; element *= 2)
		*mask |= *mask << element;
	*mask &= ones(bits);
	return true;
}

uint64_t aarch64_number(const struct aarch64_code *code, const struct table_operand *operand)
{
	const unsigned int bits = aarch64_shape(code)->operands[0].bits;
	uint64_t value = (uint64_t)aarch64_field(code, operand->field), second = 0;

	if (operand->second != TABLE_NONE)
		second = (uint64_t)aarch64_field(code, operand->second);
	switch (operand->kind) {
	case AARCH64_WIDE:
	case AARCH64_WHOLE:
		return value << 16 * second;
	case AARCH64_INVERSE:
		return ~(value << 16 * second) & ones(bits);
	case AARCH64_BITMASK:
		aarch64_bitmask((unsigned int)value, bits, &value);
		return value;
	case AARCH64_NEGATIVE:
		return (bits - value) % bits;
	case AARCH64_SPAN:
		return value - (code->word >> 16 & 63) + 1;
	case AARCH64_PAGE:
		return value << 12;
	default:
		return value;
	}
}

/* Masks that are reserved: instructions with them are none. */
static bool is_reserved(const struct aarch64_code *code)
{
	const struct table_shape *shape = aarch64_shape(code);
	uint64_t mask;

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == AARCH64_BITMASK)
			return !aarch64_bitmask(
				(unsigned int)aarch64_field(code, shape->operands[i].field),
				shape->operands[0].bits, &mask);
	}
	return false;
}

int aarch64_code(struct aarch64_code *code, uint64_t address, const uint8_t *bytes, size_t size)
{
	int number;

	if (size < 4)
		return -ENODATA;
	code->address = address;
	code->word = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		     (uint32_t)bytes[3] << 24;
	number = table_find(&aarch64_table, code->word);
	if (number < 0)
		return -EILSEQ;
	code->number = (uint16_t)number;
	return is_reserved(code) ? -EILSEQ : 0;
}
