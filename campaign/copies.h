/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaign/ only: experiments in copies of one running program. */
#ifndef UPSET_CAMPAIGN_COPIES_H
#define UPSET_CAMPAIGN_COPIES_H

#include "campaign/campaign.h"

/*
 * Make those of planned[chosen[0 .. @count - 1]] that can be made so, each of one fault in the
 * first thread of which the trigger is known.  Sets made[] of those that were, by number in
 * @planned.  Errors as upset_campaign_run().
 */
int upset_copies_run(struct upset_campaign *campaign, const struct upset_planned *planned,
	const size_t *chosen, size_t count, bool *made, struct upset_error *error);

#endif
