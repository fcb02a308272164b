/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that the plugin inside QEMU and the driver outside share: one
 * sparse memfd, owned by the driver, so that every count outlives the program.
 * The only place that knows this layout; raise UPSET_SHM_VERSION on any change.
 * References are offsets from the start of the memory; 0 is "none".
 */
#ifndef UPSET_ENGINE_QEMU_SHM_H
#define UPSET_ENGINE_QEMU_SHM_H

#include <stdatomic.h>
#include <stdint.h>

#include "engine/illegal.h"
#include "isa/isa.h"
#include "profile/bitcount.h"
#include "profile/calls.h"
#include "profile/flagcount.h"
#include "profile/live.h"

#define UPSET_SHM_MAGIC 0x31746573707501ULL
enum {
	UPSET_SHM_VERSION = 5,
	UPSET_SHM_SYSCALLS = 1024,
	UPSET_SHM_ODD_SYSCALLS = 64,
	UPSET_SHM_SIGNALS = 65,
	UPSET_SHM_THREADS = 32768, /* at one time */
	UPSET_SHM_BLOCKS = 1 << 22,
	UPSET_SHM_DERIVED = 1024, /* derived lanes of one block */
};
#define UPSET_SHM_BYTES (1ULL << 42) /* address space; pages are used as they are touched */

enum upset_shm_stop {
	UPSET_SHM_RUNS,
	UPSET_SHM_STOPS, /* count nothing more, the driver will kill the program */
	UPSET_SHM_RESTS, /* nothing was being counted any more when it did */
};

typedef uint64_t upset_ref; /* offset into the shared memory */

/* --- where a value comes from ------------------------------------------------ */

/* A value that a block knows: a lane (8 bytes in each record) or a constant. */
struct upset_shm_value {
	uint64_t constant; /* when lane is UPSET_SHM_CONSTANT */
	uint16_t lane;	   /* first of ceil(bits / 64) consecutive lanes */
	uint8_t shift;	   /* bit 0 of the value within the lane */
};
enum { UPSET_SHM_CONSTANT = 0xffff, UPSET_SHM_UNKNOWN = 0xfffe };

/* A lane is stored by translated code, or computed from others at each drain. */
struct upset_shm_lane {
	uint8_t derived; /* 0: stored */
	uint8_t kind;	 /* enum upset_derive_kind, when derived */
	uint8_t bits, amount;
	uint8_t counted; /* its ones are counted by bit */
	uint16_t column; /* number among the stored, or among the derived lanes */
	struct upset_shm_value a, b;
	uint64_t displacement;
};

/* The status flags of one instruction, computed at each drain. */
struct upset_shm_flags {
	uint8_t kind; /* enum upset_flags_kind */
	uint8_t bits, shift;
	struct upset_shm_value a, b, r;
};

enum upset_shm_row_kind {
	UPSET_ROW_UNCOUNTED, /* samples only */
	UPSET_ROW_VALUE,     /* value */
	UPSET_ROW_FLAG,	     /* value.lane = index into flags, value.shift = enum upset_flag,
				value.constant != 0: it is the inverted one */
	UPSET_ROW_SLOW,	     /* value.lane = index into the slow tallies */
};

/* How to count one operand row; rows are those of upset_isa_decode(), in order. */
struct upset_shm_row {
	uint8_t kind;
	uint8_t access; /* enum upset_access */
	uint16_t bits;	/* width; 0 when not counted by bit */
	uint32_t bytes; /* width of a memory row's access */
	struct upset_shm_value value;
	uint16_t address; /* lane of the address of a memory row, or UPSET_SHM_CONSTANT (in
			     address_constant) or UPSET_SHM_UNKNOWN when it is not collected */
	uint64_t address_constant;
};

struct upset_shm_insn {
	uint64_t address;
	uint32_t first_row;
	uint8_t row_count;
	uint8_t size;
	uint8_t slow; /* sampled by callbacks */
	uint8_t mode; /* to decode in */
	uint8_t bytes[15];
};

/* Live share: what one block does to one cell (see upset_shm_thread). */
struct upset_shm_live {
	uint16_t cell;
	uint16_t first, last; /* instructions of the first and the last access */
	uint8_t counts_first; /* the first access adds to the cell's sum */
	uint64_t points;      /* what the other accesses add, in every execution */
};

/* Counts of an operand row that is sampled by callbacks. */
struct upset_shm_tally {
	uint64_t samples;
	uint64_t address_min, address_max;
	upset_ref ones; /* uint64_t[bits], or 0 */
};

/* Executions that did not reach the end of the block, per instruction. */
struct upset_shm_partial {
	uint64_t count;
	uint64_t first, last; /* index, when count > 0 */
};

/*
 * One translated block.  Blocks with equal address, code and meaning share one,
 * however often they are translated.  Everything up to lock is written once,
 * before the block is published in the directory.
 */
struct upset_shm_block {
	uint64_t address;
	uint32_t id;   /* index in the directory */
	uint32_t maps; /* number of the memory map snapshot that covers it */
	uint16_t insn_count, lane_count, column_count, flags_count, live_count, slow_count;
	uint8_t conditional; /* ends in a conditional branch */
	uint8_t repeats;     /* ends in a REP instruction */
	uint32_t row_count, address_count;
	upset_ref insns, rows, lanes, flags, live;
	upset_ref addresses; /* uint32_t[address_count]: the rows whose address is collected */
	/* Counts, changed under the lock: */
	atomic_uint lock;
	uint64_t executions;  /* drained */
	uint64_t taken;	      /* of threads that have ended */
	uint64_t first, last; /* lowest first, highest last time (index of the first instruction) */
	uint64_t last_valid;  /* whether they are set */
	uint64_t torn;	      /* the driver found it locked: the program died in a drain */
	uint64_t rep_repeats; /* REP iterations of its last instruction */
	upset_ref states;     /* bitcount states, one per lane; made at the first drain */
	upset_ref flag_counts;	/* uint64_t[flags_count][UPSET_FLAG_COUNT] */
	upset_ref ranges;	/* uint64_t[row_count][2], min and max; detail full */
	upset_ref tallies;	/* struct upset_shm_tally[slow_count] */
	upset_ref partials;	/* struct upset_shm_partial[insn_count] */
	upset_ref partial_ones; /* uint64_t[], ones of partial executions, rows in order,
				   upset_operand bits each */
};

/* What one thread has of one block.  Translated code writes here. */
struct upset_shm_slot {
	uint64_t cursor; /* detail counts: executions; else where the next record goes, an
			    address in the plugin's process */
	uint64_t limit;	 /* the cursor when the bucket is full; 0: there is no room yet */
	uint64_t last;	 /* time of the last complete execution */
	uint64_t taken;	 /* times that the conditional branch at the end was taken */
	uint64_t first;	 /* time of the first complete execution */
	uint64_t seen;	 /* 0: never begun; 1: in its first bucket; 2: drained before */
	upset_ref bucket;
	uint64_t reserved;
};

/* Records in the bucket of @slot (not for detail counts). */
static inline unsigned int upset_shm_slot_records(const struct upset_shm_slot *slot)
{
	return slot->limit == 0
		       ? 0
		       : (unsigned int)(UPSET_BUCKET_RECORDS - (slot->limit - slot->cursor) / 8);
}

/*
 * Whether an access to @resource adds the time since the last one to the sum of its cells of
 * live share, which also have the time of their last access.  That is a sum of dead points, to
 * which writes add, of flags one of live points, to which reads add: general registers are
 * mostly read first in a block and flags mostly written first, so few blocks have to add.
 */
static inline int upset_shm_cell_counts(
	const struct upset_isa *isa, unsigned int resource, unsigned int access)
{
	return access == (upset_isa_is_flag(isa, resource) ? UPSET_READ : UPSET_WRITE);
}

enum upset_shm_running {
	UPSET_SHM_FREE,
	UPSET_SHM_RUNNING,
	UPSET_SHM_ENDED, /* in its blocks, and not yet free for another thread */
};

/* A thread's memory; the base pointer of its translated code points here. */
struct upset_shm_thread {
	uint64_t clock;		 /* instructions so far */
	uint64_t current;	 /* id + 1 of the block that has begun and not ended, or 0 */
	uint64_t progress;	 /* its instructions of which callbacks have sampled the last one */
	uint32_t number;	 /* in order of creation */
	atomic_uint running;	 /* enum upset_shm_running */
	uint64_t syscall_block;	 /* id + 1 of the block whose system call has not returned, or 0 */
	uint64_t syscall_row;	 /* the row of its result */
	uint64_t syscall_before; /* its result register when it was made */
	struct upset_calls_position calls;
	atomic_uint following; /* it is changing the tree of calls */
	uint64_t left;	       /* instructions until a timer expires, where blocks take from it */
	/*
	 * With calls: so far.  Its instructions are counted with detail counts alone,
	 * whose clock has but those of blocks that were left in the middle.
	 */
	uint64_t reserved[3] __attribute__((aligned(64))); /* so that its accesses are a vector */
	struct upset_work work;
	uint64_t last[UPSET_CELLS_MAX] __attribute__((aligned(64)));
	uint64_t sum[UPSET_CELLS_MAX] __attribute__((aligned(64)));
	struct upset_shm_slot slots[]; /* [UPSET_SHM_BLOCKS] */
};

struct upset_shm_ended { /* a thread that has ended */
	uint32_t number;
	uint32_t reserved;
	uint64_t instructions;
	upset_ref next;
};

struct upset_shm_page {
	uint64_t address; /* | 1 when in use */
	uint64_t reads, writes, bytes_read, bytes_written;
};

struct upset_shm_text { /* a string in a list */
	upset_ref next;
	uint32_t number;
	uint32_t size;
	char text[];
};

struct upset_shm {
	uint64_t magic;
	uint32_t version;
	uint32_t detail;      /* enum upset_detail */
	uint32_t isa;	      /* of the program, see upset_isa_at() */
	_Atomic uint64_t top; /* first free byte */
	atomic_uint lock;     /* guards everything below */
	atomic_uint stop;     /* enum upset_shm_stop, by the driver */
	atomic_uint counting; /* threads that are in the middle of counting something */
	atomic_uint block_count;
	atomic_uint thread_slots; /* entries of threads[] ever used */
	uint32_t thread_number;	  /* threads created */
	uint32_t maps_count;
	upset_ref maps, files;		     /* lists of struct upset_shm_text, newest first */
	upset_ref ended;		     /* list of struct upset_shm_ended */
	uint64_t ended_sum[UPSET_CELLS_MAX]; /* sums of the cells of those threads */
	uint64_t children;		     /* processes that ran without counting */
	uint64_t exec_pending;		     /* an execve that has not failed */
	struct upset_illegal illegal;
	uint64_t lost;
	uint64_t syscalls[UPSET_SHM_SYSCALLS];
	struct {
		int64_t number;
		uint64_t count;
	} odd_syscalls[UPSET_SHM_ODD_SYSCALLS]; /* numbers that do not exist, the first so many */
	uint64_t signals[UPSET_SHM_SIGNALS];
	upset_ref pages; /* struct upset_shm_page[page_capacity], a hash table */
	uint64_t page_capacity, page_count;
	upset_ref calls; /* struct upset_calls; 0: not asked for */
	upset_ref threads[UPSET_SHM_THREADS];
	upset_ref blocks[UPSET_SHM_BLOCKS];
};

/* What @ref, which is not 0, refers to. */
static inline void *upset_shm_at(const struct upset_shm *shm, upset_ref ref)
{
	return (char *)(uintptr_t)shm + ref;
}

/* The same, NULL for 0. */
static inline void *upset_shm_find(const struct upset_shm *shm, upset_ref ref)
{
	return ref == 0 ? NULL : upset_shm_at(shm, ref);
}

static inline const struct upset_isa *upset_shm_isa(const struct upset_shm *shm)
{
	return upset_isa_at(shm->isa);
}

/* Whether some thread is in the middle of counting something. */
int upset_shm_is_counting(const struct upset_shm *shm);

/* @bytes of zeroed memory aligned to 64; 0 when the memory is used up. */
upset_ref upset_shm_alloc(struct upset_shm *shm, uint64_t bytes);
void upset_shm_lock(atomic_uint *lock);
void upset_shm_unlock(atomic_uint *lock);

#endif
