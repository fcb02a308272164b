/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what its files share. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_INJECTOR_H
#define UPSET_ENGINE_QEMU_INJECTOR_INJECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include <qemu/qemu-plugin.h>

#include "engine/armed.h"
#include "engine/qemu/injector/layout.h"

/* A thread; the base pointer of its translated code points here. */
struct thread {
	uint64_t left;	  /* instructions until something is to be done */
	uint64_t target;  /* the number of that instruction, from 0 */
	uint64_t current; /* the block that it is in, a struct code */
	uint64_t
		resumed; /* address of the instruction that it goes on with, counted before; or 0 */
	uint32_t number; /* in order of creation */
	unsigned int index;
	bool leaving; /* by will, nothing is to be corrected */
};

struct injector {
	struct upset_injector *shm;
	int socket;
	bool child;	    /* a forked process, in which no faults are */
	atomic_bool mapped; /* something, since places were looked for */
	struct upset_faults faults;
	struct upset_armed armed[UPSET_INJECTOR_FAULTS];
};
extern struct injector injector;

/* Ask the driver where the place of fault @fault is.  False: not mapped. */
bool injector_find(unsigned int fault, bool trigger, uint64_t *address);

/* state.c: of the thread that is outside of translated code, once registers were found */
void injector_find_state(void);
struct upset_inject_state injector_state(struct thread *thread);
uint64_t injector_program_counter(const struct thread *thread);

#endif
