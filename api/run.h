/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden runs on their way into a study, for whoever makes one. */
#ifndef UPSET_API_RUN_H
#define UPSET_API_RUN_H

#include "campaign/trial.h"
#include "store/store.h"

/*
 * Have @engine, which says @info of itself, run a program, and write into @profile what ran it
 * and into @provenance when it ended.  -ENOMEM, or as golden().
 */
int upset_run_make(const struct upset_engine *engine, const struct upset_engine_info *info,
	const struct upset_golden_request *request, struct upset_provenance *provenance,
	struct upset_profile *profile, struct upset_error *error);

/* Finish @profile and add it to @store, with symbols. */
int upset_run_store(struct upset_store *store, const struct upset_provenance *provenance,
	struct upset_profile *profile, int64_t *run, struct upset_error *error);

/* SHA-256 of what a trial wrote. */
int upset_run_hash_outputs(
	const struct upset_trial *trial, char out[65], char err[65], struct upset_error *error);

#endif
