/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Controls: experiments without a fault, which must come to what the golden run came to.
 * How many there are, beside which experiments, and what they do instead of a fault.
 */
#ifndef UPSET_CAMPAIGN_CONTROL_H
#define UPSET_CAMPAIGN_CONTROL_H

#include "fault/fault.h"

/* So many for @experiments, where nothing is said: 1 %, at least 10. */
uint64_t upset_control_count(uint64_t experiments);

/*
 * Of @controls, evenly among @planned experiments, those that are to be made with the first
 * @experiments of them.
 */
uint64_t upset_control_before(uint64_t experiments, uint64_t planned, uint64_t controls);

/* Leave of @faults, in a program of @isa, where and when they come, and nothing that they change.
 */
void upset_control_disarm(struct upset_faults *faults, const struct upset_isa *isa);

#endif
