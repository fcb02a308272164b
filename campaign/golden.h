/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaign/ only: runs without faults, behind the first two. */
#ifndef UPSET_CAMPAIGN_GOLDEN_H
#define UPSET_CAMPAIGN_GOLDEN_H

#include "campaign/campaign.h"

/* Whether @trial, which is @what, did what the golden run did: only then copies are like it.
   Else campaign->why_fresh says in what it differs. */
bool upset_golden_is_like(
	struct upset_campaign *campaign, const struct upset_trial *trial, const char *what);

/*
 * Find where the first faults of planned[chosen[0 .. @count - 1]] come, into their .trigger.
 * Not *@known: that run was not like the golden one.  Errors as upset_campaign_run().
 */
int upset_golden_locate(struct upset_campaign *campaign, struct upset_planned *planned,
	const size_t *chosen, size_t count, bool *known, struct upset_error *error);

#endif
