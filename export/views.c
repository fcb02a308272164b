/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every view of report/ as CSV or JSON, a file each. */
#include <errno.h>

#include "export/internal.h"
#include "report/report.h"
#include "store/campaign.h"

/* Whose views there are; 0: none. */
struct owners {
	int64_t run, campaign;
};

typedef int find_owner(
	struct upset_store *store, int64_t wanted, int64_t *number, struct upset_error *error);

/* What was asked for must be there; what was not may be missing. */
static int find_one(struct upset_store *store, find_owner *find, int64_t wanted, int64_t *number,
	struct upset_error *error)
{
	struct upset_error missing = {0};
	int result = find(store, wanted, number, &missing);

	if (result == -ENOENT && wanted == 0)
		return 0;
	return result == 0 ? 0 : upset_error_set(error, -result, "%s", missing.message);
}

static int find_owners(
	const struct upset_export_job *job, struct owners *owners, struct upset_error *error)
{
	const struct upset_export_options *o = job->options;
	int result = find_one(job->store, upset_store_find_run, o->run, &owners->run, error);

	if (result != 0)
		return result;
	return find_one(
		job->store, upset_store_choose_campaign, o->campaign, &owners->campaign, error);
}

static bool is_there(const struct upset_view *view, const struct owners *owners)
{
	return view->scope == UPSET_SCOPE_STUDY ||
	       (view->scope == UPSET_SCOPE_RUN && owners->run != 0) ||
	       (view->scope == UPSET_SCOPE_CAMPAIGN && owners->campaign != 0);
}

static int write_view(struct upset_export_job *job, const struct upset_view *view,
	enum upset_format format, const struct owners *owners, struct upset_error *error)
{
	const struct upset_report_options options = {
		.view = view,
		.format = format,
		.run = view->scope == UPSET_SCOPE_RUN ? owners->run : 0,
		.campaign = view->scope == UPSET_SCOPE_CAMPAIGN ? owners->campaign : 0,
		.top = UPSET_TOP_DEFAULT,
	};
	char name[64];
	FILE *out;
	int result;

	(void)snprintf(name, sizeof(name), "%s.%s", view->name,
		format == UPSET_FORMAT_CSV ? "csv" : "json");
	result = upset_export_output_file(job->output, name, &out, error);
	if (result != 0)
		return result;
	result = upset_report_write(job->store, &options, out, error);
	return upset_export_output_close_file(job->output, out, result, error);
}

static int write_views(
	struct upset_export_job *job, enum upset_format format, struct upset_error *error)
{
	const struct upset_view *view;
	struct owners owners = {0};
	int result = find_owners(job, &owners, error);

	for (size_t i = 0; result == 0 && (view = upset_view_at(i)) != NULL; i++) {
		result = upset_export_check_stop(job, error);
		if (result == 0 && is_there(view, &owners))
			result = write_view(job, view, format, &owners, error);
	}
	return result;
}

int upset_export_csv(struct upset_export_job *job, struct upset_error *error)
{
	return write_views(job, UPSET_FORMAT_CSV, error);
}

int upset_export_json(struct upset_export_job *job, struct upset_error *error)
{
	return write_views(job, UPSET_FORMAT_JSON, error);
}
