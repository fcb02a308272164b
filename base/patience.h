/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long something is waited for that may go on for ever.  Time in which nobody looked, since
 * everything was stopped, and time in which it got no processor are not its fault.
 */
#ifndef UPSET_BASE_PATIENCE_H
#define UPSET_BASE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a process has had of processors since it began; all 0: not known. */
struct upset_turns {
	uint64_t ran_ns;     /* its threads together */
	uint64_t starved_ns; /* the thread that was longest ready to run while others did */
};

struct upset_patience {
	uint64_t passed_ns; /* what counts until the last look, */
	uint64_t last_ns;   /* which was then */
	/* How long the process has waited for a processor is asked for now and then. */
	uint64_t asked_ns, counted_ns; /* when, and what of passed_ns has come since */
	struct upset_turns turns;      /* the answer, */
	bool asked;		       /* if it is of use: time has counted as usual since */
};

/* With a process that begins at @now_ns. */
void upset_patience_begin(struct upset_patience *patience, uint64_t now_ns);

/* Look at process @pid at @now_ns: what has passed, of which a second counts between two looks at
   most, and less what the process has waited for a processor. */
uint64_t upset_patience_look(struct upset_patience *patience, pid_t pid, uint64_t now_ns);

/* Likewise where time since the last look counts one @cost-th.  Waits for a processor are part of
   what it costs, so that they are not taken off, too. */
uint64_t upset_patience_look_slowly(
	struct upset_patience *patience, uint64_t now_ns, unsigned int cost);

/* What looks are made of: time passes until @now_ns, and counts one @cost-th, */
uint64_t upset_patience_pass(struct upset_patience *patience, uint64_t now_ns, unsigned int cost);
/* and then, of that, the process has had @turns: it has not starved while it ran. */
void upset_patience_starved(
	struct upset_patience *patience, uint64_t now_ns, struct upset_turns turns);

struct upset_turns upset_turns_of(pid_t pid);

#endif
