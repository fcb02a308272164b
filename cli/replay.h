/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `upset replay` only: what its files share. */
#ifndef UPSET_CLI_REPLAY_H
#define UPSET_CLI_REPLAY_H

#include "cli/record.h"
#include "engine/engine.h"

enum replay_value { REPLAY_OLD, REPLAY_NEW, REPLAY_READ, REPLAY_VALUES };

/* What a study says of a fault of the experiment; NULL: it is not known. */
struct replay_injection {
	char *state;
	char *values[REPLAY_VALUES]; /* "0x1f" */
	bool reached;
	uint64_t address;
};

/* What it says of an experiment and its campaign.  All of it is owned. */
struct replay_record {
	struct campaign_record campaign;
	int64_t number;
	char *faults, *outcome, *cause, *end;
	int64_t status;
	struct replay_injection *injections;
	size_t injection_count;
};

/*
 * Read experiment @number of @campaign (0: the latest).  0; -ENOENT when there is
 * none such; -EIO, -ENOMEM.  Free with replay_record_fini() in any case.
 */
int replay_record_load(struct replay_record *record, struct upset_store *store, int64_t campaign,
	int64_t number, struct upset_error *error);
void replay_record_fini(struct replay_record *record);

/*
 * Print where runs part, the fault of which comes behind @fault instructions.
 * @golden, @faulty: how they end when they are not ended where they part.
 */
void replay_trace_tell(const struct upset_trace *trace, uint64_t fault,
	const struct upset_experiment_result *golden, const struct upset_experiment_result *faulty);

#endif
