/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the injector, a plugin inside QEMU, and the driver outside share: memory
 * with the faults and what became of them, and a socket on which the injector
 * asks where places are and tells of experiments.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_LAYOUT_H
#define UPSET_ENGINE_QEMU_INJECTOR_LAYOUT_H

#include <stdatomic.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/illegal.h"

#define UPSET_INJECTOR_MAGIC 0x32746a6e6970755ULL
enum {
	UPSET_INJECTOR_FAULTS = 64,	 /* of an experiment, at most */
	UPSET_INJECTOR_JOBS = 256,	 /* copies of the program at one time, at most */
	UPSET_INJECTOR_RING = 1 << 16,	 /* steps */
	UPSET_INJECTOR_BLOCKS = 1 << 16, /* that are translated ahead, at most */
};

enum upset_injector_mode {
	UPSET_INJECTOR_EXPERIMENT, /* carry the faults of item 0 out */
	UPSET_INJECTOR_LOCATE,	   /* find the triggers of all items */
	UPSET_INJECTOR_CARRY,	   /* make an experiment of each item in a copy of the process */
	UPSET_INJECTOR_TRACE, /* UPSET_INJECTOR_EXPERIMENT, and tell each instruction of thread 0 */
};

/* What is to be done, by number: an experiment, or a trigger that is looked for. */
struct upset_injector_item {
	struct upset_trigger trigger;
	uint64_t faults; /* their text, as fault/fault.h has it: offset in the memory */
};

/* A translated block: its first and its last byte. */
struct upset_injector_block {
	uint64_t first, last;
};

/* What a process tells of its run. */
struct upset_injector_run {
	_Atomic uint64_t instructions; /* of the thread with most of them, when it exits */
	uint64_t repeats;	       /* of REP instructions, the most of a thread */
	uint64_t slept_ns;	       /* by the program's clock */
	uint64_t state;		       /* hash of registers and memory then; 0: not known */
	atomic_uint hung;	       /* it executed as many as it may */
	atomic_uint threaded;
	atomic_uint started;	 /* the injector has come up */
	atomic_uint left_out;	 /* no result: it would alter what it shares, or gave up */
	atomic_uint overwritten; /* see struct upset_experiment_result */
	struct upset_illegal illegal;
	struct upset_injection injections[UPSET_INJECTOR_FAULTS];
};

/* An instruction that a traced thread comes to, and what it finds there. */
struct upset_injector_step {
	uint64_t insn, address;
	uint64_t registers; /* hash of general registers */
	uint64_t output;    /* hash of all that was written */
	uint8_t bytes[15], size;
};

enum upset_injector_use {
	UPSET_INJECTOR_UNUSED,
	UPSET_INJECTOR_READ,
	UPSET_INJECTOR_OVERWRITTEN,
};

struct upset_injector_trace {
	uint64_t insn;	  /* the first one that is told */
	uint8_t hashes;	  /* whether general registers are hashed, */
	uint8_t left_out; /* all but this one, a resource number */
	uint32_t fault;	  /* that has happened by then, if there are any */
	/* What first became of what the fault changed, and where. */
	uint32_t use;
	struct upset_injector_step used;
	/* Steps written by the injector, and taken by the driver, so far. */
	_Atomic uint64_t written, taken;
	uint64_t ring; /* offset of a struct upset_injector_step[UPSET_INJECTOR_RING] */
};

struct upset_injector {
	uint64_t magic, size; /* of the memory, in bytes */
	uint32_t mode, jobs;
	uint32_t isa;		    /* of the program, upset_isa_index(), when it has begun */
	uint32_t watched;	    /* whether its state at the end is of interest */
	uint64_t limit_repeats;	    /* of REP instructions that it may repeat; 0: any number */
	uint64_t limit;		    /* instructions that a thread may execute; 0: any number */
	uint64_t limit_slept_ns;    /* by the program's clock; 0: any time */
	uint64_t limit_ns;	    /* that a copy may take; 0: any time */
	uint64_t items, item_count; /* offset of items[item_count], by rising trigger.insn */
	uint64_t blocks; /* offset of blocks[UPSET_INJECTOR_BLOCKS], of the scout; 0: none */
	atomic_uint block_count;
	uint64_t runs; /* offset of runs[jobs], of copies */
	char why[96];  /* no more copies were made */
	struct upset_injector_run run;
	struct upset_injector_trace trace;
};

static inline struct upset_injector_item *upset_injector_items(struct upset_injector *shm)
{
	return (struct upset_injector_item *)((char *)shm + shm->items);
}

static inline struct upset_injector_run *upset_injector_runs(struct upset_injector *shm)
{
	return (struct upset_injector_run *)((char *)shm + shm->runs);
}

static inline struct upset_injector_block *upset_injector_blocks(struct upset_injector *shm)
{
	return (struct upset_injector_block *)((char *)shm + shm->blocks);
}

static inline struct upset_injector_step *upset_injector_ring(struct upset_injector *shm)
{
	return (struct upset_injector_step *)((char *)shm + shm->trace.ring);
}

enum upset_injector_kind {
	UPSET_INJECTOR_FIND_TRIGGER,  /* answered; comes with the program's memory map */
	UPSET_INJECTOR_FIND_LOCATION, /* the same */
	UPSET_INJECTOR_STARTED,	      /* a copy; comes with its standard output and error */
	UPSET_INJECTOR_ENDED,	      /* also without having been started */
	UPSET_INJECTOR_MAPPED,	      /* while traced; comes with the program's memory map */
	UPSET_INJECTOR_SCOUTED, /* answered: whether to go on; comes with the scout's outputs */
};

/* What the injector sends. */
struct upset_injector_message {
	uint32_t kind, fault; /* of the item */
	uint64_t item;
	/* UPSET_INJECTOR_ENDED, and the first of them UPSET_INJECTOR_SCOUTED: */
	int32_t status; /* as waitpid() has it */
	uint32_t hung, left_out, overwritten;
	uint32_t same; /* nothing was started, since it would have gone on as without faults */
	uint64_t instructions, state, host_time_ns;
	struct upset_injection injection;
};

struct upset_injector_answer {
	uint64_t address;
	uint32_t found;
};

#endif
