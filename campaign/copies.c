/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Experiments in copies of one running program: see copies.h. */
#include "campaign/copies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/golden.h"
#include "campaign/made.h"

struct batch {
	struct upset_campaign *campaign;
	const struct upset_planned *planned;
	const size_t *chosen;
	bool *made;
	bool doubtful; /* copies ended, maybe by a signal from outside */
};

/* Such an end is believed in two batches in succession: the next one is to have copies. */
static bool is_doubted(struct batch *b, const struct upset_experiment_result *result)
{
	const bool doubtful = upset_trial_is_doubtful(result, &b->campaign->golden);

	b->doubtful |= doubtful;
	return doubtful && b->campaign->doubts == 0;
}

static void take_copy(void *context, size_t i, const struct upset_experiment_result *result,
	int out_fd, int err_fd)
{
	struct batch *b = context;
	struct upset_error error = {0};
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_experiment_result with_files = *result;

	/* It is made again, in a process of its own. */
	if (upset_trial_is_doubtful(result, &b->campaign->golden))
		return;
	/* Copies cannot change files: they have done what was done before them. */
	memcpy(with_files.seen.files, b->campaign->golden.result.seen.files,
		sizeof(with_files.seen.files));
	if (upset_trial_take(&trial, &with_files, out_fd, err_fd, &error) == 0) {
		upset_made_report(b->campaign, &b->planned[b->chosen[i]], &trial, true);
		b->made[b->chosen[i]] = true;
	}
	upset_trial_end(&trial);
}

/* A copy without a fault has run ahead, with output @out_fd and @err_fd. */
static bool take_scout(
	void *context, const struct upset_experiment_result *result, int out_fd, int err_fd)
{
	struct batch *b = context;
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_experiment_result with_files = *result;
	bool equal;

	if (is_doubted(b, result))
		return false;
	memcpy(with_files.seen.files, b->campaign->golden.result.seen.files,
		sizeof(with_files.seen.files));
	equal = upset_trial_take(&trial, &with_files, out_fd, err_fd, NULL) == 0 &&
		upset_golden_is_like(b->campaign, &trial, "a copy without a fault");
	upset_trial_end(&trial);
	return equal;
}

static int carry(struct batch *b, const struct upset_faults *faults,
	const struct upset_trigger *triggers, size_t count, struct upset_error *error)
{
	struct upset_campaign *c = b->campaign;
	struct upset_carry_request request = {.experiments = faults,
		.triggers = triggers,
		.count = count,
		.jobs = c->jobs,
		.scouted = take_scout,
		.done = take_copy,
		.context = b};
	struct upset_experiment_result result;
	char why[UPSET_WHY_SIZE] = "";
	int rc = upset_trial_carry(
		c->subject, &c->golden, &request, &result, why, sizeof(why), error);

	if (why[0] != '\0' && !is_doubted(b, &result))
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "%s", why);
	c->doubts = b->doubtful ? c->doubts + 1 : 0;
	return rc;
}

int upset_copies_run(struct upset_campaign *campaign, const struct upset_planned *planned,
	const size_t *chosen, size_t count, bool *made, struct upset_error *error)
{
	struct batch b = {campaign, planned, chosen, made, false};
	struct upset_faults *faults = calloc(count + 1, sizeof(*faults)); /* what is in them is not
									     owned */
	struct upset_trigger *triggers = calloc(count + 1, sizeof(*triggers));
	int rc;

	for (size_t i = 0; faults != NULL && triggers != NULL && i < count; i++) {
		faults[i] = planned[chosen[i]].faults;
		triggers[i] = planned[chosen[i]].trigger;
	}
	if (faults == NULL || triggers == NULL)
		rc = upset_error_set(error, ENOMEM, "no memory for experiments");
	else
		rc = carry(&b, faults, triggers, count, error);
	free(faults);
	free(triggers);
	return rc;
}
