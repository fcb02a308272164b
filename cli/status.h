/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the shards of a plan are, from what is in their studies and in their locks. */
#ifndef UPSET_CLI_STATUS_H
#define UPSET_CLI_STATUS_H

#include "cli/missing.h"
#include "store/lock.h"

enum campaign_shard_state {
	CAMPAIGN_SHARD_COMPLETE,
	CAMPAIGN_SHARD_RUNNING,
	CAMPAIGN_SHARD_STOPPED,
	CAMPAIGN_SHARD_KILLED,	   /* its process has ended in the middle */
	CAMPAIGN_SHARD_UNREADABLE, /* see .why */
	CAMPAIGN_SHARD_STATES
};

struct campaign_shard_status {
	char *study;
	uint64_t shard, shards; /* shards 0: it is for all experiments */
	uint64_t planned, made;
	enum campaign_shard_state state;
	bool locked; /* .holder is known */
	struct upset_lock_holder holder;
	double rate; /* experiments a second, while it runs; 0: not known */
	char *why;   /* owned; NULL: it could be read */
};

struct campaign_status {
	char *identity;
	uint64_t planned, made; /* of all experiments, each counted once */
	struct campaign_shard_status *shards;
	size_t count;
	uint64_t of;   /* how many shards there are to be; 0: they differ, or nobody knows yet */
	double rate;   /* of all that run, together */
	uint8_t *bits; /* [planned]: those that were made */
	struct campaign_missing missing; /* .again: without those that run */
};

/*
 * Read the plan at @plan and the studies of its shards: @studies[@count], or, when it is NULL,
 * those beside it whose name is the plan's without its ending, and ".upset" or "-K.upset".
 * 0; -ENOTSUP: one that was named is no part of it; else as upset_store_open().  End with
 * campaign_status_fini() in any case.
 */
int campaign_status_read(struct campaign_status *status, const char *plan,
	const char *const *studies, size_t count, struct upset_error *error);
void campaign_status_fini(struct campaign_status *status);

/* How many are in @state, and how many have neither a study nor a lock. */
uint64_t campaign_status_count(
	const struct campaign_status *status, enum campaign_shard_state state);
uint64_t campaign_status_not_begun(const struct campaign_status *status);
/* Seconds until all are made at the present rate; 0: not known, or all are. */
double campaign_status_left(const struct campaign_status *status);
const char *campaign_shard_state_name(enum campaign_shard_state state);

#endif
