/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside machine/ only: processes that wait for what does not come. */
#ifndef UPSET_MACHINE_STILL_H
#define UPSET_MACHINE_STILL_H

#include <stdint.h>
#include <sys/types.h>

/* Begins as {0}; to be set to that when the process is known to do something. */
struct machine_still {
	unsigned int looks; /* in a row in which it stood still */
	uint64_t ticks;	    /* of processor time at the last one */
};

/*
 * Look at the process @pid: it stands still when all its threads sleep and it has used no processor
 * time since the last look.  One that is stopped or waits for a disk does not, nor does one that
 * has no processor to run on, or of which nothing is known.
 */
void machine_still_look(struct machine_still *still, pid_t pid);

#endif
