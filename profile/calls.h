/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call paths: the tree of calls of a run, and each thread's way through it.  Both
 * engines tell of calls, returns, indirect jumps and signals; what follows from
 * them is decided here, by "Call paths" in doc/statistics.md.  The tree has no
 * pointers, so that it can lie in memory that processes share.
 */
#ifndef UPSET_PROFILE_CALLS_H
#define UPSET_PROFILE_CALLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/work.h"

enum {
	UPSET_CALLS_NODES = 1000000,   /* besides the root */
	UPSET_CALLS_BUCKETS = 1 << 21, /* more than twice as many */
	UPSET_CALLS_FRAMES = 1 << 22,  /* of one thread at one time */
	UPSET_CALLS_SEARCHED = 256, /* frames that are searched for one that does not lie on top */
};

struct upset_call_node {
	uint64_t site, entry; /* addresses at run time; 0: none */
	_Atomic uint64_t calls, work[UPSET_WORK_KINDS];
	uint32_t parent;
	uint32_t runs_as; /* the node that its instructions belong to: itself, or when it is
			     folded the one above it with the same entry */
};

/* Zeroed memory is a tree that has a root (number 0) alone. */
struct upset_calls {
	atomic_uint lock;      /* held to add a node */
	atomic_uint count;     /* of nodes[] in use besides the root */
	atomic_uint shared;    /* several threads change it at the same time */
	_Atomic uint64_t lost; /* calls that had no room for a node of their own */
	_Atomic uint32_t buckets[UPSET_CALLS_BUCKETS]; /* hash table of node numbers; 0: free */
	struct upset_call_node nodes[1 + UPSET_CALLS_NODES];
};

/* Where a thread is; kept where it outlives the program. */
struct upset_calls_position {
	struct upset_work since;       /* what of the thread's is in the tree already */
	uint64_t handler;	       /* of a signal that has come and nothing since; 0: none */
	uint64_t signal_sp;	       /* the thread's, when it came */
	struct upset_work signal_work; /* likewise */
	uint32_t node;		       /* what is executed belongs to it */
};

/* A call that has not been left. */
struct upset_call_frame {
	uint64_t limit;	  /* it is left when the stack pointer lies above */
	uint64_t back;	  /* where it returns to */
	uint32_t caller;  /* node to go back to */
	uint32_t counted; /* node that counted the call; 0: lost */
	uint8_t kind;	  /* enum in calls.c */
};

/* One thread's way; of one thread alone. */
struct upset_calls_thread {
	const struct upset_isa *isa; /* how it calls */
	struct upset_calls *calls;   /* NULL: calls are not followed */
	struct upset_calls_position *position;
	struct upset_call_frame *frames; /* owned */
	size_t depth, room;
};

/* Whether upset_calls_insn() has to be told of executions of @insn. */
bool upset_calls_follows(const struct upset_insn *insn);

/* Before a second thread is made that changes the tree at the same time. */
void upset_calls_share(struct upset_calls *calls);

/* A thread of a program of @isa begins, at the root of @calls.  @position is zeroed; both stay the
 * caller's. */
void upset_calls_begin(struct upset_calls_thread *thread, const struct upset_isa *isa,
	struct upset_calls *calls, struct upset_calls_position *position);
/* Free what @thread owns. */
void upset_calls_fini(struct upset_calls_thread *thread);

/*
 * The thread has executed @insn, with which all that it has done is @work, its
 * stack pointer is @sp and it goes on at @target.  Ignores instructions that
 * upset_calls_follows() denies.
 */
void upset_calls_insn(struct upset_calls_thread *thread, const struct upset_insn *insn,
	const struct upset_work *work, uint64_t sp, uint64_t target);
/* A signal takes it to @handler, if it executes anything there; @sp: its stack pointer before. */
void upset_calls_signal(struct upset_calls_thread *thread, const struct upset_work *work,
	uint64_t handler, uint64_t sp);
/* It has made the system call rt_sigreturn. */
void upset_calls_sigreturn(struct upset_calls_thread *thread, const struct upset_work *work);

/* The thread that stood at @position has ended and done @work. */
void upset_calls_end(struct upset_calls *calls, struct upset_calls_position *position,
	const struct upset_work *work);

#endif
