/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaign/ only: from a trial to what is reported of it. */
#ifndef UPSET_CAMPAIGN_MADE_H
#define UPSET_CAMPAIGN_MADE_H

#include "campaign/campaign.h"

/* Classify @trial and report it. */
void upset_made_report(struct upset_campaign *campaign, const struct upset_planned *planned,
	const struct upset_trial *trial, bool carried);

/* The trigger does not come in a run without faults, so it does not in one with this fault. */
void upset_made_not_reached(struct upset_campaign *campaign, const struct upset_planned *planned);

#endif
