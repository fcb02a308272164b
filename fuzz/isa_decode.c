/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: the decoder on arbitrary bytes.  Aborts when an instruction
 * breaks an invariant; the sanitizers find the rest.
 */
#include <stdlib.h>

#include "tests/isa/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t gpr[16] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610};
	struct upset_insn insn;
	char text[128];

	if (upset_isa_decode(&insn, 0x401000, data, size))
		return 0;
	if (rows_broken_invariant(&insn, size))
		abort();
	upset_isa_format(&insn, text, sizeof(text));
	for (unsigned int i = 0; i < insn.memory_count; i++)
		upset_isa_address(&insn.memory[i], gpr, 0x1000, 0x2000);
	if (insn.classes & UPSET_CLASS_CONDITIONAL)
		upset_isa_taken(&insn, 0x246, 1);
	return 0;
}
