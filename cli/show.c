/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset show: what a study holds, for eyes or as CSV and JSON. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "report/report.h"
#include "store/campaign.h"

const char upset_show_notes[] =
	"VIEW of a run is one of: run (the default), registers, instructions, operands,\n"
	"blocks, functions, mnemonics, calls, stacks, memory, threads, syscalls, signals,\n"
	"files, variables, modules, runs.\n"
	"Of a campaign: campaign (the default where there is no run), campaign_variables,\n"
	"outcomes, outcome_totals, detection, experiments, faults, controls,\n"
	"not_injected, by_location, by_bit, by_location_bit, by_function, by_line,\n"
	"by_time, campaigns.\n"
	"On the terminal long views show their first 40 rows, those that were executed\n"
	"most, or that have the most silent data corruptions, first.";

enum { FUNCTIONS_AT_A_GLANCE = 5 };

struct show {
	struct upset_report_options report;
	const char *file;
	bool csv, json;
};

enum { VIEWS_MOST = 64 };

static int choose_view(const struct upset_command *command, struct show *show, const char *name)
{
	const char *nearest, *names[VIEWS_MOST];
	const struct upset_view *view;
	size_t n;

	show->report.view = upset_view_find(name);
	if (show->report.view != NULL)
		return -1;
	for (n = 0; n < VIEWS_MOST && (view = upset_view_at(n)) != NULL; n++)
		names[n] = view->name;
	nearest = upset_nearest(name, names, n, sizeof(names[0]));
	return upset_usage_error(command, "unknown view '%s'%s%s%s", name,
		nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
}

static int parse(const struct upset_command *command, struct show *show, struct upset_list *rest,
	int argc, char **argv)
{
	struct upset_report_options *r = &show->report;
	const struct upset_option options[] = {
		{"csv", 0, UPSET_OPTION_FLAG, NULL, "write CSV: all columns, all rows", &show->csv},
		{"json", 0, UPSET_OPTION_FLAG, NULL, "write JSON: an array of objects",
			&show->json},
		{"top", 'n', UPSET_OPTION_NUMBER, "N", "only the first N rows; 0: all", &r->top},
		{"sort", 's', UPSET_OPTION_TEXT, "COLUMN",
			"sort, numbers downwards; -COLUMN: the other way", &r->sort},
		{"function", 'f', UPSET_OPTION_TEXT, "NAME", "only rows of this function",
			&r->function},
		{"run", 'r', UPSET_OPTION_NUMBER, "N", "this run; default: the latest", &r->run},
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N", "this campaign; default: the latest",
			&r->campaign},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, rest, NULL);

	if (result >= 0)
		return result;
	if (rest->count == 0)
		return upset_usage_error(command, "which study? Name a FILE");
	if (rest->count > 2)
		return upset_usage_error(command, "too many arguments");
	if (show->csv && show->json)
		return upset_usage_error(command, "choose one of --csv and --json");
	show->file = rest->items[0];
	return rest->count == 2 ? choose_view(command, show, rest->items[1]) : -1;
}

/* Where no view is named: a run at a glance, or a campaign where there is no run. */
static const struct upset_view *default_view(struct upset_store *store, const struct show *show)
{
	bool of_campaign = show->report.campaign != 0;
	int64_t number;

	if (!of_campaign && show->report.run == 0)
		of_campaign = upset_store_find_run(store, 0, &number, NULL) == -ENOENT &&
			      upset_store_choose_campaign(store, 0, &number, NULL) == 0;
	return upset_view_find(of_campaign ? "campaign" : "run");
}

static int write_views(struct upset_store *store, struct show *show, struct upset_error *error)
{
	int result;

	if (show->report.view == NULL)
		show->report.view = default_view(store, show);
	result = upset_report_write(store, &show->report, stdout, error);
	if (result != 0 || !show->report.view->vertical ||
		show->report.format != UPSET_FORMAT_TERMINAL)
		return result;
	(void)fputc('\n', stdout);
	if (show->report.view->scope == UPSET_SCOPE_CAMPAIGN) {
		show->report.view = upset_view_find("outcome_totals");
	} else {
		show->report.view = upset_view_find("functions");
		show->report.top = FUNCTIONS_AT_A_GLANCE;
	}
	return upset_report_write(store, &show->report, stdout, error);
}

int upset_show_main(const struct upset_command *command, int argc, char **argv)
{
	struct show show = {.report = {.top = UPSET_TOP_DEFAULT}};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	int result = parse(command, &show, &rest, argc, argv);

	free(rest.items);
	if (result >= 0)
		return result;
	(void)signal(SIGPIPE, SIG_IGN);
	show.report.format = show.csv	 ? UPSET_FORMAT_CSV
			     : show.json ? UPSET_FORMAT_JSON
					 : UPSET_FORMAT_TERMINAL;
	show.report.width = upset_terminal_width();
	show.report.colour = upset_terminal_has_colour();
	result = upset_store_open(&store, show.file, &error);
	if (result == 0)
		result = write_views(store, &show, &error);
	upset_store_close(store);
	return result == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}
