/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: the decoders of all instruction sets on arbitrary bytes.  Aborts
 * when an instruction breaks an invariant; the sanitizers find the rest.
 */
#include <stdlib.h>

#include "isa/state.h"
#include "tests/isa/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_set(const struct upset_isa *isa, const uint8_t *data, size_t size)
{
	struct upset_state state;
	struct upset_insn insn;
	char text[128];

	if (upset_isa_decode(isa, &insn, 0, 0x401000, data, size))
		return;
	if (rows_broken_invariant(isa, &insn, size))
		abort();
	upset_isa_format(isa, &insn, text, sizeof(text));
	upset_state_init(&state, isa);
	for (unsigned int i = 0; i < 32; i++) {
		const struct upset_resource *r = upset_isa_resource(isa, i);

		if (r && r->kind == UPSET_RESOURCE_GENERAL)
			upset_state_set_word(&state, i, i * 0x1001);
	}
	for (unsigned int i = 0; i < insn.memory_count; i++)
		(void)upset_state_address(&state, &insn.memory[i]);
	if (insn.classes & UPSET_CLASS_CONDITIONAL)
		(void)isa->taken(&insn, &state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned int i = 0; upset_isa_at(i); i++)
		try_set(upset_isa_at(i), data, size);
	return 0;
}
