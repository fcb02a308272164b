/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In what a run without a fault is not the golden one, in words. */
#ifndef UPSET_CAMPAIGN_DIFFERENCE_H
#define UPSET_CAMPAIGN_DIFFERENCE_H

#include "campaign/trial.h"

/*
 * Whether @trial, a run without a fault, differs from the @golden one by @rules, and in what:
 * "standard output, from byte 49" into @text[@size].  Where runs are @steady, instructions and
 * the state at the end count, too, as far as both are known.
 */
bool upset_difference(const struct upset_outcome_rules *rules, const struct upset_trial *golden,
	const struct upset_trial *trial, bool steady, char *text, size_t size);

/* The same for results of which @cause is what upset_outcome_compare() found. */
void upset_difference_describe(enum upset_cause cause, const struct upset_seen *golden,
	const struct upset_seen *result, char *text, size_t size);

/* The first byte in which two texts differ; the shorter one's size if none does. */
size_t upset_difference_first(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);

#endif
