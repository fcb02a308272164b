/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From planned experiments to what came of them: see campaign.h. */
#include "campaign/campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/check.h"
#include "campaign/difference.h"
#include "campaign/pool.h"
#include "engine/ending.h"
#include "fault/fault.h"

/* --- runs without faults ---------------------------------------------------------------------- */

/* The limits of the second one are at least those of a program that takes this long. */
static const uint64_t least_guarded_ns = 1000000000;

static int refuse(const struct upset_result *a, const struct upset_result *b,
	enum upset_cause cause, struct upset_error *error)
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

	if (first->result.state != second->result.state)
		first->result.state = first->seen.state = 0;
	if (first->result.host_time_ns < second->result.host_time_ns)
		first->result.host_time_ns = second->result.host_time_ns;
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
	c->why_fresh[0] = '\0';
	rc = upset_trial_run(&c->golden, c->subject, &none, NULL, NULL, error);
	if (rc == 0)
		rc = upset_check_probe(c->rules, &c->golden.seen, error);
	/* What hangs now and then is not fit; what is only slower the second time is. */
	limits = c->golden;
	if (limits.result.host_time_ns < least_guarded_ns)
		limits.result.host_time_ns = least_guarded_ns;
	if (rc == 0)
		rc = upset_trial_run(&second, c->subject, &none, NULL, &limits, error);
	if (rc == 0 && c->golden.result.obstacle == UPSET_OBSTACLE_NONE &&
		second.result.obstacle != UPSET_OBSTACLE_NONE)
		rc = upset_error_set(error, ENOTSUP,
			"without faults the program does not keep within the limits of "
			"experiments: %s; %s",
			second.result.reason, upset_ending_advice(second.result.obstacle));
	if (rc == 0) {
		cause = upset_outcome_compare(c->rules, &c->golden.seen, &second.seen);
		if (cause != UPSET_CAUSE_EQUAL && cause != UPSET_CAUSE_ACCEPTED)
			rc = refuse(&c->golden.seen, &second.seen, cause, error);
		else
			unite(c, &second);
	}
	upset_trial_end(&second);
	return rc == 0 ? upset_trial_survey(c->subject, &c->golden, error) : rc;
}

void upset_campaign_end(struct upset_campaign *c)
{
	upset_trial_end(&c->golden);
}

/* --- reporting -------------------------------------------------------------------------------- */

static void count_instructions(struct upset_made *made, const struct upset_trial *golden)
{
	if (made->result.end == UPSET_EXPERIMENT_SAME)
		made->result.instructions = golden->result.instructions;
	made->instructions = made->result.instructions;
	made->insn = made->result.injections->insn;
	made->counted = upset_trial_latency(&made->result, &made->latency);
}

void upset_campaign_report(struct upset_campaign *c, const struct upset_planned *planned,
	const struct upset_trial *trial, bool carried)
{
	struct upset_made made = {.number = planned->number,
		.control = planned->control,
		.faults = &planned->faults,
		.result = trial->result,
		.ran = true,
		.carried = carried};

	if (planned->control)
		(void)upset_difference(c->rules, &c->golden, trial, c->steady, made.difference,
			sizeof(made.difference));
	made.outcome = upset_outcome_of(c->rules, &c->golden.seen, &trial->seen,
		trial->result.injections, planned->faults.count, &made.cause);
	count_instructions(&made, &c->golden);
	if (made.result.end == UPSET_EXPERIMENT_SAME) {
		made.result.end = c->golden.result.end;
		made.result.status = c->golden.result.status;
	}
	c->done(c->context, &made);
}

/* The trigger does not come in a run without faults, so it does not in one with this fault. */
static void report_not_reached(struct upset_campaign *c, const struct upset_planned *planned)
{
	struct upset_injection injection = {0};
	struct upset_made made = {.number = planned->number,
		.control = planned->control,
		.faults = &planned->faults,
		.outcome = UPSET_OUTCOME_NOT_INJECTED,
		.cause = UPSET_CAUSE_NOT_REACHED,
		.result = c->golden.result,
		.ran = true,
		.carried = c->why_fresh[0] == '\0'};

	made.result.injections = &injection;
	made.result.host_time_ns = 0;
	c->done(c->context, &made);
}

/* --- copies ----------------------------------------------------------------------------------- */

/* A batch, and what is left of it to be made in processes of their own. */
struct batch {
	struct upset_campaign *campaign;
	const struct upset_planned *planned;
	size_t count;
	bool *made;			/* [count] */
	size_t *chosen;			/* [count]: for copies, by number in the request */
	struct upset_faults *faults;	/* [count], of them; not owned */
	struct upset_trigger *triggers; /* [count] */
	struct upset_faults *instead;	/* [count]: see pool.h; NULL: none */
	size_t chosen_count;
};

static void take_copy(void *context, size_t i, const struct upset_experiment_result *result,
	int out_fd, int err_fd)
{
	struct batch *b = context;
	struct upset_error error = {0};
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_experiment_result with_files = *result;

	/* Copies cannot change files: they have done what was done before them. */
	memcpy(with_files.files, b->campaign->golden.result.files, sizeof(with_files.files));
	if (upset_trial_take(&trial, &with_files, out_fd, err_fd, &error) == 0) {
		upset_campaign_report(b->campaign, &b->planned[b->chosen[i]], &trial, true);
		b->made[b->chosen[i]] = true;
	}
	upset_trial_end(&trial);
}

/* Faults that copies can have: one, in the first thread. */
static bool is_simple(const struct upset_faults *faults)
{
	return faults->count == 1 && faults->faults[0].thread <= 0;
}

/* Without faults the program must do what it did before: only then copies are like it. */
static bool is_golden(struct upset_campaign *c, const struct upset_trial *trial, const char *what)
{
	char difference[UPSET_DIFFERENCE_SIZE];

	if (!upset_difference(
		    c->rules, &c->golden, trial, c->steady, difference, sizeof(difference)))
		return true;
	(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "%s differs from the golden run: %s",
		what, difference);
	return false;
}

/* A copy without a fault has run ahead, with output @out_fd and @err_fd. */
static bool take_scout(
	void *context, const struct upset_experiment_result *result, int out_fd, int err_fd)
{
	struct batch *b = context;
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_experiment_result with_files = *result;
	bool equal;

	memcpy(with_files.files, b->campaign->golden.result.files, sizeof(with_files.files));
	equal = upset_trial_take(&trial, &with_files, out_fd, err_fd, NULL) == 0 &&
		is_golden(b->campaign, &trial, "a copy without a fault");
	upset_trial_end(&trial);
	return equal;
}

/* Leave those for copies whose trigger comes; of the others it is known what comes of them. */
static void sort_out(struct batch *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->chosen_count; i++) {
		size_t item = b->chosen[i];

		if (!b->triggers[i].reached) {
			report_not_reached(b->campaign, &b->planned[item]);
			b->made[item] = true;
			continue;
		}
		b->chosen[kept] = item;
		b->faults[kept] = b->planned[item].faults;
		b->triggers[kept++] = b->triggers[i];
	}
	b->chosen_count = kept;
}

static int locate(struct batch *b, struct upset_error *error)
{
	struct upset_campaign *c = b->campaign;
	const struct upset_fault **sought = calloc(b->chosen_count + 1, sizeof(*sought));
	struct upset_trial trial = UPSET_TRIAL_NONE;
	int rc;

	if (sought == NULL)
		return upset_error_set(error, ENOMEM, "no memory for experiments");
	for (size_t i = 0; i < b->chosen_count; i++)
		sought[i] = &b->planned[b->chosen[i]].faults.faults[0];
	rc = upset_trial_locate(
		&trial, c->subject, sought, b->chosen_count, b->triggers, &c->golden, error);
	if (rc == 0 && is_golden(c, &trial, "a further run without faults"))
		sort_out(b);
	else
		b->chosen_count = 0;
	upset_trial_end(&trial);
	free(sought);
	return rc;
}

static int run_copies(struct batch *b, struct upset_error *error)
{
	struct upset_campaign *c = b->campaign;
	struct upset_carry_request request = {.experiments = b->faults,
		.triggers = b->triggers,
		.jobs = c->jobs,
		.scouted = take_scout,
		.done = take_copy,
		.context = b};
	char why[UPSET_WHY_SIZE] = "";
	int rc = locate(b, error);

	request.count = b->chosen_count;
	if (rc != 0 || b->chosen_count == 0)
		return rc;
	rc = upset_trial_carry(c->subject, &c->golden, &request, why, sizeof(why), error);
	if (why[0] != '\0')
		(void)snprintf(c->why_fresh, sizeof(c->why_fresh), "%s", why);
	return rc;
}

/* --- breakpoints ------------------------------------------------------------------------------ */

/* The same faults, with its trigger at a place. */
static int put_instead(struct batch *b, size_t item, const struct upset_trigger *trigger)
{
	char *text = upset_faults_print(&b->planned[item].faults);
	struct upset_fault *f;
	unsigned int column;
	int rc =
		text == NULL ? -ENOMEM : upset_faults_parse(text, &b->instead[item], &column, NULL);

	free(text);
	if (rc != 0)
		return rc;
	f = &b->instead[item].faults[0];
	f->trigger = UPSET_FAULT_AT_PLACE;
	f->trigger_place = (struct upset_fault_place){strdup("*"), NULL, trigger->address};
	f->count = trigger->hit;
	return f->trigger_place.module == NULL ? -ENOMEM : 0;
}

/*
 * Where an engine reaches places faster than it counts instructions: find out in one
 * run which place, and which execution of it, each instruction is.
 */
static int find_places(struct batch *b, struct upset_error *error)
{
	int rc;

	for (size_t i = 0; i < b->count; i++) {
		if (is_simple(&b->planned[i].faults) &&
			b->planned[i].faults.faults[0].trigger == UPSET_FAULT_AT_INSN)
			b->chosen[b->chosen_count++] = i;
	}
	if (b->chosen_count == 0)
		return 0;
	b->instead = calloc(b->count, sizeof(*b->instead));
	if (b->instead == NULL)
		return upset_error_set(error, ENOMEM, "no memory for experiments");
	rc = locate(b, error);
	for (size_t i = 0; rc == 0 && i < b->chosen_count; i++) {
		if (b->triggers[i].hit > 0)
			rc = put_instead(b, b->chosen[i], &b->triggers[i]);
		if (rc != 0)
			(void)upset_error_set(error, ENOMEM, "no memory for experiments");
	}
	return rc;
}

/* --- batches ---------------------------------------------------------------------------------- */

static int run_batch(struct batch *b, struct upset_error *error)
{
	struct upset_campaign *c = b->campaign;
	size_t left = 0;
	int rc = 0;

	if (c->subject->engine->carry == NULL && c->subject->engine->locate != NULL) {
		rc = find_places(b, error);
	} else if (c->why_fresh[0] == '\0') {
		for (size_t i = 0; i < b->count; i++) {
			if (is_simple(&b->planned[i].faults))
				b->chosen[b->chosen_count++] = i;
		}
		if (b->chosen_count > 0)
			rc = run_copies(b, error);
	}
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < b->count; i++) {
		if (!b->made[i])
			b->chosen[left++] = i;
	}
	return left == 0 ? 0 : upset_pool_run(c, b->planned, b->instead, b->chosen, left, error);
}

int upset_campaign_run(struct upset_campaign *c, const struct upset_planned *planned, size_t count,
	struct upset_error *error)
{
	struct batch b = {.campaign = c,
		.planned = planned,
		.count = count,
		.made = calloc(count + 1, sizeof(*b.made)),
		.chosen = calloc(count + 1, sizeof(*b.chosen)),
		.faults = calloc(count + 1, sizeof(*b.faults)),
		.triggers = calloc(count + 1, sizeof(*b.triggers))};
	int rc;

	if (b.made == NULL || b.chosen == NULL || b.faults == NULL || b.triggers == NULL)
		rc = upset_error_set(error, ENOMEM, "no memory for experiments");
	else
		rc = run_batch(&b, error);
	for (size_t i = 0; b.instead != NULL && i < count; i++)
		upset_faults_free(&b.instead[i]);
	free(b.instead);
	free(b.made);
	free(b.chosen);
	free(b.faults);
	free(b.triggers);
	return rc;
}
