/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the texts of instructions: a line "ADDRESS BYTES" each, both hexadecimal,
 * becomes a line "SIZE TEXT", or "0" when it is no instruction; with "rows" a line
 * "SIZE TEXT|CLASSES|ROWS" in the notation of instructions.txt.  For scripts that compare
 * with what others say of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"
#include "tests/isa/rows.h"

static size_t parse_bytes(const char *hex, uint8_t bytes[UPSET_INSN_MAX_BYTES])
{
	size_t size = 0;
	unsigned int byte;

	while (size < UPSET_INSN_MAX_BYTES && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

static void print_rows(const struct upset_isa *isa, const struct upset_insn *insn)
{
	char text[ROWS_TEXT_SIZE];

	rows_format_classes(insn, text);
	printf("|%s|", text);
	rows_format(isa, insn, text);
	printf("%s", text);
}

int main(int argc, char **argv)
{
	bool rows = argc == 3 && !strcmp(argv[2], "rows");
	const struct upset_isa *isa = argc == 2 + rows ? upset_isa_find(argv[1]) : NULL;
	char line[128], hex[64], text[128];
	uint64_t address;

	if (!isa) {
		fprintf(stderr, "usage: %s SET [rows] <LINES\n", argv[0]);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		struct upset_insn insn;
		uint8_t bytes[UPSET_INSN_MAX_BYTES];
		size_t size;

		if (sscanf(line, "%" SCNx64 " %63s", &address, hex) != 2)
			return EXIT_FAILURE;
		size = parse_bytes(hex, bytes);
		if (upset_isa_decode(isa, &insn, 0, address, bytes, size)) {
			printf("0\n");
			continue;
		}
		upset_isa_format(isa, &insn, text, sizeof(text));
		printf("%u %s", insn.size, text);
		if (rows)
			print_rows(isa, &insn);
		printf("\n");
	}
	return EXIT_SUCCESS;
}
