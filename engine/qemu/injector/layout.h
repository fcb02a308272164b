/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the injector, a plugin inside QEMU, and the driver outside share: memory
 * with the faults and what became of them, and a socket on which the injector
 * asks where places are.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_LAYOUT_H
#define UPSET_ENGINE_QEMU_INJECTOR_LAYOUT_H

#include <stdatomic.h>
#include <stdint.h>

#include "engine/engine.h"

#define UPSET_INJECTOR_MAGIC 0x31746a6e6970755ULL
enum {
	UPSET_INJECTOR_FAULTS = 64,    /* of an experiment, at most */
	UPSET_INJECTOR_TEXT = 1 << 16, /* bytes of their text */
};

struct upset_injector {
	uint64_t magic;
	uint64_t limit;		       /* instructions that a thread may execute; 0: any number */
	_Atomic uint64_t instructions; /* of the thread with most of them, when the program exits */
	atomic_uint hung;	       /* it reached that */
	struct upset_injection injections[UPSET_INJECTOR_FAULTS];
	char faults[UPSET_INJECTOR_TEXT]; /* as fault/fault.h has it */
};

/* A question, sent with the file descriptor of the program's memory map. */
struct upset_injector_question {
	uint32_t fault;
	uint32_t trigger; /* 1: of its trigger, 0: of its location */
};

struct upset_injector_answer {
	uint64_t address;
	uint32_t found;
};

#endif
