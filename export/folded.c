/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folded stacks: a line for each path of calls, its functions joined by semicolons, and
 * the instructions executed there; what programs that draw flame graphs read.
 */
#include <errno.h>
#include <inttypes.h>

#include "export/internal.h"

static int write_stacks(
	struct upset_export_job *job, int64_t run, uint64_t *count, struct upset_error *error)
{
	static const char *const columns[] = {"stack", "instructions"};
	const struct upset_store_query query = {.view = "stacks",
		.columns = columns,
		.column_count = 2,
		.run = run,
		.order = "CAST(stack AS BLOB)",
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(job->store, &query, &cursor, error);

	while (result == 0 && (result = upset_store_next(cursor, error)) == 1) {
		upset_export_write_name(upset_store_text(cursor, 0, NULL), "", job->out);
		(void)fprintf(job->out, " %" PRId64 "\n", upset_store_integer(cursor, 1));
		(*count)++;
		result = upset_export_check_stop(job, error);
	}
	upset_store_cursor_close(cursor);
	return result;
}

int upset_export_folded(struct upset_export_job *job, struct upset_error *error)
{
	uint64_t count = 0;
	int64_t run = 0;
	int result = upset_store_find_run(job->store, job->options->run, &run, error);

	if (result == 0)
		result = write_stacks(job, run, &count, error);
	if (result == 0 && count == 0)
		result = upset_error_set(error, ENOTSUP,
			"run %" PRId64 " has no call paths; `upset golden --calls` collects them",
			run);
	return result;
}
