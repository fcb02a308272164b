/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the trigger of a fault comes, as a run without faults tells. */
#ifndef UPSET_ENGINE_TRIGGER_H
#define UPSET_ENGINE_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

struct upset_trigger {
	bool reached;
	uint64_t insn;	  /* instructions its thread has executed by then */
	uint64_t address; /* program counter, at run time */
	uint64_t hit;	  /* which execution of it, from 1; 0: not known */
};

#endif
