/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment: what those that make it alone, or make it again, share. */
#ifndef UPSET_API_EXPERIMENT_H
#define UPSET_API_EXPERIMENT_H

#include "campaign/trial.h"
#include "fault/fault.h"
#include "upset/experiment.h"

struct upset_experiment {
	struct upset_faults faults;
	struct upset_injection *injections; /* [faults.count], of the trial; owned */
	struct upset_trial trial;
	enum upset_outcome outcome;
	enum upset_cause cause;
};

/*
 * Run @subject with experiment->faults and say what came of it, compared with @golden.
 * As upset_trial_run(); end with upset_experiment_fini() in any case.
 */
int upset_experiment_run(struct upset_experiment *experiment, const struct upset_subject *subject,
	const struct upset_outcome_rules *rules, const struct upset_trial *golden,
	struct upset_error *error);
void upset_experiment_fini(struct upset_experiment *experiment);

/* As upset/experiment.h has it. */
struct upset_injected {
	struct upset_trial golden;
	struct upset_experiment experiment;
};

#endif
