/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector's part for system calls only: the call that the program's
 * only thread makes, and what each file says of it.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_CALLS_H
#define UPSET_ENGINE_QEMU_INJECTOR_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread;

struct call {
	int64_t number; /* the processor's, not the host's when they differ */
	uint64_t a1, a2, a3, a4, a5;
};

/* syscalls.c: the program's memory; false where it has none, or at 0 */
bool call_read_memory(struct thread *t, uint64_t address, void *value, size_t size);
void call_write_memory(struct thread *t, uint64_t address, const void *value, size_t size);

/* clock.c: time is what was executed, and is the same in each run. */
/* Before @call: note how long it may wait. */
void clock_before(struct thread *t, const struct call *call);
/* Instead of @call: true if it was answered with @result. */
bool clock_answer(struct thread *t, const struct call *call, int64_t *result);
/* After @call: put the time of this run where the machine's was written. */
void clock_after(struct thread *t, const struct call *call, int64_t result);

/* random.c: random numbers that are the same in each run. */
void random_after(struct thread *t, const struct call *call, int64_t result);

/* permit.c: what a copy may do, which shares files and processes with others. */
/* Whether a copy may make @call, and be copied behind it. */
bool permit_allows(struct thread *t, const struct call *call);
/* After @call, in mode UPSET_INJECTOR_CARRY: what it opened. */
void permit_after(const struct call *call, int64_t result);

/* forever.c: waiting that nothing can end. */
/* Before @call: true if the program waits for ever. */
bool forever_begins(struct thread *t, const struct call *call);

#endif
