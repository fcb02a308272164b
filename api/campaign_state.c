/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a campaign is, and telling of its experiments. */
#include <errno.h>
#include <stdlib.h>

#include "api/campaign.h"

int campaign_state_load(
	struct upset_campaign_state *s, struct upset_store *store, struct upset_error *error)
{
	int rc = 0;

	s->made = 0;
	for (unsigned int o = 0; rc == 0 && o < UPSET_OUTCOMES; o++) {
		rc = upset_store_count_experiments(store, s->campaign,
			upset_outcome_name((enum upset_outcome)o), NULL, &s->outcomes[o], error);
		s->made += s->outcomes[o];
	}
	return rc;
}

void campaign_state_add(struct upset_campaign_state *s, const struct upset_made *made)
{
	s->made++;
	s->outcomes[made->outcome]++;
	if (made->carried)
		s->carried++;
	else
		s->fresh++;
}

int campaign_state_tell(const struct upset_campaign_options *options, const struct upset_made *made)
{
	struct upset_campaign_experiment told = {.number = made->number,
		.outcome = made->outcome,
		.cause = made->cause,
		.ran = made->ran,
		.end = made->result.end,
		.status = made->result.status,
		.counted = made->counted,
		.insn = made->insn,
		.instructions = made->instructions,
		.latency = made->latency,
		.host_time_ns = made->result.host_time_ns,
		.carried = made->carried};
	char *text;
	int rc;

	if (options->made == NULL)
		return 0;
	text = upset_faults_print(made->faults);
	if (text == NULL)
		return -ENOMEM;
	told.faults = text;
	rc = options->made(options->context, &told);
	free(text);
	return rc;
}
