/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of a stopped thread by resource, to read and to write.  Inside engine/native only. */
#ifndef UPSET_ENGINE_NATIVE_REGISTERS_H
#define UPSET_ENGINE_NATIVE_REGISTERS_H

#include "engine/inject.h"
#include "engine/native/native.h"

struct native_registers { /* whose they are */
	const struct native_trace *trace;
	pid_t tid;
};

/* The thread's state for engine/inject.h; @registers must live as long. */
struct upset_inject_state native_inject_state(
	struct native_registers *registers, const struct native_trace *trace, pid_t tid);

#endif
