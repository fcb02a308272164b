/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset export: a study in a format that another program reads. */
#include "export/export.h"

#include <errno.h>
#include <stdlib.h>

#include "api/target.h"
#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/signals.h"

const char upset_export_notes[] =
	"FORMAT is callgrind (costs by instruction, line and call, for callgrind_annotate\n"
	"and KCachegrind), lcov (coverage, for lcov and genhtml), folded (instructions by\n"
	"path of calls, for flame graphs), csv or json (a folder with a file for each\n"
	"view of `upset show`).  The first three are of a run; csv and json of a run and\n"
	"of a campaign, the latest of each where none is named.";

struct export
{
	const char *study, *format;
	struct upset_export_options options;
};

static int choose_format(const struct upset_command *command, struct export *e)
{
	const struct upset_export_format *first = &upset_export_formats[0];
	const char *nearest;

	if (e->format == NULL)
		return upset_usage_error(
			command, "which format? --format callgrind, lcov, folded, csv or json");
	e->options.format = upset_export_find(e->format);
	if (e->options.format != NULL)
		return -1;
	nearest = upset_nearest(e->format, &first->name, upset_export_format_count, sizeof(*first));
	return upset_usage_error(command, "unknown format '%s'%s%s%s", e->format,
		nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
}

static int check(
	const struct upset_command *command, struct export *e, const struct upset_list *rest)
{
	int result;

	if (rest->count != 1)
		return upset_usage_error(command,
			rest->count == 0 ? "which study? Name a FILE" : "too many arguments");
	e->study = rest->items[0];
	result = choose_format(command, e);
	if (result >= 0)
		return result;
	if (e->options.output == NULL)
		return upset_usage_error(command, "where to? Name a %s with --output",
			e->options.format->folder ? "folder" : "file");
	if (e->options.campaign != 0 && !e->options.format->of_campaigns)
		return upset_usage_error(command,
			"%s has nothing of campaigns; choose a run with "
			"--run, or --format csv",
			e->format);
	if (upset_target_same_file(e->options.output, e->study))
		return upset_usage_error(command, "%s is the study itself", e->study);
	return -1;
}

static int parse(const struct upset_command *command, struct export *e, int argc, char **argv,
	struct upset_list *rest)
{
	const struct upset_option options[] = {
		{"format", 'f', UPSET_OPTION_TEXT, "FORMAT", "callgrind, lcov, folded, csv or json",
			&e->format},
		{"output", 'o', UPSET_OPTION_TEXT, "PATH",
			"the file to write, or for csv and json the folder", &e->options.output},
		{"run", 'r', UPSET_OPTION_NUMBER, "N", "this run; default: the latest",
			&e->options.run},
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N", "this campaign; default: the latest",
			&e->options.campaign},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, rest, NULL);

	return result >= 0 ? result : check(command, e, rest);
}

static void say(void *context, const char *message)
{
	(void)context;
	upset_say("%s", message);
}

static bool is_stopped(void)
{
	return upset_stop_reason(&upset_stop) != 0;
}

int upset_export_main(const struct upset_command *command, int argc, char **argv)
{
	struct export e = {.options = {.note = say, .stopped = is_stopped}};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	int result;

	if (rest.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &e, argc, argv, &rest);
	free(rest.items);
	if (result >= 0)
		return result;
	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	upset_signals_catch_failed_writes();
	result = upset_store_open(&store, e.study, &error);
	if (result == 0)
		result = upset_export_write(store, &e.options, &error);
	upset_store_close(store);
	return result == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}
