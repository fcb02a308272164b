/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that rows.py makes of files like riscv/riscv.rows: encodings, what
 * their fields are, the operands of each shape of instruction, and how they are
 * written.  Knows no instruction set; numbers of kinds are the instruction set's.
 */
#ifndef UPSET_ISA_TABLE_H
#define UPSET_ISA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TABLE_PARTS = 8,
	TABLE_OPERANDS = 8,
	TABLE_CONDITIONS = 4,
	TABLE_SETTINGS = 3,
	TABLE_NONE = 255, /* no field */
};

/* A number in an instruction: bits @low .. @low + @bits - 1 of each part, the highest part first.
 */
struct table_field {
	uint8_t part_count;
	struct {
		uint8_t low, bits;
	} parts[TABLE_PARTS];
	bool is_signed;
	int32_t factor, plus;
};

enum table_access {
	TABLE_READS = 1,
	TABLE_WRITES = 2,
	TABLE_MAY_WRITE = 4, /* with TABLE_WRITES: the access may not happen */
};

struct table_operand {
	uint8_t access; /* enum table_access, or-ed */
	uint8_t kind;	/* of the instruction set's kinds */
	uint8_t field;	/* or TABLE_NONE: the register is @number */
	uint8_t second; /* the displacement's field of a memory argument, or TABLE_NONE */
	uint8_t number;
	uint8_t part;  /* of a vector: bits of one part; else 0 */
	uint16_t bits; /* of all of it */
};

/* In texts a byte of 0x80 or more stands for operand number (byte - 0x80). */
struct table_shape {
	const char *text;
	uint8_t operand_count;
	struct table_operand operands[TABLE_OPERANDS];
	bool is_pure; /* changes general registers only: nothing, when its first operand is none */
};

struct table_insn {
	const char *name;
	uint32_t mask, match;
	uint16_t shape;
	uint8_t classes; /* of the instruction set's, or-ed */
	uint8_t effect;	 /* of the instruction set's; 0: nothing is said */
};

enum table_relation { TABLE_EQUAL, TABLE_DIFFERENT, TABLE_LESS };

/* How the field relates to a value or to another field. */
struct table_condition {
	uint8_t field, other; /* or TABLE_NONE: @value */
	uint8_t relation;     /* enum table_relation */
	int32_t value;
};

struct table_alias {
	const char *name, *text;
	uint16_t insn;
	uint8_t condition_count;
	struct table_condition conditions[TABLE_CONDITIONS];
};

/* A short instruction: @to becomes the value of the short one's field @from, or @value. */
struct table_short {
	uint32_t mask, match;
	uint16_t insn;
	uint8_t setting_count, condition_count;
	struct {
		uint8_t to, from;
		int32_t value;
	} settings[TABLE_SETTINGS];
	struct table_condition conditions[1];
};

struct table {
	const struct table_field *fields;
	const struct table_shape *shapes;
	const struct table_insn *insns;
	const struct table_alias *aliases;
	const struct table_short *shorts;
	const char *const *field_names; /* without suffix */
	uint16_t field_count, insn_count, alias_count, short_count;
	/* The instructions with the bits @group_low .. of @group_bits are insns[order[i]],
	   i from groups[bits] to groups[bits + 1] - 1. */
	uint8_t group_low, group_bits;
	const uint16_t *groups, *order;
};

/* The number of the first instruction that @word is, or -1. */
int table_find(const struct table *table, uint32_t word);
/* Make the long one of a short instruction; false: there is none. */
bool table_expand(const struct table *table, uint32_t word, uint32_t *result);
/* The value of field @field in @word, and @word with another one. */
int64_t table_field_get(const struct table *table, unsigned int field, uint32_t word);
uint32_t table_field_set(
	const struct table *table, unsigned int field, uint32_t word, int64_t value);
/* How instruction @insn, which is @word, is written: its alias, or NULL. */
const struct table_alias *table_alias(const struct table *table, unsigned int insn, uint32_t word);

#endif
