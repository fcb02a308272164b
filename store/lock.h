/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Studies that one process alone is to write to: a file beside it, STUDY.lock, that only one can
 * make, on network file systems, too, says who does.
 */
#ifndef UPSET_STORE_LOCK_H
#define UPSET_STORE_LOCK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { UPSET_LOCK_TEXT = 512 };

/* Who writes to a study. */
struct upset_lock_holder {
	char host[65];
	char machine[96]; /* its boot and its space of process numbers, "": not known */
	long process;
	uint64_t process_start; /* ticks after the boot */
	char job[64];		/* as the scheduler calls it; "": none */
	uint64_t restart;	/* which start of the job, from 0 */
	int64_t since;		/* seconds since 1970; 0: not known */
	bool has_before;	/* the next is known: */
	uint64_t before;	/* experiments that were made when it began */
	uint64_t shard, shards; /* of a campaign; shards 0: none */
	bool known;		/* else the file says nothing, and so do all of these */
	bool gone; /* it is of this machine, or an earlier start of this job, and ended */
};

struct upset_lock {
	char path[PATH_MAX];	    /* of the file; "": it is not ours */
	char text[UPSET_LOCK_TEXT]; /* what is in it */
	char former[256];	    /* who had it and is gone, in words; "": nobody */
};

/*
 * Take the study at @study, from a holder that is gone, too, or from any when @force is set.
 * 0; -EBUSY with who has it; as open() else.  End with upset_lock_release() in any case.
 */
int upset_lock_take(
	struct upset_lock *lock, const char *study, bool force, struct upset_error *error);

/*
 * Note in it what those want to know who ask how far it is: @what is
 * "shard", "shards" or "before".
 */
void upset_lock_note(struct upset_lock *lock, const char *what, uint64_t value);

/* Whether it is still ours.  0; -EBUSY with who has it. */
int upset_lock_check(const struct upset_lock *lock, struct upset_error *error);

/* Give it back, if it is ours. */
void upset_lock_release(struct upset_lock *lock);

/* Who has the study at @study.  0; -ENOENT when nobody does; as open() else. */
int upset_lock_read(const char *study, struct upset_lock_holder *holder);

#endif
