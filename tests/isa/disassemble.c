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

#include "isa/riscv/internal.h"

static size_t parse_bytes(const char *hex, uint8_t bytes[15])
{
	size_t size = 0;
	unsigned int byte;

	while (size < 15 && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

int main(void)
{
	char line[128], hex[64], text[128];
	uint64_t address;

	while (fgets(line, sizeof(line), stdin)) {
		struct upset_insn insn = {0};
		struct riscv_code code;

		if (sscanf(line, "%" SCNx64 " %63s", &address, hex) != 2)
			return EXIT_FAILURE;
		insn.address = address;
		insn.size = (uint8_t)parse_bytes(hex, insn.bytes);
		if (riscv_code(&code, address, insn.bytes, insn.size)) {
			printf("0\n");
			continue;
		}
		riscv_format(&insn, text, sizeof(text));
		printf("%u %s\n", code.size, text);
	}
	return EXIT_SUCCESS;
}
