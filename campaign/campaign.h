/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many experiments with one program.  Knows nothing of where results are kept,
 * nor of how the experiments were chosen.
 */
#ifndef UPSET_CAMPAIGN_CAMPAIGN_H
#define UPSET_CAMPAIGN_CAMPAIGN_H

#include "campaign/outcome.h"
#include "campaign/trial.h"
#include "fault/fault.h"

/* Room for what differs, and for why there are no copies. */
enum { UPSET_DIFFERENCE_SIZE = 160, UPSET_WHY_SIZE = 256 };

/* An experiment that is to be made. */
struct upset_planned {
	uint64_t number;
	bool control; /* its faults change nothing; numbers are those of controls */
	struct upset_faults faults;
	struct upset_trigger trigger; /* of its only fault, as far as upset_campaign_run() found */
};

/* What came of it. */
struct upset_made {
	uint64_t number;
	bool control;
	char difference[UPSET_DIFFERENCE_SIZE]; /* of a control from the golden run; "": none */
	const struct upset_faults *faults;
	enum upset_outcome outcome;
	enum upset_cause cause;
	struct upset_experiment_result result; /* .injections[faults->count] */
	bool ran;			       /* to an end: result.end and status are known */
	bool counted;			       /* insn, instructions and latency are known */
	uint64_t insn, instructions, latency;
	bool carried; /* in a copy of the running program, else in a process of its own */
};

struct upset_campaign {
	const struct upset_subject *subject;
	const struct upset_outcome_rules *rules;
	unsigned int jobs; /* experiments at one time */
	bool fresh;	   /* each in a process of its own, even where copies are possible */
	bool sampled;	   /* of places that the golden run executed: then some must be reached */
	/* Called for each experiment when it has ended; what @made points to ends with the call. */
	void (*done)(void *context, const struct upset_made *made);
	void *context;
	/* Set by upset_campaign_begin(): */
	struct upset_trial golden;
	bool steady; /* both of the first runs executed as many instructions, in one thread */
	unsigned int doubts; /* batches in succession whose copies a signal from outside cut off */
	char why_fresh[UPSET_WHY_SIZE]; /* why there were no copies, or not of all; "": of all */
};

/*
 * Run the program twice without faults.  0 when both results are the same; -ENOTSUP
 * with a message that says in what they differ; else as upset_trial_run().
 */
int upset_campaign_begin(struct upset_campaign *campaign, struct upset_error *error);

/*
 * Make experiments, in any order.  0; -EINTR when subject->stop was set: those that
 * were reported stay valid; -ENODATA as upset_campaign_lost(), and none is reported; else as
 * the engine.
 */
int upset_campaign_run(struct upset_campaign *campaign, struct upset_planned *planned, size_t count,
	struct upset_error *error);

/* Say that none of @count sampled places was come to.  -ENODATA. */
int upset_campaign_lost(
	const struct upset_campaign *campaign, size_t count, struct upset_error *error);

void upset_campaign_end(struct upset_campaign *campaign);

#endif
