/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * riscv.rows against the tables that QEMU decodes with: each has the same
 * instructions with the same fields, or says what is off.  All encodings of 16
 * bits; of 32 bits all but for two registers, which take five pairs of values.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/riscv/internal.h"
#include "tests/isa/decodetree.h"

/* --- what QEMU's decoders expect ---------------------------------------------------- */

#define SHIFT(n)                                                                                   \
	static int ex_shift_##n(DisasContext *ctx, int value)                                      \
	{                                                                                          \
		(void)ctx;                                                                         \
		return (int)((unsigned int)value << (n));                                          \
	}
SHIFT(1)
SHIFT(2)
SHIFT(3)
SHIFT(4)
SHIFT(12)

static int ex_plus_1(DisasContext *ctx, int value)
{
	(void)ctx;
	return value + 1;
}

static int ex_rvc_register(DisasContext *ctx, int value)
{
	(void)ctx;
	return value + 8;
}

/* Of cm.mvsa01 and cm.mva01s, which are off. */
static int ex_sreg_register(DisasContext *ctx, int value)
{
	(void)ctx;
	return value;
}

/* These change shifts by 0 where registers have 128 bits. */
static int ex_rvc_shiftli(DisasContext *ctx, int value)
{
	(void)ctx;
	return value;
}

static int ex_rvc_shiftri(DisasContext *ctx, int value)
{
	(void)ctx;
	return value;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wpedantic"
#include "decode_insn32.inc"
/* This one uses types of the one above. */
#include "decode_insn16.inc"
/* And this one of both. */
#include "recorder.inc"
#pragma GCC diagnostic pop

/* --- comparing ------------------------------------------------------------------------ */

static bool seen[512];

/* The assembler's name of what QEMU calls @name; short instructions are what they are short for. */
static void own_name(const char *name, char result[32])
{
	static const struct {
		const char *qemu, *own;
	} others[] = {{"rev8_64", "rev8"}, {"zext_h_64", "zext.h"}, {"c_not", "xori"},
		{"c_zext_b", "andi"}, {"c_zext_w", "add.uw"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i].qemu, name) == 0) {
			strcpy(result, others[i].own);
			return;
		}
	}
	if (strncmp(name, "c_", 2) == 0)
		name += 2;
	for (; *name; name++)
		*result++ = *name == '_' ? '.' : *name;
	*result = '\0';
}

static bool is_illegal(const char *name)
{
	return strcmp(name, "illegal") == 0 || strcmp(name, "c64_illegal") == 0;
}

static bool field_is(const DisasContext *ctx, const char *name, int low, int high)
{
	for (unsigned int i = 0; i < ctx->count; i++) {
		if (strcmp(ctx->fields[i].name, name) == 0)
			return ctx->fields[i].value >= low && ctx->fields[i].value <= high;
	}
	return false;
}

/* What QEMU finds out only when it makes code. */
static bool is_reserved(const DisasContext *ctx)
{
	return field_is(ctx, "rm", 5, 6) || field_is(ctx, "shamt", 64, 127);
}

/* Whether the field in the table is what QEMU calls @name, and then its value. */
static bool same_field(
	const struct riscv_code *code, unsigned int field, const char *name, int64_t *value)
{
	const char *own = riscv_table.field_names[field];
	int64_t number = riscv_field(code, field);

	if (strcmp(own, "aqrl") == 0 && strcmp(name, "aq") == 0)
		*value = number >> 1;
	else if (strcmp(own, "aqrl") == 0 && strcmp(name, "rl") == 0)
		*value = number & 1;
	else if (strcmp(own, name) == 0 || (strcmp(own, "zimm") == 0 && strcmp(name, "rs1") == 0))
		*value = number;
	else
		return false;
	return true;
}

static bool find_field(const struct riscv_code *code, const char *name, int64_t *value)
{
	const struct table_shape *shape = riscv_shape(code);

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		const struct table_operand *operand = &shape->operands[i];

		if (operand->field != TABLE_NONE && same_field(code, operand->field, name, value))
			return true;
		if (operand->second != TABLE_NONE && same_field(code, operand->second, name, value))
			return true;
	}
	return false;
}

static void compare(const DisasContext *ctx, const struct riscv_code *code, uint32_t word)
{
	const char *own = riscv_table.insns[code->number].name;
	char name[32];

	own_name(ctx->name, name);
	if (strcmp(name, own) != 0)
		fail_msg("%08x: QEMU says %s, riscv.rows %s", word, ctx->name, own);
	for (unsigned int i = 0; i < ctx->count; i++) {
		int64_t value = 0;

		/* A field that is always 0 need not be one. */
		find_field(code, ctx->fields[i].name, &value);
		if (value != ctx->fields[i].value)
			fail_msg("%08x: %s: QEMU says %s=%d, riscv.rows %lld", word, own,
				ctx->fields[i].name, ctx->fields[i].value, (long long)value);
	}
	seen[code->number] = true;
}

static void check(uint32_t word, bool found, const DisasContext *ctx)
{
	const uint8_t bytes[4] = {
		(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
	struct riscv_code code;
	int result = riscv_code(&code, 0, bytes, sizeof(bytes));

	if (word == 0) { /* c.unimp: written to be no instruction */
		assert_int_equal(result, 0);
	} else if (!found || is_illegal(ctx->name) || is_reserved(ctx)) {
		if (!result)
			fail_msg("%08x: QEMU says nothing, riscv.rows %s", word,
				riscv_table.insns[code.number].name);
	} else if (result) {
		fail_msg("%08x: QEMU says %s, riscv.rows nothing", word, ctx->name);
	} else {
		compare(ctx, &code, word);
	}
}

static void test_short(void **state)
{
	DisasContext ctx;

	(void)state;
	for (uint32_t word = 0; word < 0x10000; word++) {
		if ((word & 3) != 3)
			check(word, decode_insn16(&ctx, (uint16_t)word), &ctx);
	}
}

static void test_long(void **state)
{
	static const uint32_t registers[] = {
		0, 7 << 7, 9 << 15, 31 << 15 | 31 << 7, 1 << 15 | 1 << 7};
	DisasContext ctx;

	(void)state;
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		for (uint32_t rest = 0; rest < 1 << 20; rest++) {
			uint32_t word = (rest >> 8) << 20 | (rest >> 5 & 7) << 12 |
					(rest & 31) << 2 | 3 | registers[i];

			check(word, decode_insn32(&ctx, word), &ctx);
		}
	}
}

/* After the other two: every instruction of riscv.rows is one of QEMU's. */
static void test_all_seen(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < riscv_table.insn_count; i++) {
		if (!seen[i])
			fail_msg("QEMU never says %s", riscv_table.insns[i].name);
	}
}

/* Every name that is not off has a row, also those that no encoding came to. */
static void test_all_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
		unsigned int number = 0;
		char name[32];

		own_name(recorded[i], name);
		while (number < riscv_table.insn_count &&
			strcmp(riscv_table.insns[number].name, name) != 0)
			number++;
		if (number == riscv_table.insn_count && !is_illegal(recorded[i]))
			fail_msg("riscv.rows has neither rows of %s nor says that it is off",
				recorded[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_short),
		cmocka_unit_test(test_long), cmocka_unit_test(test_all_seen),
		cmocka_unit_test(test_all_named)};

	return cmocka_run_group_tests_name("isa riscv tables", tests, NULL, NULL);
}
