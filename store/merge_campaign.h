/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside store/ only: whether studies hold parts of one campaign. */
#ifndef UPSET_STORE_MERGE_CAMPAIGN_H
#define UPSET_STORE_MERGE_CAMPAIGN_H

#include "store/internal.h"

/* The one campaign of @into: 0; -ENOENT, -ENOTSUP. */
int upset_merge_whole(struct upset_store *into, int64_t *campaign, struct upset_error *error);

/*
 * The campaign of @part that is @campaign of @into: 0 and *@found; -ENOTSUP with a message that
 * says in what it is another one, or what came out otherwise.
 */
int upset_merge_match(struct upset_store *into, struct upset_store *part, int64_t campaign,
	int64_t *found, struct upset_error *error);

#endif
