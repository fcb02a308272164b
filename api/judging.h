/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How results are told apart, from what the user says to rules. */
#ifndef UPSET_API_JUDGING_H
#define UPSET_API_JUDGING_H

#include "campaign/outcome.h"

/* Whether @judging makes sense: 0 or -EINVAL. */
int upset_judging_check(const struct upset_judging *judging, struct upset_error *error);

/* The rules that follow; @judging's texts must outlive them. */
struct upset_outcome_rules upset_judging_rules(const struct upset_judging *judging);

#endif
