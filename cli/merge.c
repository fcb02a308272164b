/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset merge: the parts of a campaign, which were made apart, in one study. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/record.h"
#include "cli/signals.h"
#include "store/campaign.h"
#include "store/merge.h"

const char upset_merge_notes[] =
	"The parts are studies of one plan, or of one command with --shard 0/N, 1/N, ...\n"
	"Given again, or with parts that were made meanwhile, it adds what is missing.\n"
	"What comes of it can be shown, resumed and replayed as if one machine had made\n"
	"it.  The exit status is 1 when experiments are missing; it says which.";

enum { RANGES_TOLD = 10 };

struct merge_command {
	const char *output;
	bool quiet, take_lock;
	struct upset_list parts;
	/* Of what is missing: */
	uint64_t missing, ranges;
	uint64_t shards; /* as the parts have it; 0: they differ, or have none */
	bool *to_make;	 /* [shards] */
	char *words;	 /* the first ranges */
	size_t words_size;
	FILE *out;
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

static int take_range(void *context, uint64_t first, uint64_t last)
{
	struct merge_command *m = context;

	m->missing += last - first + 1;
	if (m->ranges++ < RANGES_TOLD) {
		fprintf(m->out, "%s%" PRIu64, m->ranges > 1 ? ", " : "", first);
		if (last > first)
			fprintf(m->out, "-%" PRIu64, last);
	}
	for (uint64_t i = first; m->to_make != NULL && i <= last && i - first < m->shards; i++)
		m->to_make[i % m->shards] = true;
	return 0;
}

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

static void tell_shards(const struct merge_command *m)
{
	printf("\nto make again: --shard");
	for (uint64_t i = 0, told = 0; i < m->shards; i++) {
		if (m->to_make[i])
			printf("%s %" PRIu64 "/%" PRIu64, told++ > 0 ? "," : "", i, m->shards);
	}
	printf("\n");
}

static int tell_missing(struct merge_command *m, const struct campaign_record *record)
{
	if (m->missing == 0) {
		if (!m->quiet)
			upset_say("all %" PRIu64 " experiments are in %s", record->planned,
				m->output);
		return UPSET_EXIT_DONE;
	}
	printf("%" PRIu64 " of %" PRIu64 " experiments are in %s\nmissing: %s",
		record->planned - m->missing, record->planned, m->output, m->words);
	if (m->ranges > RANGES_TOLD)
		printf(" and %" PRIu64 " more ranges", m->ranges - RANGES_TOLD);
	if (m->to_make != NULL)
		tell_shards(m);
	else
		printf("\n");
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
	m->out = open_memstream(&m->words, &m->words_size);
	m->to_make = m->shards > 0 ? calloc(m->shards, sizeof(*m->to_make)) : NULL;
	if (rc == 0 && (m->out == NULL || (m->shards > 0 && m->to_make == NULL)))
		rc = campaign_record_no_memory(error);
	if (rc == 0)
		rc = upset_store_missing(store, record.number, take_range, m, error);
	if (m->out != NULL)
		(void)fclose(m->out);
	if (rc == 0)
		rc = tell_missing(m, &record);
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
	free(m.words);
	free(m.to_make);
	free(m.parts.items);
	return result;
}
