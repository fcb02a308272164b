/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaign/ only: experiments in processes of their own, several at one time. */
#ifndef UPSET_CAMPAIGN_POOL_H
#define UPSET_CAMPAIGN_POOL_H

#include "campaign/campaign.h"

/* Make planned[chosen[0 .. @count - 1]]; as upset_campaign_run(). */
int upset_pool_run(struct upset_campaign *campaign, const struct upset_planned *planned,
	const size_t *chosen, size_t count, struct upset_error *error);

#endif
