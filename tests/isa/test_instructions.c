/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes every instruction of instructions.txt and compares text, classes,
 * rows and memory arguments with what the file says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/isa/rows.h"

enum { FIELDS = 5 };

static const struct upset_isa *isa;
static const char *file_name;
static unsigned int least_lines;

static size_t parse_bytes(const char *hex, uint8_t bytes[15])
{
	size_t size = 0;
	unsigned int byte;

	while (size < 15 && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	assert_int_equal(strlen(hex), 2 * size);
	return size;
}

static void split(char *line, char *fields[FIELDS])
{
	line[strcspn(line, "\n")] = '\0';
	for (unsigned int i = 0; i < FIELDS; i++) {
		char *end = strstr(line, " | ");

		fields[i] = line;
		if (i == FIELDS - 1)
			break;
		if (!end)
			fail_msg("too few fields after \"%s\"", line);
		*end = '\0';
		line = end + 3;
	}
}

static void compare(const char *bytes, const char *what, const char *expected, const char *got)
{
	if (strcmp(expected, "-") == 0)
		expected = "";
	if (strcmp(expected, got) != 0)
		fail_msg("%s: %s: expected \"%s\", got \"%s\"", bytes, what, expected, got);
}

static void check(char *fields[FIELDS])
{
	char text[ROWS_TEXT_SIZE];
	struct upset_insn insn;
	uint8_t bytes[15];
	size_t size = parse_bytes(fields[0], bytes);
	const char *broken;

	assert_int_equal(upset_isa_decode(isa, &insn, 0, 0x401000, bytes, size), 0);
	assert_int_equal(insn.size, size);
	assert_int_equal(insn.address, 0x401000);
	assert_memory_equal(insn.bytes, bytes, size);
	upset_isa_format(isa, &insn, text, sizeof(text));
	compare(fields[0], "text", fields[1], text);
	rows_format_classes(&insn, text);
	compare(fields[0], "classes", fields[2], text);
	rows_format(isa, &insn, text);
	compare(fields[0], "rows", fields[3], text);
	rows_format_memory(isa, &insn, text);
	compare(fields[0], "memory", fields[4], text);
	broken = rows_broken_invariant(isa, &insn, size);
	if (broken)
		fail_msg("%s: does not hold: %s", fields[0], broken);
}

static void test_file(void **state)
{
	unsigned int lines = 0;
	char line[2048];
	char *fields[FIELDS];
	FILE *file = fopen(file_name, "r");

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		split(line, fields);
		check(fields);
		lines++;
	}
	fclose(file);
	assert_true(lines >= least_lines);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_file)};

	isa = argc == 4 ? upset_isa_find(argv[1]) : NULL;
	if (!isa) {
		fprintf(stderr, "usage: %s x86-64|riscv64 LEAST-LINES instructions.txt\n", argv[0]);
		return 2;
	}
	least_lines = (unsigned int)strtoul(argv[2], NULL, 10);
	file_name = argv[3];
	return cmocka_run_group_tests_name("isa instructions", tests, NULL, NULL);
}
