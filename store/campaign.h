/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Campaigns in a study: what was planned, and every experiment that was made.
 * Texts are owned by the caller and copied.
 */
#ifndef UPSET_STORE_CAMPAIGN_H
#define UPSET_STORE_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"

/* A campaign as it is planned. */
struct upset_campaign_row {
	const char *identity; /* SHA-256 of everything that its results depend on */
	const char *engine, *engine_version;
	const char *source;	/* "sample" or "list" */
	const char *options;	/* what was asked for, as options of `upset campaign` */
	const char *isa;	/* name of the program's instruction set */
	const char *selection;	/* what of the program is sampled, in words; "": all */
	uint64_t seed;		/* of samples */
	uint64_t planned;	/* experiments */
	uint64_t shard, shards; /* the study has those i with i mod shards = shard; shards 0: all */
	uint64_t population;	/* faults in the fault space, 2^63 - 1 when more; 0: not known */
	double confidence;	/* of intervals, 0.5 .. 1 */
	double z;		/* standard deviations that hold it: 1.96 for 0.95; > 0 */
	int64_t run; /* the golden run in this study that samples were drawn from; 0: none */
	const char *golden_end; /* "exited" or "signaled" */
	int golden_status;
	const char *golden_reason;    /* what it did not end by itself for; "": nothing */
	uint64_t golden_instructions; /* of the thread with most of them; 0: not counted */
	uint64_t golden_time_ns;
	uint64_t stdout_bytes, stderr_bytes;
	const char *stdout_sha256, *stderr_sha256;
};

/* One fault of an experiment, and what became of it. */
struct upset_injection_row {
	const char *state;    /* "done", "not-reached", "refused", "impossible" */
	const char *fault;    /* its text */
	const char *model;    /* "flip" */
	const char *location; /* "rax", "memory", "operand", "code"; NULL: skip */
	int bit;	      /* the lowest one; -1: none */
	bool reached;	      /* whether the fields up to function are known */
	uint64_t address;     /* of the trigger, at run time */
	const char *module;   /* path; NULL: unknown */
	uint64_t module_address;
	const char *function, *file;			  /* NULL: unknown */
	unsigned int line;				  /* 0: unknown */
	const uint8_t *old_value, *new_value, *read_back; /* little-endian */
	size_t value_bytes;				  /* of each, at most 64; 0: no values */
	const char *reason;				  /* why impossible; NULL or "" */
};

struct upset_experiment_row {
	uint64_t number; /* from 0; unique in its campaign */
	const char *faults;
	const char *outcome, *cause; /* as in campaign/outcome.h */
	const char *letter;	     /* letters of FITS, or "" */
	const char *end;	     /* "exited", "signaled", "hung"; NULL: it did not run */
	int status;		     /* exit status or signal; kept when there is an end */
	bool counted;		     /* whether the next three are known */
	uint64_t insn;		     /* instructions before the (first) fault */
	uint64_t instructions;	     /* in all, of the thread with most of them */
	uint64_t latency;	     /* instructions from the fault to the end */
	uint64_t host_time_ns;
	const char *way; /* "carried" or "fresh" */
	const struct upset_injection_row *injections;
	size_t injection_count;
};

/* An experiment without a fault. */
struct upset_control_row {
	uint64_t number; /* from 0; unique among the controls of its campaign */
	const char *faults;
	const char *result;	/* "equal", "different", "not-reached", "error" */
	const char *difference; /* in what it is different; NULL: it is not */
	const char *end;	/* as of an experiment, like what follows */
	int status;
	bool counted; /* whether the next two are known */
	uint64_t insn, instructions;
	uint64_t host_time_ns;
	const char *way;
};

/*
 * The campaign with @identity: 0 and *@campaign; -ENOENT without a message when
 * there is none; -EIO, -ENOMEM.
 */
int upset_store_find_campaign(struct upset_store *store, const char *identity, int64_t *campaign,
	struct upset_error *error);

/*
 * Resolve a campaign's number: @wanted 0 means the latest.  0 and *@campaign, or
 * -ENOENT with a message that says which there are.
 */
int upset_store_choose_campaign(
	struct upset_store *store, int64_t wanted, int64_t *campaign, struct upset_error *error);

/*
 * Add a campaign without experiments; provenance (all but `ended`) is kept as for a
 * run.  0 and its number in *@campaign; errors as of upset_store_add_run(), -EEXIST
 * when there is one with that identity.
 */
int upset_store_add_campaign(struct upset_store *store, const struct upset_campaign_row *row,
	const struct upset_provenance *provenance, int64_t *campaign, struct upset_error *error);

/*
 * Add experiments, all or none, safely on the disk when it returns.  An experiment
 * that is there already is an error (-EEXIST).  0, or as above.
 */
int upset_store_add_experiments(struct upset_store *store, int64_t campaign,
	const struct upset_experiment_row *rows, size_t count, struct upset_error *error);

/* The same for controls. */
int upset_store_add_controls(struct upset_store *store, int64_t campaign,
	const struct upset_control_row *rows, size_t count, struct upset_error *error);

/*
 * See that the study of @campaign is for shard @shard of @shards (0: for all experiments): 0, also
 * when it has no experiments yet, and is from now on; -ENOTSUP with a message that says for what
 * it is.
 */
int upset_store_claim_shard(struct upset_store *store, int64_t campaign, uint64_t shard,
	uint64_t shards, struct upset_error *error);

/* Numbers @first, @first + @step, ...: @count of them. */
struct upset_store_numbers {
	uint64_t first, step;
	size_t count;
};

/*
 * Which of the experiments @numbers are there: done[i] is set for those, cleared for the
 * others.  0, -EIO, -ENOMEM.
 */
int upset_store_experiments_done(struct upset_store *store, int64_t campaign,
	const struct upset_store_numbers *numbers, bool *done, struct upset_error *error);

/* The same for controls. */
int upset_store_controls_done(struct upset_store *store, int64_t campaign,
	const struct upset_store_numbers *numbers, bool *done, struct upset_error *error);

/* How many experiments of @campaign have @outcome and @cause (NULL: any). */
int upset_store_count_experiments(struct upset_store *store, int64_t campaign, const char *outcome,
	const char *cause, uint64_t *count, struct upset_error *error);

#endif
