/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Experiments without a fault: see control.h. */
#include "campaign/control.h"
#include "isa/isa.h"

#include <string.h>

enum { CONTROLS_LEAST = 10, EXPERIMENTS_EACH = 100 };

uint64_t upset_control_count(uint64_t experiments)
{
	uint64_t share = experiments / EXPERIMENTS_EACH + (experiments % EXPERIMENTS_EACH != 0);

	return share < CONTROLS_LEAST ? CONTROLS_LEAST : share;
}

__extension__ typedef unsigned __int128 wide;

uint64_t upset_control_before(uint64_t experiments, uint64_t planned, uint64_t controls)
{
	if (planned == 0)
		return 0;
	return (uint64_t)(((wide)experiments * controls + planned - 1) / planned);
}

static void disarm(struct upset_fault *f, const struct upset_isa *isa)
{
	/* What skips an instruction writes the program counter. */
	if (f->model == UPSET_FAULT_SKIP) {
		f->location = UPSET_FAULT_REGISTER;
		f->isa = isa;
		f->resource = isa->pc;
		f->location_bits = isa->resources[isa->pc].bits;
	}
	f->model = UPSET_FAULT_NONE;
	memset(f->bits, 0, sizeof(f->bits));
	memset(f->value, 0, sizeof(f->value));
}

void upset_control_disarm(struct upset_faults *faults, const struct upset_isa *isa)
{
	for (size_t i = 0; i < faults->count; i++)
		disarm(&faults->faults[i], isa);
}
