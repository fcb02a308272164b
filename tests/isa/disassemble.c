/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the texts of instructions: a line "ADDRESS BYTES" each, both hexadecimal,
 * becomes a line "SIZE TEXT", or "0" when it is no instruction.  For scripts that
 * compare with other disassemblers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"

static size_t parse_bytes(const char *hex, uint8_t bytes[UPSET_INSN_MAX_BYTES])
{
	size_t size = 0;
	unsigned int byte;

	while (size < UPSET_INSN_MAX_BYTES && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

int main(int argc, char **argv)
{
	const struct upset_isa *isa = argc == 2 ? upset_isa_find(argv[1]) : NULL;
	char line[128], hex[64], text[128];
	uint64_t address;

	if (!isa) {
		fprintf(stderr, "usage: %s x86-64|riscv64 <LINES\n", argv[0]);
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
		printf("%u %s\n", insn.size, text);
	}
	return EXIT_SUCCESS;
}
