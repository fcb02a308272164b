/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset merge: the parts of a campaign, which were made apart, in one study. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/missing.h"
#include "cli/record.h"
#include "cli/signals.h"
#include "store/campaign.h"
#include "store/merge.h"

const char upset_merge_notes[] =
	"The parts are studies of one plan, or of one command with --shard 0/N, 1/N, ...\n"
	"Given again, or with parts that were made meanwhile, it adds what is missing.\n"
	"What comes of it can be shown, resumed and replayed as if one machine had made\n"
	"it.  The exit status is 1 when experiments are missing; it says which.";

struct merge_command {
	const char *output;
	bool quiet, take_lock;
	struct upset_list parts;
	uint64_t shards; /* as the parts have it; 0: they differ, or have none */
	struct campaign_missing missing;
};

static int parse(
	const struct upset_command *command, struct merge_command *m, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the study they are to be in",
			&m->output},
		{"take-lock", 0, UPSET_OPTION_FLAG, NULL,
			"also from one on another machine, which has ended", &m->take_lock},
		{"quiet", 'q', UPSET_OPTION_FLAG, NULL, "say nothing when nothing is missing",
			&m->quiet},
	};
	int result = upset_options_parse(command, options, sizeof(options) / sizeof(options[0]),
		argc, argv, &m->parts, NULL);

	if (result >= 0)
		return result;
	if (m->output == NULL)
		return upset_usage_error(command, "where to? Name a file with -o");
	if (m->parts.count == 0)
		return upset_usage_error(command, "which studies? Name the parts");
	return -1;
}

/* --- what is missing -------------------------------------------------------------------------- */

/* How many shards the parts are of. */
static int find_shards(struct merge_command *m, struct upset_error *error)
{
	static const char *const columns[] = {"shards"};
	const struct upset_store_query query = {
		.view = "campaign", .columns = columns, .column_count = 1, .limit = 1};
	uint64_t shards = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->parts.count; i++) {
		struct upset_store *store = NULL;
		struct upset_store_cursor *cursor = NULL;
		uint64_t now = 0;

		rc = upset_store_open(&store, m->parts.items[i], error);
		if (rc == 0)
			rc = upset_store_select(store, &query, &cursor, error);
		if (rc == 0 && (rc = upset_store_next(cursor, error)) == 1) {
			now = (uint64_t)upset_store_integer(cursor, 0);
			rc = 0;
		}
		upset_store_cursor_close(cursor);
		upset_store_close(store);
		if (now != 0 && shards != 0 && now != shards)
			return rc;
		if (now != 0)
			shards = now;
	}
	m->shards = shards;
	return rc;
}

static int tell(const struct merge_command *m, const struct campaign_record *record)
{
	const struct campaign_missing *missing = &m->missing;

	if (missing->count == 0) {
		if (!m->quiet)
			upset_say("all %" PRIu64 " experiments are in %s", record->planned,
				m->output);
		return UPSET_EXIT_DONE;
	}
	printf("%" PRIu64 " of %" PRIu64 " experiments are in %s\nmissing: %s\n",
		record->planned - missing->count, record->planned, m->output, missing->words);
	if (m->shards > 0) {
		printf("to make again: --shard ");
		campaign_missing_print_shards(missing, stdout);
		printf("\n");
	}
	return UPSET_EXIT_GATE;
}

static int look(struct merge_command *m, struct upset_error *error)
{
	struct campaign_record record = {0};
	struct upset_store *store = NULL;
	int rc = find_shards(m, error);

	if (rc == 0)
		rc = upset_store_open(&store, m->output, error);
	if (rc == 0)
		rc = campaign_record_load(&record, store, 0, error);
	if (rc == 0)
		rc = campaign_missing_init(&m->missing, m->shards, error);
	if (rc == 0)
		rc = upset_store_missing(
			store, record.number, campaign_missing_add, &m->missing, error);
	if (rc == 0)
		rc = campaign_missing_end(&m->missing, error);
	if (rc == 0)
		rc = tell(m, &record);
	campaign_record_fini(&record);
	upset_store_close(store);
	return rc;
}

int upset_merge_main(const struct upset_command *command, int argc, char **argv)
{
	struct merge_command m = {.parts = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	struct upset_error error = {0};
	int result;

	if (m.parts.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &m, argc, argv);
	if (result < 0) {
		upset_signals_catch_failed_writes();
		result = upset_store_merge(
			m.output, m.parts.items, m.parts.count, m.take_lock, &error);
		if (result == 0)
			result = look(&m, &error);
		if (result < 0)
			result = upset_report_error(&error);
	}
	campaign_missing_fini(&m.missing);
	free(m.parts.items);
	return result;
}
