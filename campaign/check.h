/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own comparison of results. */
#ifndef UPSET_CAMPAIGN_CHECK_H
#define UPSET_CAMPAIGN_CHECK_H

#include "base/error.h"
#include "campaign/outcome.h"

/*
 * An upset_check: the shell command @context exits with 0.  It finds files named
 * in UPSET_STDOUT, UPSET_STDERR, UPSET_GOLDEN_STDOUT and UPSET_GOLDEN_STDERR, and
 * an exit status in UPSET_STATUS.  A command that takes longer than a minute is
 * killed, and has not exited with 0.
 */
bool upset_check_command(
	void *context, const struct upset_seen *golden, const struct upset_seen *result);

/*
 * Where upset_check_command() is the check of @rules: ask it whether @golden is right, to which
 * it must say so.  0; -EINVAL, with a message of what it did instead.
 */
int upset_check_probe(const struct upset_outcome_rules *rules, const struct upset_seen *golden,
	struct upset_error *error);

#endif
