/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that are not there: see illegal.h. */
#include "engine/illegal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "isa/isa.h"

bool upset_illegal_explain(
	const struct upset_illegal *illegal, const char *engine, char *text, size_t size)
{
	const struct upset_isa *isa = upset_isa_at(illegal->isa);
	struct upset_insn insn;
	char what[96];

	if (illegal->size == 0 || illegal->called ||
		upset_isa_decode(isa, &insn, 0, illegal->address, illegal->bytes, illegal->size) !=
			0)
		return false;
	upset_isa_format(isa, &insn, what, sizeof(what));
	/* These are made to fail. */
	if (strncmp(what, "ud", 2) == 0)
		return false;
	(void)snprintf(text, size,
		"%s does not have the instruction '%s', which came at 0x%" PRIx64, engine, what,
		illegal->address);
	return true;
}
