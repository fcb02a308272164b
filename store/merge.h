/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Studies that hold parts of one campaign, made one. */
#ifndef UPSET_STORE_MERGE_H
#define UPSET_STORE_MERGE_H

#include "store/store.h"

/*
 * Add to the study at @into what those at @paths[@count] hold of its campaigns: experiments and
 * controls that it has not.  Where there is no file at @into it is made, with what the first
 * one holds beside experiments, and comes to be whole or not at all; else each group of parts
 * is added whole or not at all.  Memory does not grow with the number of experiments.
 *
 * 0; -ENOTSUP: a part is of another campaign, of another version, or its golden run came to
 * something else; -EBUSY: another process writes to it, and not @take_lock; -EEXIST: an experiment
 * is there twice and came to different ends (the message names it); else as upset_store_create().
 * What was there stays as it was.
 */
int upset_store_merge(const char *into, const char *const *paths, size_t count, bool take_lock,
	struct upset_error *error);

/*
 * Make a study at @to of all that the one at @from holds, also while others read that.  It comes to
 * be whole or not at all, and takes the place of what is there, when @replace is set, in one step.
 * -EEXIST, else as upset_store_create().
 */
int upset_store_copy(const char *from, const char *to, bool replace, struct upset_error *error);

/* The same of a plan, to be gone on with where nothing is yet: without files that it takes along.
 */
int upset_store_copy_plan(const char *from, const char *to, struct upset_error *error);

/*
 * Call @take for each range of experiments of @campaign that are missing, @first .. @last, in
 * order, until it does not return 0, which is returned then.
 */
int upset_store_missing(struct upset_store *store, int64_t campaign,
	int (*take)(void *context, uint64_t first, uint64_t last), void *context,
	struct upset_error *error);

#endif
