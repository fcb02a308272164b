/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From planned experiments to what came of them, by batches: see campaign.h. */
#include "campaign/campaign.h"

#include <errno.h>
#include <stdlib.h>

#include "campaign/copies.h"
#include "campaign/golden.h"
#include "campaign/made.h"
#include "campaign/pool.h"
#include "fault/fault.h"

enum { PLACES_MANY = 128 }; /* of which some are reached where the program does the same */

struct batch {
	struct upset_campaign *campaign;
	struct upset_planned *planned;
	size_t count;
	bool *made;	/* [count] */
	size_t *chosen; /* [count]: for what is done next, by number in planned[] */
	size_t chosen_count;
};

/* Faults that copies can have: one, in the first thread. */
static bool is_simple(const struct upset_faults *faults)
{
	return faults->count == 1 && faults->faults[0].thread <= 0;
}

/*
 * Whether it helps to know where the trigger comes: for copies, and where an engine reaches
 * places faster than it counts instructions.
 */
static bool is_to_be_located(const struct upset_campaign *c, const struct upset_faults *faults)
{
	const struct upset_engine *engine = c->subject->engine;

	if (engine->locate == NULL || !is_simple(faults))
		return false;
	if (engine->carry == NULL)
		return faults->faults[0].trigger == UPSET_FAULT_AT_INSN;
	return c->why_fresh[0] == '\0';
}

/* Leave those whose trigger comes; of the others it is known what comes of them. */
static void sort_out(struct batch *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->chosen_count; i++) {
		size_t item = b->chosen[i];

		if (b->planned[item].trigger.reached) {
			b->chosen[kept++] = item;
			continue;
		}
		upset_made_not_reached(b->campaign, &b->planned[item]);
		b->made[item] = true;
	}
	b->chosen_count = kept;
}

static int check_places(const struct batch *b, struct upset_error *error)
{
	if (!b->campaign->sampled || b->chosen_count < PLACES_MANY)
		return 0;
	for (size_t i = 0; i < b->chosen_count; i++) {
		if (b->planned[b->chosen[i]].trigger.reached)
			return 0;
	}
	return upset_campaign_lost(b->campaign, b->chosen_count, error);
}

/* Choose those of which it was found where their triggers come. */
static int locate(struct batch *b, struct upset_error *error)
{
	bool known = false;
	int rc;

	for (size_t i = 0; i < b->count; i++) {
		if (is_to_be_located(b->campaign, &b->planned[i].faults))
			b->chosen[b->chosen_count++] = i;
	}
	if (b->chosen_count == 0)
		return 0;
	rc = upset_golden_locate(
		b->campaign, b->planned, b->chosen, b->chosen_count, &known, error);
	if (rc == 0 && known)
		rc = check_places(b, error);
	if (rc == 0 && known)
		sort_out(b);
	else
		b->chosen_count = 0;
	return rc;
}

static int run_batch(struct batch *b, struct upset_error *error)
{
	struct upset_campaign *c = b->campaign;
	size_t left = 0;
	int rc = locate(b, error);

	if (rc == 0 && b->chosen_count > 0 && c->subject->engine->carry != NULL)
		rc = upset_copies_run(c, b->planned, b->chosen, b->chosen_count, b->made, error);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < b->count; i++) {
		if (!b->made[i])
			b->chosen[left++] = i;
	}
	return left == 0 ? 0 : upset_pool_run(c, b->planned, b->chosen, left, error);
}

int upset_campaign_lost(const struct upset_campaign *c, size_t count, struct upset_error *error)
{
	return upset_error_set(error, ENODATA,
		"engine %s came to none of the first %zu sampled places: without faults the "
		"program does something else here; see `upset doctor`",
		c->subject->engine->name, count);
}

int upset_campaign_run(struct upset_campaign *c, struct upset_planned *planned, size_t count,
	struct upset_error *error)
{
	struct batch b = {.campaign = c,
		.planned = planned,
		.count = count,
		.made = calloc(count + 1, sizeof(*b.made)),
		.chosen = calloc(count + 1, sizeof(*b.chosen))};
	int rc;

	if (b.made == NULL || b.chosen == NULL)
		rc = upset_error_set(error, ENOMEM, "no memory for experiments");
	else
		rc = run_batch(&b, error);
	free(b.made);
	free(b.chosen);
	return rc;
}

void upset_campaign_end(struct upset_campaign *c)
{
	upset_trial_end(&c->golden);
}
