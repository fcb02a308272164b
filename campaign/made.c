/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of an experiment, and telling it: see made.h. */
#include "campaign/made.h"

#include "campaign/difference.h"

static void count_instructions(struct upset_made *made, const struct upset_trial *golden)
{
	if (made->result.seen.end == UPSET_END_SAME)
		made->result.instructions = golden->result.instructions;
	made->instructions = made->result.instructions;
	made->insn = made->result.injections->insn;
	made->counted = upset_trial_latency(&made->result, &made->latency);
}

void upset_made_report(struct upset_campaign *c, const struct upset_planned *planned,
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
	made.outcome = upset_outcome_of(c->rules, &c->golden.result.seen, &trial->result.seen,
		trial->result.injections, planned->faults.count, &made.cause);
	count_instructions(&made, &c->golden);
	if (made.result.seen.end == UPSET_END_SAME) {
		made.result.seen.end = c->golden.result.seen.end;
		made.result.seen.status = c->golden.result.seen.status;
	}
	c->done(c->context, &made);
}

/* The trigger does not come in a run without faults, so it does not in one with this fault. */
void upset_made_not_reached(struct upset_campaign *c, const struct upset_planned *planned)
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
	made.result.seen.host_time_ns = 0;
	c->done(c->context, &made);
}
