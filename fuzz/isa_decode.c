/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: the decoder on arbitrary bytes.  Aborts when an instruction
 * breaks an invariant; the sanitizers find the rest.
 */
#include <stdlib.h>

#include "isa/state.h"
#include "isa/x86/x86.h"
#include "tests/isa/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct upset_state state;
	struct upset_insn insn;
	char text[128];

	if (upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0x401000, data, size))
		return 0;
	if (rows_broken_invariant(&insn, size))
		abort();
	upset_isa_format(&upset_isa_x86_64, &insn, text, sizeof(text));
	upset_state_init(&state, &upset_isa_x86_64);
	for (unsigned int i = 0; i < 16; i++)
		upset_state_set_word(&state, i, i * 0x1001);
	for (unsigned int i = 0; i < insn.memory_count; i++)
		(void)upset_state_address(&state, &insn.memory[i]);
	if (insn.classes & UPSET_CLASS_CONDITIONAL)
		(void)upset_isa_x86_64.taken(&insn, &state);
	return 0;
}
