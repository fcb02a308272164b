/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of a stopped thread by resource, to read and to write, and its
 * breakpoints.  Inside engine/native only.
 */
#ifndef UPSET_ENGINE_NATIVE_REGISTERS_H
#define UPSET_ENGINE_NATIVE_REGISTERS_H

#include "engine/inject.h"
#include "engine/native/native.h"

enum { NATIVE_BREAKPOINTS = 4 };

struct native_registers { /* whose they are */
	const struct native_trace *trace;
	pid_t tid;
};

/* The thread's state for engine/inject.h; @registers must live as long. */
struct upset_inject_state native_inject_state(
	struct native_registers *registers, const struct native_trace *trace, pid_t tid);

/* Stop thread @tid before it executes @address.  The debug register used, or -1. */
int native_breakpoint_set(pid_t tid, uint64_t address);
void native_breakpoint_clear(pid_t tid, int slot);

#endif
