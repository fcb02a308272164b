/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a campaign's experiments out of a study, for commands that go on with them. */
#ifndef UPSET_API_RESULTS_H
#define UPSET_API_RESULTS_H

#include <stdint.h>

#include "campaign/outcome.h"
#include "store/campaign.h"

/* Which campaign it is; texts are owned. */
struct upset_experiments {
	int64_t campaign, seed;
	char *engine, *source, *options;
	char *program, *sha256, *arguments; /* "": not known, none */
};

/* An experiment of it; texts end with the call. */
struct upset_experiment_made {
	uint64_t number;
	const char *faults;
	enum upset_outcome outcome;
	enum upset_cause cause; /* UPSET_CAUSES: not known */
	int status;		/* exit status or signal */
};

typedef int upset_experiments_visit(void *context, const struct upset_experiment_made *made);

/*
 * Find campaign @wanted (0: the latest) of @store.  0, -ENOENT and others of the store;
 * end with upset_experiments_fini() in any case.
 */
int upset_experiments_find(struct upset_store *store, int64_t wanted,
	struct upset_experiments *experiments, struct upset_error *error);
void upset_experiments_fini(struct upset_experiments *experiments);

/*
 * Call @visit for each, by number; those with @outcome and @cause alone where these
 * are not UPSET_OUTCOMES and UPSET_CAUSES.  0; -EIO; what @visit returned when not 0.
 */
int upset_experiments_read(struct upset_store *store, int64_t campaign, enum upset_outcome outcome,
	enum upset_cause cause, upset_experiments_visit *visit, void *context,
	struct upset_error *error);

#endif
