/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of a run of a program, golden or with faults: how it ended and what it wrote. */
#ifndef UPSET_PROFILE_SEEN_H
#define UPSET_PROFILE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upset/program.h"

/* What it wrote to standard output, or to standard error. */
struct upset_channel {
	uint64_t bytes;
	char sha256[65];     /* golden runs; "": not known */
	int pass_errno;	     /* why not all of it could be passed on to the caller; 0: it was */
	const uint8_t *data; /* [looked]; NULL: not kept.  Of who runs the experiment */
	size_t looked;	     /* all bytes, but where most of a file is a hole */
};

struct upset_seen {
	enum upset_end end;
	int status;			/* exit status, or signal */
	enum upset_obstacle obstacle;	/* what it did not end by itself for, */
	char reason[UPSET_REASON_SIZE]; /* in words, or "" */
	uint64_t host_time_ns;		/* wall clock */
	struct upset_channel out, err;
	/* Of experiments: */
	bool overwritten; /* what the fault changed was overwritten before anything read it */
	uint64_t state;	  /* hash of its registers and memory when it exited; 0: not known */
	char files[65];	  /* SHA-256 of what it did to files, in a sandbox; "": not known */
};

#endif
