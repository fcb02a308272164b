/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a campaign will take, from the first of its experiments. */
#include "api/campaign.h"

uint64_t campaign_estimate(const struct campaign_pace *pace, uint64_t left)
{
	uint64_t n = pace->carried + pace->fresh;
	/* The run that finds triggers, and the one that is copied. */
	uint64_t shared = 2 * pace->golden_ns, each, batches;

	if (n == 0 || left == 0)
		return 0;
	if (pace->carried == 0)
		return left * (pace->elapsed_ns / n);
	/* Some were made in copies, and the others will not be. */
	if (!pace->copies)
		return left * ((pace->fresh > 0 ? pace->fresh_ns / pace->fresh : pace->golden_ns) /
				      pace->jobs);
	batches = (left + pace->batch - 1) / pace->batch;
	each = (pace->elapsed_ns > shared ? pace->elapsed_ns - shared : 0) / n;
	return batches * shared + left * each;
}
