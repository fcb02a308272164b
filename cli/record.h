/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a study says of a campaign: all that is needed to make it, or a part of it, again. */
#ifndef UPSET_CLI_RECORD_H
#define UPSET_CLI_RECORD_H

#include "campaign/outcome.h"
#include "isa/isa.h"
#include "store/provenance.h"
#include "store/store.h"

struct campaign_record_input {
	int64_t position;
	char *path, *sha256;
};

/* All of it is owned. */
struct campaign_record {
	int64_t number, run; /* run 0: no golden run was sampled */
	uint64_t planned;
	char *engine, *program, *program_sha256, *folder, *options, *identity;
	char *sysroot;		     /* NULL: none */
	const struct upset_isa *isa; /* NULL: none that this upset knows */
	char *golden_end, *stdout_sha256, *stderr_sha256;
	int64_t golden_status;
	uint64_t golden_instructions;	 /* 0: not counted */
	char **arguments, **environment; /* NULL-terminated */
	struct campaign_record_input *inputs;
	size_t input_count;
	/* Of the options: */
	char **words; /* NULL-terminated; NULL: there are none */
	struct upset_outcome_rules rules;
	bool no_sandbox;
	struct upset_limits limits;
};

/*
 * Read campaign @wanted (0: the latest).  0; -ENOENT when there is none such; -EIO, -ENOMEM.
 * Free with campaign_record_fini() in any case.
 */
int campaign_record_load(struct campaign_record *record, struct upset_store *store, int64_t wanted,
	struct upset_error *error);
void campaign_record_fini(struct campaign_record *record);

/*
 * What of its provenance says which campaign it is, in @origin.  Strings are those of @record; free
 * origin->inputs.  0; -ENOMEM.
 */
int campaign_record_origin(const struct campaign_record *record, struct upset_provenance *origin,
	struct upset_error *error);

/* --- for what else is read of a study --------------------------------------------------------- */

/* Take a row.  0, or -ENOMEM. */
typedef int campaign_record_take(void *context, struct upset_store_cursor *cursor);

/* Call @take for each row of @query. */
int campaign_record_each(struct upset_store *store, const struct upset_store_query *query,
	campaign_record_take *take, void *context, struct upset_error *error);

/* A copy of column @i; NULL when it is null, or there is no memory. */
char *campaign_record_copy(struct upset_store_cursor *cursor, unsigned int i);

int campaign_record_no_memory(struct upset_error *error);

#endif
