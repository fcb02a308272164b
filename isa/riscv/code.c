/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V: bytes to the number of an instruction in riscv.rows.  Short ones become
 * the long ones that they are short for.
 */
#include <errno.h>

#include "isa/riscv/internal.h"

/* Rounding modes 5 and 6 are reserved: instructions with them are none. */
static bool is_reserved(const struct riscv_code *code)
{
	const struct table_shape *shape = riscv_shape(code);

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == RISCV_RM) {
			int64_t mode = riscv_field(code, shape->operands[i].field);

			return mode == 5 || mode == 6;
		}
	}
	return false;
}

int riscv_code(struct riscv_code *code, uint64_t address, const uint8_t *bytes, size_t size)
{
	int number;

	if (size < 2)
		return -ENODATA;
	code->address = address;
	code->word = bytes[0] | (uint32_t)bytes[1] << 8;
	code->size = (code->word & 3) == 3 ? 4 : 2;
	if (code->size == 2) {
		if (!table_expand(&riscv_table, code->word, &code->word))
			return -EILSEQ;
	} else {
		if (size < 4)
			return -ENODATA;
		code->word |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	}
	number = table_find(&riscv_table, code->word);
	if (number < 0)
		return -EILSEQ;
	code->number = (uint16_t)number;
	return is_reserved(code) ? -EILSEQ : 0;
}
