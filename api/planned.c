/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The experiments of a plan: see planned.h. */
#include "api/planned.h"

#include <errno.h>
#include <string.h>

#include "api/campaign.h"
#include "api/program.h"
#include "base/hash.h"

static int open_list(struct campaign_source **source, const struct upset_planned_campaign *c,
	struct upset_error *error)
{
	const struct upset_target target = {.program = c->program, .isa = c->isa};
	const struct upset_engine *engine;
	struct campaign_list *list = NULL;
	int rc = program_choose_engine(&engine, c->options->engine, true, error);

	if (rc == 0)
		rc = campaign_list_read(&list, c->options->faults, engine, &target, error);
	if (rc != 0)
		return rc;
	*source = campaign_source_list(list, c->isa);
	if (*source != NULL)
		return 0;
	campaign_list_free(list);
	return upset_error_set(error, ENOMEM, "no memory for the list of faults");
}

/* It may have other lines than when the plan was made, as many as then. */
static int check_list(const struct campaign_source *source, const struct upset_planned_campaign *c,
	struct upset_error *error)
{
	char now[UPSET_HASH_HEX_SIZE];
	int rc = campaign_options_identify(c->options, c->origin, source, now, error);

	if (rc != 0 || strcmp(now, c->identity) == 0)
		return rc;
	return upset_error_set(error, ENOTSUP,
		"%s was changed since the plan was made: make the plan again", c->options->faults);
}

int upset_planned_read(struct upset_store *store, const struct upset_planned_campaign *c,
	upset_planned_visit *visit, void *context, struct upset_error *error)
{
	const struct upset_campaign_options *o = c->options;
	const uint64_t step = o->shards > 0 ? o->shards : 1;
	struct campaign_source *source = NULL;
	int rc = o->faults != NULL ? open_list(&source, c, error)
				   : campaign_source_sample(
					     &source, o, store, c->run, c->program, c->isa, error);

	if (rc == 0 && o->faults != NULL)
		rc = check_list(source, c, error);
	for (uint64_t i = o->shard; rc == 0 && i < campaign_source_count(source); i += step) {
		struct upset_faults faults = {0};

		rc = campaign_source_get(source, i, &faults);
		rc = rc == 0 ? visit(context, i, &faults)
			     : upset_error_set(error, -rc, "no memory for faults");
		upset_faults_free(&faults);
	}
	campaign_source_free(source);
	return rc;
}
