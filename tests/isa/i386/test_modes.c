/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instruction that is the same one in both widths has the same rows, but for the
 * width of general registers, addresses and the stack: the list of x86-64 says what
 * i386's decoder must make of a few hundred more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "isa/x86/x86.h"
#include "tests/isa/rows.h"

enum { LEAST = 300 };

static const char *file_name;

static size_t parse_bytes(const char *hex, uint8_t bytes[UPSET_INSN_MAX_BYTES])
{
	size_t size = 0;
	unsigned int byte;

	while (size < UPSET_INSN_MAX_BYTES && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

/*
 * What is pushed, popped or jumped to by way of memory is as wide as an address; but
 * far calls and returns take what they do on i386.
 */
static bool moves_words(const struct upset_insn *insn)
{
	unsigned int group = insn->bytes[1] >> 3 & 7;
	bool far = insn->bytes[0] == 0xca || insn->bytes[0] == 0xcb ||
		   (insn->bytes[0] == 0xff && (group == 3 || group == 5));

	if (far)
		return false;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].resource == X86_RSP &&
			insn->operands[i].access == UPSET_WRITE)
			return true;
	}
	return insn->classes & UPSET_CLASS_BRANCH;
}

static bool is_same(const struct upset_insn *a, const struct upset_operand *of_64,
	const struct upset_insn *b, const struct upset_operand *of_32)
{
	bool general = of_64->resource <= X86_R15;
	unsigned int bits = of_64->bits;

	if (bits == 64 && (general || (of_64->resource == UPSET_MEMORY && moves_words(a))))
		bits = 32;
	return of_64->index == of_32->index && of_64->access == of_32->access &&
	       of_64->resource == of_32->resource && of_64->conditional == of_32->conditional &&
	       of_64->bit_offset == of_32->bit_offset && of_32->bits == bits &&
	       of_32->zero_extends == (general ? false : of_64->zero_extends) &&
	       (of_64->resource != UPSET_MEMORY ||
		       a->memory[of_64->memory].base == b->memory[of_32->memory].base);
}

/* Whether a register is read with 32 bits and as an address, which is one read on i386. */
static bool reads_twice(const struct upset_insn *insn)
{
	unsigned int count = insn->operand_count;

	for (unsigned int i = 0; i + 1 < count; i++) {
		if (insn->operands[i].resource == insn->operands[count - 1].resource &&
			insn->operands[i].access == UPSET_READ && insn->operands[i].bits == 32 &&
			insn->operands[count - 1].bits == 64)
			return true;
	}
	return false;
}

/* What has other arguments on i386. */
static bool is_other(const char *hex)
{
	static const char *const others[] = {
		"c5fc77", /* vzeroall: half as many registers */
		"0f0100", /* sgdt: 32 bits of address */
		"c4e2f0f503", "c4e2e0f201", "c4e2f0f703", "c4e3fbf00303", /* W means nothing */
		"62e1742858e2", "62e1fd486fc9", /* neither does the bit for registers 16 .. 31 */
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i], hex) == 0)
			return true;
	}
	return false;
}

static unsigned int failures;

static void report(const char *hex, const struct upset_insn *insn)
{
	char text[ROWS_TEXT_SIZE];

	rows_format(&upset_isa_i386, insn, text);
	print_error("%s: other rows than on x86-64: %s\n", hex, text);
	failures++;
}

/* Whether @hex is one instruction in both, and then compare them. */
static bool compare(const char *hex)
{
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	size_t size = parse_bytes(hex, bytes);
	struct upset_insn a, b;
	const char *broken;

	if (upset_isa_decode(&upset_isa_i386, &b, 0, 0x401000, bytes, size))
		return false;
	broken = rows_broken_invariant(&upset_isa_i386, &b, size);
	if (broken)
		fail_msg("%s does not hold: %s", hex, broken);
	assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &a, 0, 0x401000, bytes, size), 0);
	/* An address that is relative to rip is absolute there, and a prefix of the address makes
	   16 bits of 32. */
	if (is_other(hex) || a.form != b.form || a.size != b.size || bytes[0] == 0x67 ||
		bytes[1] == 0x67 || (a.classes & UPSET_CLASS_SYSCALL) || reads_twice(&a))
		return false;
	assert_int_equal(a.classes, b.classes);
	if (a.operand_count != b.operand_count)
		report(hex, &b);
	for (unsigned int i = 0; i < a.operand_count && i < b.operand_count; i++) {
		if (!is_same(&a, &a.operands[i], &b, &b.operands[i]))
			report(hex, &b);
	}
	return true;
}

static void test_same(void **state)
{
	unsigned int count = 0;
	char line[2048];
	FILE *file = fopen(file_name, "r");

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		line[strcspn(line, " ")] = '\0';
		count += compare(line);
	}
	fclose(file);
	print_message("%u instructions are the same\n", count);
	assert_int_equal(failures, 0);
	assert_true(count >= LEAST);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_same)};

	if (argc != 2) {
		fprintf(stderr, "usage: %s instructions.txt\n", argv[0]);
		return 2;
	}
	file_name = argv[1];
	return cmocka_run_group_tests_name("isa i386 modes", tests, NULL, NULL);
}
