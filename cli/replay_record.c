/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a study says of an experiment: see replay.h. */
#include "cli/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONDITION_SIZE = 64 };

/* --- the experiment --------------------------------------------------------------------------- */

static int take_experiment(void *context, struct upset_store_cursor *cursor)
{
	struct replay_record *r = context;
	r->faults = campaign_record_copy(cursor, 0);
	r->outcome = campaign_record_copy(cursor, 1);
	r->cause = campaign_record_copy(cursor, 2);
	r->end = campaign_record_copy(cursor, 3);
	r->status = upset_store_integer(cursor, 4);
	return r->faults == NULL || r->outcome == NULL ? -ENOMEM : 0;
}

static int load_experiment(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"fault", "outcome", "cause", "end", "status"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "experiments",
		.columns = columns,
		.column_count = 5,
		.campaign = r->campaign.number,
		.condition = condition,
		.limit = 1};
	int rc;

	(void)snprintf(condition, sizeof(condition), "experiment = %" PRId64, r->number);
	rc = campaign_record_each(store, &query, take_experiment, r, error);
	if (rc == 0 && r->faults == NULL)
		rc = upset_error_set(error, ENOENT,
			"campaign %" PRId64 " has no experiment %" PRId64
			"; see `upset show STUDY experiments`",
			r->campaign.number, r->number);
	return rc;
}

static int take_injection(void *context, struct upset_store_cursor *cursor)
{
	struct replay_record *r = context;
	struct replay_injection *grown =
		reallocarray(r->injections, r->injection_count + 1, sizeof(*r->injections));

	if (grown == NULL)
		return -ENOMEM;
	r->injections = grown;
	grown += r->injection_count++;
	*grown = (struct replay_injection){
		.state = campaign_record_copy(cursor, 0),
		.reached = !upset_store_is_null(cursor, 1),
		.address = (uint64_t)upset_store_integer(cursor, 1),
		.values = {campaign_record_copy(cursor, 2), campaign_record_copy(cursor, 3),
			campaign_record_copy(cursor, 4)},
	};
	return grown->state == NULL ? -ENOMEM : 0;
}

static int load_injections(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {
		"state", "address", "old_value", "new_value", "read_back"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "faults",
		.columns = columns,
		.column_count = 5,
		.campaign = r->campaign.number,
		.condition = condition,
		.order = "position",
		.limit = -1};

	(void)snprintf(condition, sizeof(condition), "experiment = %" PRId64, r->number);
	return campaign_record_each(store, &query, take_injection, r, error);
}

/* --- all -------------------------------------------------------------------------------------- */

int replay_record_load(struct replay_record *r, struct upset_store *store, int64_t campaign,
	int64_t number, struct upset_error *error)
{
	int rc = campaign_record_load(&r->campaign, store, campaign, error);

	r->number = number;
	if (rc == 0)
		rc = load_experiment(r, store, error);
	return rc == 0 ? load_injections(r, store, error) : rc;
}

void replay_record_fini(struct replay_record *r)
{
	char *texts[] = {r->faults, r->outcome, r->cause, r->end};

	campaign_record_fini(&r->campaign);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	for (size_t i = 0; i < r->injection_count; i++) {
		free(r->injections[i].state);
		for (int v = 0; v < REPLAY_VALUES; v++)
			free(r->injections[i].values[v]);
	}
	free(r->injections);
	*r = (struct replay_record){0};
}
