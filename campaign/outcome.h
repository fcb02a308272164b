/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an experiment came to, by comparing it with the golden run: the classes
 * of doc/outcomes.md.  Knows nothing of how experiments are run or kept.
 */
#ifndef UPSET_CAMPAIGN_OUTCOME_H
#define UPSET_CAMPAIGN_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

enum upset_outcome {
	UPSET_OUTCOME_MASKED,	    /* the result is the golden one */
	UPSET_OUTCOME_SDC,	    /* it ended well, with another result */
	UPSET_OUTCOME_DUE,	    /* detected, or it did not end well */
	UPSET_OUTCOME_NOT_INJECTED, /* no experiment: the fault was not carried out */
	UPSET_OUTCOME_TOOL_ERROR,   /* no experiment: upset could not run it */
	UPSET_OUTCOMES
};

/* Why; each belongs to one outcome. */
enum upset_cause {
	UPSET_CAUSE_OVERWRITTEN, /* masked: what the fault changed was never read */
	UPSET_CAUSE_CONVERGED,	 /* masked: registers and memory are the golden ones at the end */
	UPSET_CAUSE_LATENT,	 /* masked: they are not */
	UPSET_CAUSE_EQUAL,	 /* masked: none of these, or not known */
	UPSET_CAUSE_ACCEPTED,	 /* masked: another result, which the user's check takes as right */
	UPSET_CAUSE_STDOUT,	 /* sdc: standard output differs */
	UPSET_CAUSE_STDERR,	 /* sdc: standard error differs */
	UPSET_CAUSE_FILES,	 /* sdc: it has done something else to files */
	UPSET_CAUSE_CHECK,	 /* sdc: another result, and the user's check refuses it */
	UPSET_CAUSE_SIGNAL,	 /* due: killed by a signal that the golden run was not */
	UPSET_CAUSE_STATUS,	 /* due: another exit status */
	UPSET_CAUSE_DETECTED,	 /* due: the program noticed, as the user described that */
	UPSET_CAUSE_HANG,	 /* due */
	UPSET_CAUSE_NOT_REACHED, /* not-injected: the trigger did not come */
	UPSET_CAUSE_REFUSED,	 /* not-injected: what was written did not stay */
	UPSET_CAUSE_IMPOSSIBLE,	 /* not-injected: there is no such location */
	UPSET_CAUSE_ERROR,	 /* tool-error: it could not be run */
	UPSET_CAUSE_CONTRADICTION, /* tool-error: never read, yet the result differs */
	UPSET_CAUSES
};

/* A run's result, as far as outcomes depend on it. */
struct upset_result {
	enum upset_experiment_end end;
	int status;
	const uint8_t *out, *err; /* what it wrote; [out_size], [err_size] */
	size_t out_size, err_size;
	bool overwritten;  /* see struct upset_experiment_result */
	uint64_t state;	   /* 0: not known */
	const char *files; /* "": not known */
};

/* Whether the user takes @result, which is not @golden, as right. */
typedef bool upset_check(
	void *context, const struct upset_result *golden, const struct upset_result *result);

struct upset_outcome_rules {
	bool ignore_stdout, ignore_stderr, ignore_files;
	int detected_exit;	      /* exit status by which the program says so; -1: none */
	const char *detected_pattern; /* in what it writes; NULL: none */
	upset_check *check;	      /* NULL: only an equal result is right */
	void *check_context;
};

/*
 * What differs between two results: UPSET_CAUSE_SIGNAL, _STATUS, _STDOUT, _STDERR,
 * _FILES, _CHECK, or UPSET_CAUSE_EQUAL.  For comparing golden runs.
 */
enum upset_cause upset_outcome_compare(const struct upset_outcome_rules *rules,
	const struct upset_result *golden, const struct upset_result *result);

/*
 * Classify @result against @golden.  @injections[@count]: what became of the
 * faults; when none was injected, or one of them could not be, that is the outcome.
 */
enum upset_outcome upset_outcome_of(const struct upset_outcome_rules *rules,
	const struct upset_result *golden, const struct upset_result *result,
	const struct upset_injection *injections, size_t count, enum upset_cause *cause);

/* "masked", "sdc", "due", "not-injected", "tool-error" */
const char *upset_outcome_name(enum upset_outcome outcome);
/* "equal", "stdout", "signal", ... */
const char *upset_cause_name(enum upset_cause cause);
/* The letters of FITS: C correct, INC incorrect, S system exception, T timeout, U user message; "".
 */
const char *upset_cause_fits(enum upset_cause cause);

#endif
