/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a program, with or without faults, and what it wrote. */
#ifndef UPSET_CAMPAIGN_TRIAL_H
#define UPSET_CAMPAIGN_TRIAL_H

#include "campaign/outcome.h"
#include "engine/engine.h"

/* What to experiment with, and how. */
struct upset_subject {
	const struct upset_engine *engine;
	struct upset_target target;    /* .sandbox: limits asked for, 0: none is */
	const struct upset_stop *stop; /* NULL: nobody stops it */
};

/* A run of it.  .result.seen's channels point into what is mapped here. */
struct upset_trial {
	struct upset_experiment_result result;
	int out_fd, err_fd; /* memory files; the caller's when .borrowed */
	bool borrowed;
};

/* No trial yet: what upset_trial_end() may be called with. */
#define UPSET_TRIAL_NONE ((struct upset_trial){.out_fd = -1, .err_fd = -1})

/* What a program does that hangs: see doc/outcomes.md. */
enum { UPSET_HANG_FACTOR = 10 };

/* The limits of runs of @subject: NULL: without faults, else of those compared with @golden. */
struct upset_limits upset_trial_limits(
	const struct upset_subject *subject, const struct upset_trial *golden);

/*
 * Run @subject with @faults, whose fates go to @injections[faults->count]; @trigger: where that
 * of the only one comes, or NULL.  With the limits of a run with a fault when @golden is given.
 * In a sandbox a doubtful end is believed when it comes twice in succession, or is the fourth.
 * 0; -EINTR when stopped; else as the engine, and -ENOTSUP when
 * without @golden it leaves holes in its outputs that cannot be looked at.  End @trial with
 * upset_trial_end() in any case.
 */
int upset_trial_run(struct upset_trial *trial, const struct upset_subject *subject,
	const struct upset_faults *faults, const struct upset_trigger *trigger,
	struct upset_injection *injections, const struct upset_trial *golden,
	struct upset_error *error);

/*
 * Whether @result, a run to be compared with @golden (or NULL), ended by a signal that may have
 * come from outside: from who ends all processes of a job, or the kernel when memory is short.
 */
bool upset_trial_is_doubtful(
	const struct upset_experiment_result *result, const struct upset_trial *golden);

/*
 * Before many experiments: what the engine has to know of @subject, into @golden, a run of it
 * without faults.  Errors as upset_trial_run().
 */
int upset_trial_survey(
	const struct upset_subject *subject, struct upset_trial *golden, struct upset_error *error);

/*
 * Run @subject without faults and find where the triggers of faults[@count] come;
 * see struct upset_engine.  Doubtful ends are believed as by upset_trial_run().
 */
int upset_trial_locate(struct upset_trial *trial, const struct upset_subject *subject,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	const struct upset_trial *golden, struct upset_error *error);

/*
 * The path of the file called @module that @subject maps: *@path, owned by the caller;
 * NULL: it maps none.  0; else as upset_trial_run().
 */
int upset_trial_find_module(const struct upset_subject *subject, const char *module,
	const struct upset_trial *golden, char **path, struct upset_error *error);

/* Make experiments in copies; see struct upset_engine.  Fills in request->run. */
int upset_trial_carry(const struct upset_subject *subject, const struct upset_trial *golden,
	struct upset_carry_request *request, struct upset_experiment_result *result, char *why,
	size_t size, struct upset_error *error);

/*
 * Run @subject without and with @faults side by side, as @from says, of which the
 * runs are filled in.  See struct upset_engine, which may have no such function.
 */
int upset_trial_trace(const struct upset_subject *subject, const struct upset_trial *golden,
	const struct upset_faults *faults, const struct upset_trace_request *from,
	struct upset_trace *trace, struct upset_error *error);

/* Instructions from the first of a trial's faults to its end; false: that was not counted. */
bool upset_trial_latency(const struct upset_experiment_result *result, uint64_t *latency);

/*
 * A trial that somebody else has run: @result, which wrote to @out_fd and @err_fd
 * (-1: nothing).  0, -EIO.
 */
int upset_trial_take(struct upset_trial *trial, const struct upset_experiment_result *result,
	int out_fd, int err_fd, struct upset_error *error);

void upset_trial_end(struct upset_trial *trial);

#endif
