/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How threads are brought to the places of triggers: by the processor's breakpoints, by
 * int3 in the program's code, or step by step.  Inside engine/native only.
 */
#ifndef UPSET_ENGINE_NATIVE_BREAKPOINTS_H
#define UPSET_ENGINE_NATIVE_BREAKPOINTS_H

#include "engine/native/native.h"

enum {
	NATIVE_BREAKPOINTS = 4, /* at one time, whatever the means */
};

enum native_means {
	NATIVE_HARDWARE, /* debug registers */
	NATIVE_SOFTWARE, /* int3 where nothing can tell, else steps */
	NATIVE_STEPS,
};

/*
 * What is used here: what the environment asks for in UPSET_BREAKPOINTS, else debug
 * registers where they stop a program (which is tried once), else int3.  0; -EINVAL for a
 * word that is none; -ENOTSUP for debug registers that do not.
 */
int native_means_find(enum native_means *means, struct upset_error *error);
/* A few words on it, for `upset doctor`. */
const char *native_means_describe(enum native_means means);

/* Debug registers: stop thread @tid before it executes @address.  The one used, or -1. */
int native_breakpoint_set(pid_t tid, uint64_t address);
void native_breakpoint_clear(pid_t tid, int slot);

/* The int3 that lie in a program while it runs. */
struct native_planted {
	unsigned int count;
	uint64_t address[NATIVE_BREAKPOINTS];
	uint8_t byte[NATIVE_BREAKPOINTS]; /* the program's own */
	unsigned int fixed_count;
	uint64_t fixed[NATIVE_BREAKPOINTS]; /* where they may lie, until a system call */
};

/*
 * Put one at @address.  False, and nothing is done, where the program or others could
 * change the code there, in mappings that can be written or are shared, and in programs that
 * handle SIGTRAP.
 */
bool native_plant(
	struct native_planted *planted, const struct native_trace *trace, uint64_t address);
/* Take all of them out. */
void native_lift(struct native_planted *planted, const struct native_trace *trace);
/* A system call was made: mappings may be others. */
void native_planted_forget(struct native_planted *planted);
bool native_is_planted(const struct native_planted *planted, uint64_t address);

/* Whether a signal that is not ignored comes to the thread as soon as it goes on. */
bool native_signal_comes(pid_t tid);

#endif
