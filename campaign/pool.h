/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaign/ only: experiments in processes of their own, several at one time. */
#ifndef UPSET_CAMPAIGN_POOL_H
#define UPSET_CAMPAIGN_POOL_H

#include "campaign/campaign.h"

/*
 * Make planned[chosen[0 .. @count - 1]]; as upset_campaign_run().  With @instead, a fault
 * list in instead[i] that is not empty is carried out in place of planned[i]'s.
 */
int upset_pool_run(struct upset_campaign *campaign, const struct upset_planned *planned,
	const struct upset_faults *instead, const size_t *chosen, size_t count,
	struct upset_error *error);

/* Classify @trial and report it. */
void upset_campaign_report(struct upset_campaign *campaign, const struct upset_planned *planned,
	const struct upset_trial *trial, bool carried);

#endif
