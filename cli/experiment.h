/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment, told in full: what `upset inject` and `upset replay` share. */
#ifndef UPSET_CLI_EXPERIMENT_H
#define UPSET_CLI_EXPERIMENT_H

#include <stdio.h>

#include "campaign/trial.h"
#include "fault/fault.h"

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

/* Print what was changed, how both runs ended, and the outcome. */
void upset_experiment_tell(
	const struct upset_experiment *experiment, const struct upset_trial *golden);

/* Write the @bits of @value, as "0x1f". */
void upset_experiment_print_value(FILE *out, const uint8_t *value, unsigned int bits);
/* Write how a run ended, as "exit status 0". */
void upset_experiment_print_end(FILE *out, const struct upset_experiment_result *result);

#endif
