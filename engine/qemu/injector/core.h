/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector only: what all of its files know of.  The process it is in, the threads,
 * and what it was started for.  core.c calls none of the others.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_CORE_H
#define UPSET_ENGINE_QEMU_INJECTOR_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <qemu/qemu-plugin.h>

#include "engine/qemu/injector/layout.h"
#include "isa/isa.h"

/* A thread; the base pointer of its translated code points here. */
struct thread {
	uint64_t left;	  /* instructions until something is to be done */
	uint64_t target;  /* the number of that instruction, from 0 */
	uint64_t current; /* the block that it is in, a struct code */
	/* When the target was set: what was left, and how many instructions were executed. */
	uint64_t given, since;
	uint64_t repeats; /* of REP instructions until then, but the last of each */
	uint64_t
		resumed; /* address of the instruction that it goes on with, counted before; or 0 */
	uint32_t number; /* in order of creation */
	unsigned int index;
	bool leaving; /* by will, nothing is to be corrected */
};

/* A translated block. */
struct code {
	unsigned int count;
	bool completes; /* its last instruction is done when it leaves the block */
	uint64_t addresses[];
};

struct call; /* of engine/qemu/guest/guest.h */

/* What the injector is there for.  NULL: there is nothing to do. */
struct injector_mode {
	/* Once, when the shared memory is there.  0 or -errno. */
	int (*begin)(void);
	/* Before a block is translated, where something was mapped since it was asked last. */
	void (*mapped)(void);
	/* The instruction before which the thread is to leave translated code next. */
	uint64_t (*next)(const struct thread *t);
	/* The thread is outside of translated code, before an instruction; @stepped: it has
	   executed some since it was there last. */
	void (*at_boundary)(struct thread *t, bool stepped);
	/* What is looked for at @pc; NULL: nothing. */
	void *(*sought)(uint64_t pc);
	/* The thread comes to what is @sought at @pc, having executed @instructions.  Whether it
	   is to leave translated code. */
	bool (*arrive)(struct thread *t, void *sought, uint64_t pc, uint64_t instructions);
	/* A block is translated. */
	void (*translated)(struct qemu_plugin_tb *tb, const struct code *code);
	/* The program's only thread makes a call: true if it was answered with *@result... */
	bool (*before_call)(struct thread *t, const struct call *call, int64_t *result);
	/* ...which has returned @result. */
	void (*after_call)(const struct call *call, int64_t result);
	/* The program ends. */
	void (*end)(void);
};

struct injector {
	qemu_plugin_id_t id;
	qemu_plugin_simple_cb_t register_callbacks; /* after qemu_plugin_reset() */
	const struct upset_isa *isa;		    /* of the program */
	struct upset_injector *shm;
	struct upset_injector_run *run; /* of this process */
	const struct injector_mode *mode;
	int socket;
	bool child;	     /* a process that the program forked, in which no faults are */
	bool copy;	     /* of a process in mode UPSET_INJECTOR_CARRY */
	atomic_bool mapped;  /* something, since the mode was told */
	atomic_bool handles; /* a signal that an instruction may raise */
	atomic_uint threads; /* created so far */
};
extern struct injector injector;

struct thread *injector_thread(unsigned int vcpu_index);
/* A new one, whose budget is to be set. */
struct thread *injector_new_thread(unsigned int vcpu_index);

/* Say why, and end the process: what the driver takes for an error of upset's own. */
void injector_give_up(const char *why) __attribute__((noreturn));

/* Whether the program never had more than one thread. */
static inline bool injector_is_single(void)
{
	return atomic_load(&injector.threads) == 1;
}

/* Instructions that the thread has executed; exact outside of translated code. */
static inline uint64_t injector_executed(const struct thread *t)
{
	return t->target - t->left;
}

/* The same of repeats of REP instructions. */
static inline uint64_t injector_repeated(const struct thread *t)
{
	return t->repeats + (t->given - t->left) - (injector_executed(t) - t->since);
}

/* More than any thread executes. */
#define INJECTOR_FAR_AWAY (1ULL << 62)

#endif
