/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system call that waits, as wait_calls.c tells waits.c of it. */
#ifndef UPSET_ENGINE_QEMU_GUEST_WAITS_H
#define UPSET_ENGINE_QEMU_GUEST_WAITS_H

#include "engine/qemu/guest/timers_internal.h"

enum { WAIT_FDS_MOST = 1024 }; /* more are waited for by the machine's time */

struct wait {
	const struct guest_call *call;
	uint64_t deadline; /* as timer_now() of a timer that is not of the processor's time */
	bool masks;	   /* the call has a set of signals of its own that it blocks */
	sigset_t blocked;  /* while it waits */
	bool awaits;	   /* these signals */
	sigset_t awaited;
	bool is_futex;	    /* as long as the word at a[0] is a[2] */
	struct pollfd *fds; /* [WAIT_FDS_MOST], the caller's */
	size_t fd_count;
	int64_t at_timeout; /* its result */
	bool restarts;	    /* as handlers ask for */
	/* Where the remaining time is to be told, when it is, and in what. */
	uint64_t remaining, unit;
	bool tells_always; /* and not just when it was interrupted */
};

/* What the clock says that deadlines are of. */
uint64_t wait_now(const struct wait *w);
/* Bytes of a set of @fds descriptors, of which the kernel reads and writes whole words. */
size_t wait_set_bytes(uint64_t fds);
/* Wait: true when that is over, and what the call returns; false: make the call, it will not
   wait, or nothing that is known here would end it. */
bool wait_for(struct wait *w, int64_t *result);

#endif
