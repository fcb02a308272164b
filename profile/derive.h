/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of upset_profile_finish(), in the order in which they are done.
 * Private to profile/.
 */
#ifndef UPSET_PROFILE_DERIVE_H
#define UPSET_PROFILE_DERIVE_H

#include "profile/profile.h"

/*
 * Make the modules (sorted by path) and set module and address of every
 * instruction.  0 or -ENOMEM.
 */
int upset_profile_derive_modules(struct upset_profile *profile);

/*
 * Find the modules and addresses in files of the nodes of the tree of calls; the
 * instructions have theirs.  0 or -ENOMEM.
 */
int upset_profile_place_calls(struct upset_profile *profile);

/*
 * Drop instructions without any count, sort the others by (module, address,
 * size, bytes), add up equal ones.  0 or -ENOMEM.
 */
int upset_profile_order_insns(struct upset_profile *profile);

/* Cut the run into blocks; the instructions are in order.  0 or -ENOMEM. */
int upset_profile_derive_blocks(struct upset_profile *profile);

/*
 * Find the instructions of the nodes of the tree of calls, drop nodes that hold
 * nothing, sort the others, work out inclusive counts; the instructions are in
 * order.  0 or -ENOMEM.
 */
int upset_profile_derive_calls(struct upset_profile *profile);

/*
 * Sort the pages, decide their regions, add up the regions; below detail full
 * there are none.  0 or -ENOMEM.
 */
int upset_profile_derive_regions(struct upset_profile *profile);

/* Add up the register rows and work out the live shares. */
void upset_profile_derive_registers(struct upset_profile *profile);

/* Add up what the rows naming registers counted; used by the invariants too. */
void upset_profile_sum_registers(const struct upset_profile *profile,
	struct upset_register_counts sums[UPSET_RESOURCES_MAX]);

#endif
