/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside api/ only: whether a golden run ended as it is meant to. */
#ifndef UPSET_API_ENDS_H
#define UPSET_API_ENDS_H

#include "engine/engine.h"

/* Whether @text, of --golden-ends or NULL, makes sense: 0 or -EINVAL. */
int ends_check(const char *text, struct upset_error *error);

/*
 * Whether a run without faults that came to @golden can be compared with: it ended as @text
 * says, or, when that is NULL, by itself.  0, or -ENOTSUP with what helps.
 */
int ends_accept(
	const struct upset_experiment_result *golden, const char *text, struct upset_error *error);

#endif
