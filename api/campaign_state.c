/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a campaign is, and telling of its experiments. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign.h"

/* Of why faults were not injected: the most frequent ones. */
enum { REASONS_TOLD = 3 };

static void note_difference(struct upset_campaign_state *s, const char *difference)
{
	s->controls_different++;
	if (s->difference[0] == '\0')
		(void)snprintf(s->difference, sizeof(s->difference), "%s", difference);
}

static int load_controls(
	struct upset_campaign_state *s, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"result", "difference"};
	const struct upset_store_query query = {.view = "controls",
		.columns = columns,
		.column_count = 2,
		.campaign = s->campaign,
		.order = "control",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, &query, &cursor, error);

	s->controls = s->controls_different = s->controls_not_reached = 0;
	s->difference[0] = '\0';
	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1) {
		rc = 0;
		s->controls++;
		if (strcmp(upset_store_text(cursor, 0, NULL), "not-reached") == 0)
			s->controls_not_reached++;
		if (!upset_store_is_null(cursor, 1))
			note_difference(s, upset_store_text(cursor, 1, NULL));
	}
	upset_store_cursor_close(cursor);
	return rc;
}

int campaign_state_load(
	struct upset_campaign_state *s, struct upset_store *store, struct upset_error *error)
{
	int rc = load_controls(s, store, error);

	s->made = 0;
	for (unsigned int o = 0; rc == 0 && o < UPSET_OUTCOMES; o++) {
		rc = upset_store_count_experiments(store, s->campaign,
			upset_outcome_name((enum upset_outcome)o), NULL, &s->outcomes[o], error);
		s->made += s->outcomes[o];
	}
	return rc;
}

void campaign_state_add(struct upset_campaign_state *s, const struct upset_made *made)
{
	if (made->control) {
		s->controls++;
		if (made->difference[0] != '\0')
			note_difference(s, made->difference);
		else if (made->cause == UPSET_CAUSE_NOT_REACHED)
			s->controls_not_reached++;
		return;
	}
	s->made++;
	s->outcomes[made->outcome]++;
	if (made->carried)
		s->carried++;
	else
		s->fresh++;
}

uint64_t campaign_state_results(const struct upset_campaign_state *s)
{
	uint64_t n = 0;

	for (unsigned int o = 0; o <= UPSET_OUTCOME_DUE; o++)
		n += s->outcomes[o];
	return n;
}

static void add_reason(struct upset_campaign_state *s, struct upset_store_cursor *cursor)
{
	size_t n = strlen(s->not_injected), room = sizeof(s->not_injected) - n;
	bool has_reason = !upset_store_is_null(cursor, 1);

	(void)snprintf(s->not_injected + n, room, "%s%" PRId64 " %s%s%s", n > 0 ? ", " : "",
		upset_store_integer(cursor, 2), upset_store_text(cursor, 0, NULL),
		has_reason ? ": " : "", has_reason ? upset_store_text(cursor, 1, NULL) : "");
}

int campaign_state_explain(
	struct upset_campaign_state *s, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"state", "reason", "faults"};
	const struct upset_store_query query = {.view = "not_injected",
		.columns = columns,
		.column_count = 3,
		.campaign = s->campaign,
		.order = "faults DESC, state, reason",
		.limit = REASONS_TOLD};
	struct upset_store_cursor *cursor = NULL;
	int rc;

	s->not_injected[0] = '\0';
	if (s->made == 0 || s->outcomes[UPSET_OUTCOME_NOT_INJECTED] < (s->made + 2) / 3)
		return 0;
	rc = upset_store_select(store, &query, &cursor, error);
	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1) {
		add_reason(s, cursor);
		rc = 0;
	}
	upset_store_cursor_close(cursor);
	return rc;
}

int campaign_state_tell(const struct upset_campaign_options *options, const struct upset_made *made)
{
	struct upset_campaign_experiment told = {.number = made->number,
		.outcome = made->outcome,
		.cause = made->cause,
		.ran = made->ran,
		.end = made->result.seen.end,
		.status = made->result.seen.status,
		.counted = made->counted,
		.insn = made->insn,
		.instructions = made->instructions,
		.latency = made->latency,
		.host_time_ns = made->result.seen.host_time_ns,
		.carried = made->carried,
		.difference = made->difference};
	int (*tell)(void *context, const struct upset_campaign_experiment *experiment) =
		made->control ? options->control : options->made;
	char *text;
	int rc;

	if (tell == NULL)
		return 0;
	text = upset_faults_print(made->faults);
	if (text == NULL)
		return -ENOMEM;
	told.faults = text;
	rc = tell(options->context, &told);
	free(text);
	return rc;
}
