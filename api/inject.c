/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment, from options to what came of it: see upset/experiment.h. */
#include <errno.h>
#include <stdlib.h>

#include "api/experiment.h"
#include "api/judging.h"
#include "api/program.h"
#include "campaign/check.h"

void upset_inject_options_init(struct upset_inject_options *options)
{
	*options =
		(struct upset_inject_options){.engine = "qemu", .judging = {.detected_exit = -1}};
}

static int prepare(struct upset_injected *injected, struct program *program,
	const struct upset_inject_options *o, struct upset_error *error)
{
	unsigned int column;
	int rc = program_choose_engine(&program->subject.engine, o->engine, true, error);

	if (rc == 0)
		rc = upset_judging_check(&o->judging, error);
	if (rc == 0 && o->faults == NULL)
		rc = upset_error_set(error, EINVAL, "an experiment needs a fault");
	if (rc == 0)
		rc = upset_faults_parse(o->faults, &injected->experiment.faults, &column, error);
	if (rc == 0)
		rc = program_find(program, &o->program, error);
	if (rc == 0)
		rc = upset_faults_check(
			&injected->experiment.faults, program->subject.target.isa, error);
	if (rc == 0)
		rc = program_prepare(
			program, &o->program, o->no_sandbox ? NULL : &o->limits, error);
	program->subject.stop = o->stop;
	return rc;
}

static int run(struct upset_injected *injected, const struct upset_inject_options *o,
	struct upset_error *error)
{
	static const struct upset_faults none = {0};
	const struct upset_outcome_rules rules = upset_judging_rules(&o->judging);
	struct program program = PROGRAM_NONE;
	int rc = prepare(injected, &program, o, error);

	if (rc == 0)
		rc = upset_trial_run(
			&injected->golden, &program.subject, &none, NULL, NULL, NULL, error);
	if (rc == 0)
		rc = upset_check_probe(&rules, &injected->golden.result.seen, error);
	if (rc == 0)
		rc = upset_experiment_run(
			&injected->experiment, &program.subject, &rules, &injected->golden, error);
	program_fini(&program);
	return rc;
}

int upset_inject(struct upset_injected **injected, const struct upset_inject_options *options,
	struct upset_error *error)
{
	struct upset_injected *made = calloc(1, sizeof(*made));
	int rc;

	*injected = NULL;
	if (made == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	made->golden = made->experiment.trial = UPSET_TRIAL_NONE;
	rc = run(made, options, error);
	if (rc != 0) {
		upset_injected_free(made);
		return rc;
	}
	*injected = made;
	return 0;
}

void upset_injected_free(struct upset_injected *injected)
{
	if (injected == NULL)
		return;
	upset_experiment_fini(&injected->experiment);
	upset_trial_end(&injected->golden);
	free(injected);
}

enum upset_outcome upset_injected_outcome(
	const struct upset_injected *injected, enum upset_cause *cause)
{
	if (cause != NULL)
		*cause = injected->experiment.cause;
	return injected->experiment.outcome;
}

const struct upset_faults *upset_injected_faults(
	const struct upset_injected *injected, const struct upset_injection **injections)
{
	*injections = injected->experiment.injections;
	return &injected->experiment.faults;
}

static void fill(const struct upset_trial *trial, struct upset_run_result *result)
{
	*result = (struct upset_run_result){.end = trial->result.seen.end,
		.status = trial->result.seen.status,
		.obstacle = trial->result.seen.obstacle,
		.reason = trial->result.seen.reason,
		.instructions = trial->result.instructions,
		.host_time_ns = trial->result.seen.host_time_ns,
		.out = trial->result.seen.out.data,
		.err = trial->result.seen.err.data,
		.out_size = trial->result.seen.out.looked,
		.err_size = trial->result.seen.err.looked};
}

void upset_injected_runs(const struct upset_injected *injected, struct upset_run_result *golden,
	struct upset_run_result *faulty)
{
	if (golden != NULL)
		fill(&injected->golden, golden);
	if (faulty != NULL)
		fill(&injected->experiment.trial, faulty);
}

bool upset_injected_latency(const struct upset_injected *injected, uint64_t *latency)
{
	return upset_trial_latency(&injected->experiment.trial.result, latency);
}
