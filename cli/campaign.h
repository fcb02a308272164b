/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `upset campaign` only: what its files share. */
#ifndef UPSET_CLI_CAMPAIGN_H
#define UPSET_CLI_CAMPAIGN_H

#include "base/hash.h"
#include "campaign/campaign.h"
#include "campaign/sample.h"
#include "cli/judging.h"
#include "cli/options.h"
#include "store/campaign.h"
#include "store/provenance.h"
#include "store/store.h"

/*
 * A gate: OUTCOME OP SHARE, as in "sdc > 1%".  0, or -EINVAL with a message that
 * says where.
 */
struct campaign_gate {
	enum upset_outcome outcome;
	bool below, equal; /* < or >, and = */
	double share;
};

/* What the user asked for. */
struct campaign_options {
	const char *engine, *output, *list, *locations, *models, *fail_if;
	const char *margin_text, *confidence_text;
	const char *functions; /* names, with commas; NULL: all */
	int64_t count, seed, jobs;
	double margin, confidence;
	unsigned int location_bits, model_bits; /* as in campaign/sample.h */
	struct upset_judging judging;
	bool no_sandbox, fresh, json_progress, quiet;
	char *const *arguments;		  /* the program's */
	const struct upset_engine *found; /* called .engine */
	struct campaign_gate gate;	  /* of .fail_if */
};

/* --- campaign_options.c: what is asked for ------------------------------------------------------
 */

struct campaign_source;

/* As upset_options_parse(): -1 to go on, else an exit status. */
int campaign_options_parse(const struct upset_command *command, struct campaign_options *options,
	int argc, char **argv);
/*
 * A hash of everything that results depend on, and of nothing else: not of how fast
 * they are made.  @list: the faults, or NULL for samples.  0, -ENOMEM.
 */
int campaign_options_identify(const struct campaign_options *options,
	const struct upset_provenance *provenance, const struct campaign_source *list,
	char identity[UPSET_HASH_HEX_SIZE], struct upset_error *error);
/* What was asked for, as it can be given again; to be freed; NULL: no memory. */
char *campaign_options_print(const struct campaign_options *options);

/* --- campaign_source.c: which experiments ----------------------------------------------------- */

/*
 * Read a list of faults.  0 and *@source; -EINVAL with the place of the mistake.
 */
int campaign_source_list(
	struct campaign_source **source, const char *path, struct upset_error *error);
/* Samples of the golden run @run of @store.  0 and *@source; -EINVAL: nothing to sample from. */
int campaign_source_sample(struct campaign_source **source, const struct campaign_options *options,
	struct upset_store *store, int64_t run, const char *program, struct upset_error *error);
uint64_t campaign_source_count(const struct campaign_source *source);
/* Size of the fault space; 0: a list has none. */
uint64_t campaign_source_population(const struct campaign_source *source);
/* Experiment @i; free @faults.  0, -ENOMEM. */
int campaign_source_get(
	const struct campaign_source *source, uint64_t i, struct upset_faults *faults);
void campaign_source_free(struct campaign_source *source);

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

/* --- campaign_tell.c: progress, summary, gate ------------------------------------------------- */

struct campaign_tally {
	uint64_t planned, made, before; /* experiments; before: by earlier commands */
	uint64_t outcomes[UPSET_OUTCOMES];
	uint64_t carried, fresh; /* by this command */
	double confidence;
	uint64_t population;
	uint64_t start_ns, shown_ns;
	bool visible, json, drawn;
};

/* Read what is in the study. */
int campaign_tally_load(struct campaign_tally *tally, struct upset_store *store, int64_t campaign,
	struct upset_error *error);
void campaign_tally_add(struct campaign_tally *tally, const struct upset_made *made);
/* Show how far it is, when it is time to, or @now. */
void campaign_tally_show(struct campaign_tally *tally, bool now);
void campaign_tally_wipe(struct campaign_tally *tally);
void campaign_tally_summarise(const struct campaign_tally *tally, const char *why_fresh);

int campaign_gate_parse(const char *text, struct campaign_gate *gate, struct upset_error *error);
/* Whether its condition, under which the command fails, holds. */
bool campaign_gate_holds(const struct campaign_gate *gate, const struct campaign_tally *tally);

#endif
