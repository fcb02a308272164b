/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside campaigns of api/ only: what its files share. */
#ifndef UPSET_API_CAMPAIGN_H
#define UPSET_API_CAMPAIGN_H

#include <sys/stat.h>

#include "base/hash.h"
#include "campaign/campaign.h"
#include "campaign/sample.h"
#include "store/campaign.h"
#include "store/lock.h"
#include "store/provenance.h"
#include "store/store.h"
#include "upset/campaign.h"

/* --- campaign_words.c: what is sampled ------------------------------------------------------ */

/* The words of .locations and .models as in campaign/sample.h.  0; -EINVAL. */
int campaign_words(const struct upset_campaign_options *options, unsigned int *locations,
	unsigned int *models, struct upset_error *error);

/* --- campaign_options.c: what is asked for -------------------------------------------------- */

struct campaign_source;

/*
 * A hash of everything that results depend on, and of nothing else: not of how fast
 * they are made.  @list: the faults, or NULL for samples.  0, -EINVAL, -ENOMEM.
 */
int campaign_options_identify(const struct upset_campaign_options *options,
	const struct upset_provenance *provenance, const struct campaign_source *list,
	char identity[UPSET_HASH_HEX_SIZE], struct upset_error *error);
/* What was asked for, as options of `upset campaign`; to be freed; NULL: no memory. */
char *campaign_options_print(const struct upset_campaign_options *options);

/* --- campaign_list.c: a list of faults ---------------------------------------------------------
 */

struct campaign_list;

/*
 * Read the list at @path, for @program under @engine.  0 and *@list; -EINVAL with all
 * mistakes that are seen without running the program, each with its place.
 */
int campaign_list_read(struct campaign_list **list, const char *path,
	const struct upset_engine *engine, const struct upset_target *program,
	struct upset_error *error);
/*
 * Whether the modules that it names, other than the program, are mapped and have the
 * symbols that it names.  0, -EINVAL; else as upset_trial_run().
 */
int campaign_list_check_modules(const struct campaign_list *list,
	const struct upset_subject *subject, const struct upset_trial *golden,
	struct upset_error *error);
uint64_t campaign_list_count(const struct campaign_list *list);
/* Experiment @i; free @faults.  0, -ENOMEM. */
int campaign_list_get(const struct campaign_list *list, uint64_t i, struct upset_faults *faults);
void campaign_list_free(struct campaign_list *list);

/* --- campaign_source.c: which experiments ----------------------------------------------------- */

/* Those of @list, which is the source's then, in a program of @isa.  NULL: no memory. */
struct campaign_source *campaign_source_list(
	struct campaign_list *list, const struct upset_isa *isa);
/* What a list names in modules of the running program; samples are of what it runs. */
int campaign_source_check(const struct campaign_source *source, const struct upset_subject *subject,
	const struct upset_trial *golden, struct upset_error *error);
/* Samples of the golden run @run of @store, which is one of @program, of @isa.  0 and *@source;
 * -EINVAL: nothing to sample from. */
int campaign_source_sample(struct campaign_source **source,
	const struct upset_campaign_options *options, struct upset_store *store, int64_t run,
	const char *program, const struct upset_isa *isa, struct upset_error *error);
uint64_t campaign_source_count(const struct campaign_source *source);
/* Size of the fault space; 0: a list has none. */
uint64_t campaign_source_population(const struct campaign_source *source);
/* How many of @count numbers have i mod @shards = @shard; @shards 0: there are none, all. */
uint64_t campaign_shard_count(uint64_t count, uint64_t shard, uint64_t shards);
/* How many of a shard there are, and what they are drawn from. */
void campaign_source_describe(const struct campaign_source *source, uint64_t shard, uint64_t shards,
	struct upset_campaign_state *state);
/* Experiment @i; free @faults.  0, -ENOMEM. */
int campaign_source_get(
	const struct campaign_source *source, uint64_t i, struct upset_faults *faults);
/* The same of control @i: a place that experiments have, too, and no fault there. */
int campaign_source_control(
	const struct campaign_source *source, uint64_t i, struct upset_faults *faults);
void campaign_source_free(struct campaign_source *source);

/* --- campaign_plan.c: what is still to be made ------------------------------------------------ */

/*
 * A part of a campaign: @count experiments of the shard from its @first on, and the controls
 * among them.
 */
struct campaign_part {
	struct upset_store *store;
	int64_t campaign;
	const struct campaign_source *source;
	uint64_t first;
	size_t count;
	uint64_t shard, shards;	    /* numbers i with i mod shards = shard */
	uint64_t planned, controls; /* of the shard */
};

struct campaign_plan {
	struct upset_planned *planned; /* [count]: experiments, then controls */
	size_t count, experiments;
};

/* What is missing of @part; free @plan in any case.  0, -ENOMEM, or as the store. */
int campaign_plan_make(
	struct campaign_plan *plan, const struct campaign_part *part, struct upset_error *error);
void campaign_plan_free(struct campaign_plan *plan);

/* --- campaign_estimate.c: how long it will take --------------------------------------------- */

/* What the first experiments took. */
struct campaign_pace {
	uint64_t golden_ns;	 /* a run without faults */
	uint64_t elapsed_ns;	 /* all of them */
	uint64_t carried, fresh; /* how many they were, by the way they were made */
	uint64_t fresh_ns;	 /* those in processes of their own, added up */
	unsigned int jobs;	 /* at one time */
	size_t batch;		 /* experiments that share runs */
	bool copies;		 /* the others will be made in copies */
};

/* Nanoseconds that @left more will take; 0: not known. */
uint64_t campaign_estimate(const struct campaign_pace *pace, uint64_t left);

/* --- campaign_home.c: where the study is ------------------------------------------------------ */

/* A file, as it was when it was looked at. */
struct campaign_file {
	bool is_there;
	dev_t device;
	ino_t number;
	int64_t size, seconds, ns;
};

struct campaign_home {
	struct upset_lock lock;	   /* of the study, where one process alone is to write */
	const char *study;	   /* where it is in the end */
	char path[PATH_MAX];	   /* where it is now: the same, or */
	bool on_scratch;	   /* a file from which copies are put there, */
	bool was_left;		   /* by an earlier command, */
	uint64_t every_ns, put_ns; /* so often, and the last time */
	struct campaign_file file; /* that is in place */
};

/*
 * See that nobody else makes what @options ask for, and where they want it; that the study is
 * there if it is to begin as a copy.  Experiments of the campaign with @identity count that were
 * left on a scratch.  End with campaign_home_leave() in any case.
 */
int campaign_home_take(struct campaign_home *home, const struct upset_campaign_options *options,
	const char *identity, struct upset_campaign_state *state, struct upset_error *error);
/* Put what is on the scratch in its place, when it is time to. */
int campaign_home_save(struct campaign_home *home, struct upset_error *error);
/* The same in any case, if the campaign was @begun.  @rc, or what went wrong. */
int campaign_home_leave(struct campaign_home *home, bool begun, int rc, struct upset_error *error);

/* --- campaign_keep.c: results into the study -------------------------------------------------- */

struct campaign_keeper;

/* For results of @campaign in @store, whose program is @program; NULL: no memory. */
struct campaign_keeper *campaign_keeper_new(
	struct upset_store *store, int64_t campaign, const char *program);
/* Take a copy of @made, to be kept soon. */
int campaign_keeper_add(
	struct campaign_keeper *keeper, const struct upset_made *made, struct upset_error *error);
/* Keep all that was added.  Afterwards it is on the disk. */
int campaign_keeper_flush(struct campaign_keeper *keeper, struct upset_error *error);
/* Whether it is time to. */
bool campaign_keeper_is_due(const struct campaign_keeper *keeper);
void campaign_keeper_free(struct campaign_keeper *keeper);

/* --- campaign_state.c: how far it is -------------------------------------------------------- */

/* What is in the study of campaign state->campaign, made before or by now. */
int campaign_state_load(
	struct upset_campaign_state *state, struct upset_store *store, struct upset_error *error);
void campaign_state_add(struct upset_campaign_state *state, const struct upset_made *made);
/* Experiments of those made that have a result. */
uint64_t campaign_state_results(const struct upset_campaign_state *state);
/* Say in state->not_injected why many faults were not, if they were a third or more. */
int campaign_state_explain(
	struct upset_campaign_state *state, struct upset_store *store, struct upset_error *error);
/* Tell who asked of @made.  0; not 0: they want no more; -ENOMEM. */
int campaign_state_tell(
	const struct upset_campaign_options *options, const struct upset_made *made);

#endif
