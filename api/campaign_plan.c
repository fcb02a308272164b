/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiments and controls of a part of a campaign are still to be made. */
#include <errno.h>
#include <stdlib.h>

#include "api/campaign.h"
#include "campaign/control.h"

/* Which of @numbers are in the study. */
typedef int find_done(struct upset_store *store, int64_t campaign,
	const struct upset_store_numbers *numbers, bool *done, struct upset_error *error);
typedef int get_faults(
	const struct campaign_source *source, uint64_t i, struct upset_faults *faults);

/* Of the shard's experiments or controls @count from @first on. */
static int add_missing(struct campaign_plan *plan, const struct campaign_part *part, uint64_t first,
	size_t count, bool control, struct upset_error *error)
{
	find_done *find = control ? upset_store_controls_done : upset_store_experiments_done;
	get_faults *get = control ? campaign_source_control : campaign_source_get;
	const struct upset_store_numbers numbers = {
		.first = part->shard + first * part->shards, .step = part->shards, .count = count};
	bool *done = calloc(count + 1, sizeof(*done));
	int rc;

	if (done == NULL)
		return upset_error_set(error, ENOMEM, "no memory for experiments");
	rc = find(part->store, part->campaign, &numbers, done, error);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct upset_planned *p = &plan->planned[plan->count];

		if (done[i])
			continue;
		p->number = numbers.first + i * numbers.step;
		p->control = control;
		plan->count++;
		if (get(part->source, p->number, &p->faults) != 0)
			rc = upset_error_set(error, ENOMEM, "no memory for faults");
	}
	free(done);
	return rc;
}

int campaign_plan_make(
	struct campaign_plan *plan, const struct campaign_part *part, struct upset_error *error)
{
	uint64_t control = upset_control_before(part->first, part->planned, part->controls);
	size_t controls = (size_t)(upset_control_before(part->first + part->count, part->planned,
					   part->controls) -
				   control);
	int rc;

	*plan = (struct campaign_plan){
		.planned = calloc(part->count + controls + 1, sizeof(*plan->planned))};
	if (plan->planned == NULL)
		return upset_error_set(error, ENOMEM, "no memory for experiments");
	rc = add_missing(plan, part, part->first, part->count, false, error);
	plan->experiments = plan->count;
	if (rc == 0)
		rc = add_missing(plan, part, control, controls, true, error);
	return rc;
}

void campaign_plan_free(struct campaign_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		upset_faults_free(&plan->planned[i].faults);
	free(plan->planned);
	*plan = (struct campaign_plan){0};
}
