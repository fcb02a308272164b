/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment: see experiment.h. */
#include "api/experiment.h"

#include <errno.h>
#include <stdlib.h>

int upset_experiment_run(struct upset_experiment *e, const struct upset_subject *subject,
	const struct upset_outcome_rules *rules, const struct upset_trial *golden,
	struct upset_error *error)
{
	int rc;

	e->injections = calloc(e->faults.count + 1, sizeof(*e->injections));
	if (e->injections == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	rc = upset_trial_run(&e->trial, subject, &e->faults, NULL, e->injections, golden, error);
	if (rc == 0)
		e->outcome = upset_outcome_of(rules, &golden->result.seen, &e->trial.result.seen,
			e->injections, e->faults.count, &e->cause);
	return rc;
}

void upset_experiment_fini(struct upset_experiment *e)
{
	upset_trial_end(&e->trial);
	upset_faults_free(&e->faults);
	free(e->injections);
	e->injections = NULL;
}
