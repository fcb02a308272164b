/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiments a campaign will make, for commands that tell before anything is made. */
#ifndef UPSET_API_PLANNED_H
#define UPSET_API_PLANNED_H

#include <stdint.h>

#include "fault/fault.h"
#include "isa/isa.h"
#include "store/provenance.h"
#include "store/store.h"
#include "upset/campaign.h"

/* What a plan says of its campaign. */
struct upset_planned_campaign {
	const struct upset_campaign_options *options; /* with the shard, if any */
	const char *program;			      /* its file */
	const struct upset_isa *isa;
	int64_t run;			       /* that is sampled; 0: a list is not */
	const struct upset_provenance *origin; /* what of it says which campaign it is, */
	const char *identity;		       /* and that */
};

typedef int upset_planned_visit(void *context, uint64_t number, const struct upset_faults *faults);

/*
 * Call @visit for each experiment of the plan in @store, or of a shard of it, by number, with
 * the faults that the campaign will make.  0; -ENOTSUP when a list is not what it was then,
 * -EINVAL, -ENOMEM and others of lists and samples; what @visit returned when not 0.
 */
int upset_planned_read(struct upset_store *store, const struct upset_planned_campaign *campaign,
	upset_planned_visit *visit, void *context, struct upset_error *error);

#endif
