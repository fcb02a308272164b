/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the study of a campaign is while experiments are added, and that nobody else does. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "api/campaign.h"
#include "store/merge.h"

int campaign_home_take(struct campaign_home *home, const struct upset_campaign_options *o,
	struct upset_campaign_state *state, struct upset_error *error)
{
	int rc;

	if (o->from == NULL && o->shards == 0)
		return 0;
	rc = upset_lock_take(&home->lock, o->study, o->take_lock, error);
	(void)snprintf(state->former, sizeof(state->former), "%s", home->lock.former);
	if (rc == 0 && o->shards > 0) {
		upset_lock_note(&home->lock, "shard", o->shard);
		upset_lock_note(&home->lock, "shards", o->shards);
	}
	if (rc == 0 && o->from != NULL && access(o->study, F_OK) != 0)
		rc = upset_store_copy(o->from, o->study, error);
	return rc;
}
