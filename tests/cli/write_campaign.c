/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adds a campaign to a study: write_campaign STUDY ENGINE LETTER ARGUMENT, where 64
 * times LETTER is the program's hash.  Its experiments are lines of standard input:
 * NUMBER,FAULTS,OUTCOME,CAUSE,STATUS
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

enum { ROWS = 64 };

static char *next(char **line)
{
	char *field = strsep(line, ",\n");

	return field != NULL ? field : "";
}

static size_t read_rows(struct upset_experiment_row rows[ROWS])
{
	static struct upset_injection_row injections[ROWS];
	size_t count = 0, room = 0;
	char *line = NULL;

	while (getline(&line, &room, stdin) > 0 && count < ROWS) {
		struct upset_experiment_row *row = &rows[count];
		char *at = line; /* kept: rows point into it */

		*row = (struct upset_experiment_row){.letter = "",
			.end = "exited",
			.way = "fresh",
			.injections = &injections[count],
			.injection_count = 1};
		row->number = strtoull(next(&at), NULL, 10);
		row->faults = next(&at);
		row->outcome = next(&at);
		row->cause = next(&at);
		row->status = (int)strtol(next(&at), NULL, 10);
		injections[count++] = (struct upset_injection_row){.state = "done",
			.fault = row->faults,
			.model = "flip",
			.location = "rax",
			.bit = -1};
		line = NULL;
		room = 0;
	}
	free(line);
	return count;
}

int main(int argc, char **argv)
{
	static struct fixture f;
	static struct upset_experiment_row rows[ROWS];
	struct upset_campaign_row row;
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	char identity[64];
	char *arguments[] = {"prog", NULL, NULL};
	int64_t campaign;

	if (argc != 5)
		return 2;
	fixture_init(&f, UPSET_DETAIL_COUNTS);
	(void)snprintf(identity, sizeof(identity), "%d", (int)getpid());
	fixture_campaign(&row, identity);
	row.engine = argv[2];
	memset(f.provenance.program_sha256, argv[3][0], 64);
	arguments[1] = argv[4];
	f.provenance.arguments = arguments;
	if (upset_store_create(&store, argv[1], &error) != 0 ||
		upset_store_add_campaign(store, &row, &f.provenance, &campaign, &error) != 0 ||
		upset_store_add_experiments(store, campaign, rows, read_rows(rows), &error) != 0)
		fail_msg("%s", error.message);
	upset_store_close(store);
	return 0;
}
