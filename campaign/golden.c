/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs without faults: two that must be equal, and others that must be like them. */
#include "campaign/golden.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "campaign/check.h"
#include "campaign/difference.h"
#include "engine/ending.h"

/* The limits of the second one are at least those of a program that takes this long. */
static const uint64_t least_guarded_ns = 1000000000;

static int refuse(const struct upset_seen *a, const struct upset_seen *b, enum upset_cause cause,
	struct upset_error *error)
{
	static const char *const ways[UPSET_CAUSES] = {
		[UPSET_CAUSE_STDOUT] = ", compare with --check, or use --ignore-stdout",
		[UPSET_CAUSE_STDERR] = ", compare with --check, or use --ignore-stderr",
		[UPSET_CAUSE_FILES] = ", compare with --check, or use --ignore-files",
	};
	char what[160];

	upset_difference_describe(cause, a, b, what, sizeof(what));
	return upset_error_set(error, ENOTSUP,
		"two runs without faults differ: %s; give the program fixed input%s", what,
		ways[cause] != NULL ? ways[cause] : "");
}

/* What is known of the golden run is what both have in common. */
static void unite(struct upset_campaign *c, const struct upset_trial *second)
{
	struct upset_trial *first = &c->golden;

	if (first->result.seen.state != second->result.seen.state)
		first->result.seen.state = 0;
	if (first->result.seen.host_time_ns < second->result.seen.host_time_ns)
		first->result.seen.host_time_ns = second->result.seen.host_time_ns;
	first->result.threaded |= second->result.threaded;
	c->steady = !first->result.threaded &&
		    first->result.instructions == second->result.instructions;
	if (first->result.threaded)
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "the program has threads");
	else if (first->result.instructions != second->result.instructions)
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh),
			"runs without faults execute %" PRIu64 " or %" PRIu64 " instructions",
			first->result.instructions, second->result.instructions);
	else if (c->fresh)
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "as was asked for");
	else if (c->subject->engine->carry == NULL)
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "engine %s has no copies",
			c->subject->engine->name);
}

int upset_campaign_begin(struct upset_campaign *c, struct upset_error *error)
{
	static const struct upset_faults none = {0};
	struct upset_trial second = UPSET_TRIAL_NONE, limits;
	enum upset_cause cause;
	int rc;

	c->golden = UPSET_TRIAL_NONE;
	c->doubts = 0;
	c->why_fresh[0] = '\0';
	rc = upset_trial_run(&c->golden, c->subject, &none, NULL, NULL, NULL, error);
	if (rc == 0)
		rc = upset_check_probe(c->rules, &c->golden.result.seen, error);
	/* What hangs now and then is not fit; what is only slower the second time is. */
	limits = c->golden;
	if (limits.result.seen.host_time_ns < least_guarded_ns)
		limits.result.seen.host_time_ns = least_guarded_ns;
	if (rc == 0)
		rc = upset_trial_run(&second, c->subject, &none, NULL, NULL, &limits, error);
	if (rc == 0 && c->golden.result.seen.obstacle == UPSET_OBSTACLE_NONE &&
		second.result.seen.obstacle != UPSET_OBSTACLE_NONE)
		rc = upset_error_set(error, ENOTSUP,
			"without faults the program does not keep within the limits of "
			"experiments: %s; %s",
			second.result.seen.reason,
			upset_ending_advice(second.result.seen.obstacle));
	if (rc == 0) {
		cause = upset_outcome_compare(
			c->rules, &c->golden.result.seen, &second.result.seen);
		if (cause != UPSET_CAUSE_EQUAL && cause != UPSET_CAUSE_ACCEPTED)
			rc = refuse(&c->golden.result.seen, &second.result.seen, cause, error);
		else
			unite(c, &second);
	}
	upset_trial_end(&second);
	return rc == 0 ? upset_trial_survey(c->subject, &c->golden, error) : rc;
}

/* Without faults the program must do what it did before: only then copies are like it. */
bool upset_golden_is_like(
	struct upset_campaign *c, const struct upset_trial *trial, const char *what)
{
	char difference[UPSET_DIFFERENCE_SIZE];

	if (!upset_difference(
		    c->rules, &c->golden, trial, c->steady, difference, sizeof(difference)))
		return true;
	(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "%s differs from the golden run: %s",
		what, difference);
	return false;
}

static int locate(struct upset_campaign *c, const struct upset_fault *const *sought, size_t count,
	struct upset_trigger *triggers, bool *known, struct upset_error *error)
{
	struct upset_trial trial = UPSET_TRIAL_NONE;
	int rc = upset_trial_locate(&trial, c->subject, sought, count, triggers, &c->golden, error);

	*known = rc == 0 && upset_golden_is_like(c, &trial, "a further run without faults");
	upset_trial_end(&trial);
	return rc;
}

int upset_golden_locate(struct upset_campaign *c, struct upset_planned *planned,
	const size_t *chosen, size_t count, bool *known, struct upset_error *error)
{
	const struct upset_fault **sought = calloc(count + 1, sizeof(*sought));
	struct upset_trigger *triggers = calloc(count + 1, sizeof(*triggers));
	int rc;

	*known = false;
	for (size_t i = 0; sought != NULL && i < count; i++)
		sought[i] = &planned[chosen[i]].faults.faults[0];
	if (sought == NULL || triggers == NULL) {
		rc = upset_error_set(error, ENOMEM, "no memory for experiments");
	} else {
		rc = locate(c, sought, count, triggers, known, error);
		for (size_t i = 0; *known && i < count; i++)
			planned[chosen[i]].trigger = triggers[i];
	}
	free(sought);
	free(triggers);
	return rc;
}
