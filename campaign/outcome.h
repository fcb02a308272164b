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
#include "upset/outcome.h"

/* Whether the user takes @result, which is not @golden, as right. */
typedef bool upset_check(
	void *context, const struct upset_seen *golden, const struct upset_seen *result);

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
	const struct upset_seen *golden, const struct upset_seen *result);

/*
 * Classify @result against @golden.  @injections[@count]: what became of the
 * faults; when none was injected, or one of them could not be, that is the outcome.
 */
enum upset_outcome upset_outcome_of(const struct upset_outcome_rules *rules,
	const struct upset_seen *golden, const struct upset_seen *result,
	const struct upset_injection *injections, size_t count, enum upset_cause *cause);

#endif
