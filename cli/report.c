/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset report: a page of HTML that shows what studies hold, and how they differ. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/interval.h"
#include "cli/commands.h"
#include "export/output.h"
#include "report/html/html.h"
#include "store/campaign.h"

const char upset_report_notes[] =
	"The page needs nothing but a browser: no network, no server, no other file.\n"
	"With several studies it tells by how much each differs from the first.\n"
	"The first --run and --campaign are of the first study, the next of the next;\n"
	"the same study may be named twice.";

enum { STUDIES_MAX = 16, SHARES = 3 };

/* What is compared; the last is the first two together. */
static const char *const compared[SHARES] = {"sdc", "due", "failure"};

/* Results of a campaign, and those of them that came to what is compared. */
struct counts {
	uint64_t results, of[SHARES];
	double confidence, population; /* 0: it has none */
};

struct report_command {
	const char *output;
	char path[PATH_MAX]; /* of the page */
	struct upset_list files, runs, campaigns;
	struct upset_html_study studies[STUDIES_MAX];
	struct upset_html_difference differences[STUDIES_MAX * SHARES * 2];
	size_t difference_count;
	double confidence;
	struct upset_error *error;
};

/* --- options ---------------------------------------------------------------------------------- */

/* Number @i of a list of an option's arguments into *@number; 0 where there is none. */
static int parse_number(const struct upset_command *command, const char *name,
	const struct upset_list *list, size_t i, int64_t *number)
{
	char *end;

	*number = 0;
	if (i >= list->count)
		return -1;
	errno = 0;
	*number = strtoll(list->items[i], &end, 10);
	if (errno == 0 && *end == '\0' && end != list->items[i] && *number > 0)
		return -1;
	return upset_usage_error(
		command, "--%s takes a number from 1 on, not '%s'", name, list->items[i]);
}

static int check(const struct upset_command *command, struct report_command *r)
{
	int result = -1;

	if (r->files.count == 0)
		return upset_usage_error(command, "which study? Name a STUDY");
	if (r->files.count > STUDIES_MAX)
		return upset_usage_error(command, "more than %d studies", STUDIES_MAX);
	if (r->runs.count > r->files.count || r->campaigns.count > r->files.count)
		return upset_usage_error(
			command, "more runs or campaigns than studies; name a study once for each");
	for (size_t i = 0; result < 0 && i < r->files.count; i++) {
		struct upset_html_study *study = &r->studies[i];

		study->name = r->files.items[i];
		result = parse_number(command, "run", &r->runs, i, &study->run);
		if (result < 0)
			result = parse_number(
				command, "campaign", &r->campaigns, i, &study->campaign);
	}
	return result;
}

static int parse(
	const struct upset_command *command, struct report_command *r, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"output", 'o', UPSET_OPTION_TEXT, "FILE",
			"the page; default: STUDY.html, of the first study", &r->output},
		{"run", 'r', UPSET_OPTION_LIST, "N",
			"this golden run; default: the one with most detail", &r->runs},
		{"campaign", 'c', UPSET_OPTION_LIST, "N", "this campaign; default: the latest",
			&r->campaigns},
	};
	int result = upset_options_parse(command, options, sizeof(options) / sizeof(options[0]),
		argc, argv, &r->files, NULL);

	return result >= 0 ? result : check(command, r);
}

/* --- studies ---------------------------------------------------------------------------------- */

/* Of the runs with most detail the latest: a campaign leaves one behind that has counts alone. */
static int choose_run(struct report_command *r, struct upset_html_study *study)
{
	static const char *const columns[] = {"run"};
	struct upset_store_query query = {.view = "runs",
		.columns = columns,
		.column_count = 1,
		.order = "detail = 'full' DESC, detail = 'operands' DESC, run DESC",
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result;

	if (study->run != 0)
		return upset_store_find_run(study->store, study->run, &study->run, r->error);
	result = upset_store_select(study->store, &query, &cursor, r->error);
	if (result == 0)
		result = upset_store_next(cursor, r->error);
	if (result == 1)
		study->run = upset_store_integer(cursor, 0);
	upset_store_cursor_close(cursor);
	return result < 0 ? result : 0;
}

/* The latest, where none is asked for and there is one. */
static int choose_campaign(struct report_command *r, struct upset_html_study *study)
{
	struct upset_error error = {0};
	int64_t wanted = study->campaign;
	int result = upset_store_choose_campaign(study->store, wanted, &study->campaign, &error);

	if (result == -ENOENT && wanted == 0) {
		study->campaign = 0;
		return 0;
	}
	if (result != 0)
		*r->error = error;
	return result;
}

static int open_study(struct report_command *r, struct upset_html_study *study)
{
	int result = upset_store_open(&study->store, study->name, r->error);

	if (result == 0)
		result = choose_run(r, study);
	if (result == 0)
		result = choose_campaign(r, study);
	if (result == 0 && study->run == 0 && study->campaign == 0)
		return upset_error_set(r->error, ENOENT,
			"%s holds no golden run and no campaign; make one with `upset golden -o "
			"%s` or `upset campaign -o %s`",
			study->name, study->name, study->name);
	return result;
}

static int read_counts(
	struct report_command *r, const struct upset_html_study *study, struct counts *counts)
{
	static const char *const columns[] = {
		"masked", "detected", "sdc", "due", "confidence", "population"};
	struct upset_store_query query = {.view = "campaigns",
		.columns = columns,
		.column_count = 6,
		.campaign = study->campaign,
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result = upset_store_select(study->store, &query, &cursor, r->error);

	if (result == 0)
		result = upset_store_next(cursor, r->error);
	if (result == 1) {
		counts->of[0] = (uint64_t)upset_store_integer(cursor, 2);
		counts->of[1] = (uint64_t)upset_store_integer(cursor, 3);
		counts->of[2] = counts->of[0] + counts->of[1];
		counts->results = (uint64_t)upset_store_integer(cursor, 0) +
				  (uint64_t)upset_store_integer(cursor, 1) + counts->of[2];
		counts->confidence = upset_store_real(cursor, 4);
		counts->population = (double)upset_store_integer(cursor, 5);
		result = 0;
	}
	upset_store_cursor_close(cursor);
	return result;
}

static void compare(struct report_command *r, const struct counts *base, const struct counts *other,
	size_t study, bool extrapolated)
{
	const double all = extrapolated ? other->population : 1;
	const double base_all = extrapolated ? base->population : 1;

	for (size_t i = 0; i < SHARES; i++) {
		const struct upset_sampled one = {other->of[i], other->results, all};
		const struct upset_sampled first = {base->of[i], base->results, base_all};
		struct upset_interval interval =
			upset_interval_difference(one, first, base->confidence);

		r->differences[r->difference_count++] =
			(struct upset_html_difference){.study = study,
				.outcome = compared[i],
				.extrapolated = extrapolated,
				.difference = all * (double)one.hits / (double)one.n -
					      base_all * (double)first.hits / (double)first.n,
				.low = interval.low,
				.high = interval.high};
	}
}

/* By how much the campaigns of all studies differ from the first one's. */
static int compare_studies(struct report_command *r)
{
	struct counts base = {0}, other = {0};
	int result = 0;

	if (r->studies[0].campaign != 0)
		result = read_counts(r, &r->studies[0], &base);
	r->confidence = base.confidence;
	for (size_t i = 1; result == 0 && i < r->files.count; i++) {
		if (r->studies[i].campaign == 0)
			continue;
		other = (struct counts){0};
		result = read_counts(r, &r->studies[i], &other);
		if (result != 0 || base.results == 0 || other.results == 0)
			continue;
		compare(r, &base, &other, i, false);
		if (base.population > 0 && other.population > 0)
			compare(r, &base, &other, i, true);
	}
	return result;
}

/* --- the page --------------------------------------------------------------------------------- */

/* The page's name: the first study's with another ending. */
static int name_output(struct report_command *r)
{
	static const char suffix[] = ".upset";
	const char *study = r->studies[0].name;
	size_t size = strlen(study), end = sizeof(suffix) - 1;
	int length;

	if (size > end && strcmp(study + size - end, suffix) == 0)
		size -= end;
	if (r->output != NULL)
		length = snprintf(r->path, PATH_MAX, "%s", r->output);
	else
		length = snprintf(r->path, PATH_MAX, "%.*s.html", (int)size, study);
	if (length >= PATH_MAX)
		return upset_error_set(r->error, ENAMETOOLONG,
			"the page's name is too long; name another with -o");
	return 0;
}

static int write_to(struct report_command *r, FILE *out)
{
	const struct upset_html_report report = {.version = UPSET_VERSION,
		.studies = r->studies,
		.study_count = r->files.count,
		.differences = r->differences,
		.difference_count = r->difference_count,
		.confidence = r->confidence};

	return upset_html_write(&report, out, r->error);
}

static bool is_a_study(const struct report_command *r, const struct stat *info)
{
	struct stat study;

	for (size_t i = 0; i < r->files.count; i++)
		if (stat(r->studies[i].name, &study) == 0 && study.st_dev == info->st_dev &&
			study.st_ino == info->st_ino)
			return true;
	return false;
}

/* The page is there as a whole, or as it was before. */
static int write_page(struct report_command *r)
{
	struct upset_export_output output;
	struct stat info;
	int result = name_output(r);
	FILE *out;

	if (result == 0 && stat(r->path, &info) == 0 && is_a_study(r, &info))
		result = upset_error_set(
			r->error, EINVAL, "%s is the study itself; name a page with -o", r->path);
	if (result == 0)
		result = upset_export_output_open(&output, r->path, false, r->error);
	if (result != 0)
		return result;
	result = upset_export_output_file(&output, NULL, &out, r->error);
	if (result == 0)
		result = upset_export_output_close_file(&output, out, write_to(r, out), r->error);
	return upset_export_output_finish(&output, result, r->error);
}

static int run(struct report_command *r)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < r->files.count; i++)
		result = open_study(r, &r->studies[i]);
	if (result == 0)
		result = compare_studies(r);
	if (result == 0)
		result = write_page(r);
	if (result == 0)
		upset_say("%s shows %s%s", r->path, r->studies[0].name,
			r->files.count > 1 ? " and others" : "");
	for (size_t i = 0; i < r->files.count; i++)
		upset_store_close(r->studies[i].store);
	return result;
}

int upset_report_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_error error = {0};
	struct report_command r = {.error = &error};
	const char **items = calloc((size_t)argc * 3, sizeof(*items));
	int result;

	if (items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	r.files.items = items;
	r.runs.items = items + argc;
	r.campaigns.items = items + 2 * (size_t)argc;
	(void)signal(SIGPIPE, SIG_IGN);
	result = parse(command, &r, argc, argv);
	if (result < 0)
		result = run(&r) == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
	free(items);
	return result;
}
