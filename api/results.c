/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a campaign's experiments: see results.h. */
#include "api/results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the campaign ----------------------------------------------------------------------------- */

static char *take(struct upset_store_cursor *cursor, unsigned int column)
{
	return strdup(upset_store_text(cursor, column, NULL));
}

int upset_experiments_find(struct upset_store *store, int64_t wanted, struct upset_experiments *e,
	struct upset_error *error)
{
	static const char *const columns[] = {
		"engine", "source", "options", "program", "program_sha256", "arguments", "seed"};
	struct upset_store_query query = {
		.view = "campaigns", .columns = columns, .column_count = 7, .limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_choose_campaign(store, wanted, &e->campaign, error);

	query.campaign = e->campaign;
	if (rc == 0)
		rc = upset_store_select(store, &query, &cursor, error);
	if (rc == 0)
		rc = upset_store_next(cursor, error);
	if (rc == 1) {
		e->engine = take(cursor, 0);
		e->source = take(cursor, 1);
		e->options = take(cursor, 2);
		e->program = take(cursor, 3);
		e->sha256 = take(cursor, 4);
		e->arguments = take(cursor, 5);
		e->seed = upset_store_integer(cursor, 6);
		rc = 0;
		if (e->engine == NULL || e->source == NULL || e->options == NULL ||
			e->program == NULL || e->sha256 == NULL || e->arguments == NULL)
			rc = upset_error_set(error, ENOMEM, "out of memory");
	}
	upset_store_cursor_close(cursor);
	return rc;
}

void upset_experiments_fini(struct upset_experiments *e)
{
	free(e->engine);
	free(e->source);
	free(e->options);
	free(e->program);
	free(e->sha256);
	free(e->arguments);
	*e = (struct upset_experiments){0};
}

/* --- its experiments -------------------------------------------------------------------------- */

static int visit_row(struct upset_store_cursor *cursor, upset_experiments_visit *visit,
	void *context, struct upset_error *error)
{
	const struct upset_experiment_made made = {
		.number = (uint64_t)upset_store_integer(cursor, 0),
		.faults = upset_store_text(cursor, 1, NULL),
		.outcome = upset_outcome_find(upset_store_text(cursor, 2, NULL)),
		.cause = upset_cause_find(upset_store_text(cursor, 3, NULL)),
		.status = (int)upset_store_integer(cursor, 4),
	};

	if (made.outcome == UPSET_OUTCOMES)
		return upset_error_set(error, EIO,
			"experiment %" PRIu64 " came to '%.64s', which "
			"is no outcome: the study is damaged, or of a newer upset",
			made.number, upset_store_text(cursor, 2, NULL));
	return visit(context, &made);
}

int upset_experiments_read(struct upset_store *store, int64_t campaign, enum upset_outcome outcome,
	enum upset_cause cause, upset_experiments_visit *visit, void *context,
	struct upset_error *error)
{
	static const char *const columns[] = {"experiment", "fault", "outcome", "cause", "status"};
	char condition[128];
	struct upset_store_query query = {.view = "experiments",
		.columns = columns,
		.column_count = 5,
		.campaign = campaign,
		.condition = condition,
		.order = "experiment",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int n = snprintf(condition, sizeof(condition), "1"), rc;

	if (outcome != UPSET_OUTCOMES)
		n += snprintf(condition + n, sizeof(condition) - (size_t)n, " AND outcome = '%s'",
			upset_outcome_name(outcome));
	if (cause != UPSET_CAUSES)
		(void)snprintf(condition + n, sizeof(condition) - (size_t)n, " AND cause = '%s'",
			upset_cause_name(cause));
	rc = upset_store_select(store, &query, &cursor, error);
	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1)
		rc = visit_row(cursor, visit, context, error);
	upset_store_cursor_close(cursor);
	return rc;
}
