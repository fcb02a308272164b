/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of rows of A64 against the table that QEMU decodes with: what is an
 * instruction here is the same one there, with the same fields, and every name
 * there has rows or is off.  Random encodings of every instruction; that nothing
 * more is one is what black_box.c finds out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/aarch64/internal.h"
#include "tests/isa/decodetree.h"
#include "tests/isa/random.h"

/* --- what QEMU's decoder expects ---------------------------------------------------------- */

#define FUNCTION(name, result)                                                                     \
	static int name(DisasContext *ctx, int x)                                                  \
	{                                                                                          \
		(void)ctx;                                                                         \
		return (result);                                                                   \
	}
FUNCTION(plus_1, x + 1)
FUNCTION(plus_2, x + 2)
FUNCTION(times_4, x * 4)
FUNCTION(times_8, x * 8)
FUNCTION(shl_12, x << 12)
FUNCTION(xor_2, x ^ 2)
FUNCTION(rsub_8, 8 - x)
FUNCTION(rsub_16, 16 - x)
FUNCTION(rsub_32, 32 - x)
FUNCTION(rsub_64, 64 - x)
/* What is in the number beside it is the size. */
FUNCTION(uimm_scaled, (x >> 3) << (x & 7))
FUNCTION(scale_by_log2_tag_granule, x << 4)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wpedantic"
#include "decode_a64.inc"
/* This one uses types of the one above. */
#include "recorder.inc"
#pragma GCC diagnostic pop

/* --- comparing ------------------------------------------------------------------------------ */

enum { TRIALS = 400 };

_Static_assert(sizeof(keys) / sizeof(keys[0]) < 65536, "form");

/* The value of the field that is called @name here too; false: none is. */
static bool find_field(const struct aarch64_code *code, const char *name, int64_t *value)
{
	const struct table_shape *shape = aarch64_shape(code);

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		const uint8_t fields[] = {shape->operands[i].field, shape->operands[i].second};

		for (unsigned int k = 0; k < 2; k++) {
			if (fields[k] == TABLE_NONE ||
				strcmp(aarch64_table.field_names[fields[k]], name) != 0)
				continue;
			*value = aarch64_field(code, fields[k]);
			return true;
		}
	}
	return false;
}

static bool has(const DisasContext *ctx, const char *name)
{
	for (unsigned int i = 0; i < ctx->count; i++) {
		if (strcmp(ctx->fields[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Whether the fields called @name mean the same. */
static bool is_comparable(
	const DisasContext *ctx, const struct aarch64_code *code, const char *name)
{
	int64_t value;

	/* Displacements of pairs are not scaled there. */
	if (strcmp(name, "imm") == 0)
		return strncmp(ctx->name, "LDP", 3) != 0 && strncmp(ctx->name, "STP", 3) != 0;
	/* The first of two sources is the destination there. */
	if (strcmp(name, "rn") == 0 && has(ctx, "rd") && has(ctx, "rm"))
		return find_field(code, "rm", &value);
	return true;
}

static unsigned int complaints;

static void complain(unsigned int number, uint32_t word, const char *what, const char *which)
{
	print_error("%08x, %s in the rows: %s %s\n", word, keys[number], what, which);
	complaints++;
}

/* How many fields were compared. */
static unsigned int compare(const DisasContext *ctx, const struct aarch64_code *code, uint32_t word,
	unsigned int number)
{
	unsigned int compared = 0;

	if (strcmp(ctx->name, keys[number]) != 0) {
		complain(number, word, "QEMU says", ctx->name);
		return 0;
	}
	for (unsigned int i = 0; i < ctx->count; i++) {
		const char *name = ctx->fields[i].name;
		int64_t value;

		if (!find_field(code, name, &value) || !is_comparable(ctx, code, name))
			continue;
		compared++;
		if (value != ctx->fields[i].value)
			complain(number, word, "QEMU has another", name);
	}
	return compared;
}

/* Fields that QEMU's table names otherwise, or not, and instructions without a field. */
static bool has_registers(unsigned int number)
{
	const struct table_insn *insn = &aarch64_table.insns[number];
	const struct table_shape *shape = &aarch64_table.shapes[insn->shape];

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind <= AARCH64_ELEMENTS &&
			shape->operands[i].field != TABLE_NONE)
			return true;
	}
	return false;
}

static void check_insn(unsigned int number)
{
	const struct table_insn *insn = &aarch64_table.insns[number];
	const unsigned int before = complaints;
	unsigned int compared = 0, seen = 0;
	DisasContext ctx;

	for (unsigned int i = 0; i < TRIALS && complaints == before; i++) {
		uint32_t word = ((uint32_t)random_next() & ~insn->mask) | insn->match;
		const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8),
			(uint8_t)(word >> 16), (uint8_t)(word >> 24)};
		struct aarch64_code code;

		if (aarch64_code(&code, 0, bytes, sizeof(bytes)) || code.number != number)
			continue;
		seen++;
		if (decode_a64(&ctx, word))
			compared += compare(&ctx, &code, word, number);
		else
			complain(number, word, "QEMU says", "nothing");
	}
	if (seen == 0)
		complain(number, insn->match, "no encoding", "is it");
	else if (compared == 0 && has_registers(number))
		complain(number, insn->match, "no field", "is one of QEMU's");
}

static void test_all(void **state)
{
	(void)state;
	assert_int_equal(aarch64_table.insn_count, sizeof(keys) / sizeof(keys[0]));
	for (unsigned int i = 0; i < aarch64_table.insn_count; i++)
		check_insn(i);
	assert_int_equal(complaints, 0);
}

/* Every name that is not off has rows. */
static void test_all_named(void **state)
{
	unsigned int missing = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
		size_t k = 0;

		while (k < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[k], recorded[i]) != 0)
			k++;
		if (k == sizeof(keys) / sizeof(keys[0])) {
			print_error("there are neither rows of %s nor is it off\n", recorded[i]);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all), cmocka_unit_test(test_all_named)};

	return cmocka_run_group_tests_name("isa aarch64 tables", tests, NULL, NULL);
}
