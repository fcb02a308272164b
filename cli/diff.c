/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset diff: whether two golden runs are equal, or where not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "report/report.h"

const char upset_diff_notes[] =
	"With one FILE, two of its runs are compared: name them with --run-a and --run-b.\n"
	"Engine, versions, host and time are not compared.  Exit status: 0 equal, 1 they\n"
	"differ, 2 usage, 3 could not compare.";

enum { EXAMPLES = 20 };

struct diff_command {
	struct upset_diff_options diff;
	struct upset_list files, functions, modules, ignored;
};

static int parse(const struct upset_command *command, struct diff_command *d, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"run-a", 0, UPSET_OPTION_NUMBER, "N", "run of the first file; default: the latest",
			&d->diff.run_a},
		{"run-b", 0, UPSET_OPTION_NUMBER, "N", "run of the second file", &d->diff.run_b},
		{"function", 'f', UPSET_OPTION_LIST, "NAME",
			"only instructions and operands of this function", &d->functions},
		{"module", 'm', UPSET_OPTION_LIST, "NAME",
			"only those of this module: path or last part", &d->modules},
		{"ignore", 'i', UPSET_OPTION_LIST, "COLUMN",
			"do not compare it; also TABLE, TABLE.COLUMN", &d->ignored},
	};
	int result = upset_options_parse(command, options, sizeof(options) / sizeof(options[0]),
		argc, argv, &d->files, NULL);

	if (result >= 0)
		return result;
	if (d->files.count == 0 || d->files.count > 2)
		return upset_usage_error(command, "name two studies, or one and two of its runs");
	if (d->files.count == 1 && (d->diff.run_a == d->diff.run_b))
		return upset_usage_error(
			command, "with one study, name two of its runs with --run-a and --run-b");
	return -1;
}

static int compare(const struct diff_command *d, struct upset_error *error)
{
	struct upset_diff_options options = d->diff;
	struct upset_store *a = NULL, *b = NULL;
	int result = upset_store_open(&a, d->files.items[0], error);

	options.functions = d->functions.items;
	options.function_count = d->functions.count;
	options.modules = d->modules.items;
	options.module_count = d->modules.count;
	options.ignored = d->ignored.items;
	options.ignored_count = d->ignored.count;
	options.examples = EXAMPLES;
	if (result == 0)
		result = upset_store_open(&b, d->files.items[d->files.count - 1], error);
	if (result == 0)
		result = upset_report_diff(a, b, &options, stdout, error);
	upset_store_close(a);
	upset_store_close(b);
	return result;
}

int upset_diff_main(const struct upset_command *command, int argc, char **argv)
{
	size_t room = (size_t)argc;
	const char **items = calloc(4 * room, sizeof(*items));
	struct diff_command d = {.files = {items, 0},
		.functions = {items + room, 0},
		.modules = {items + 2 * room, 0},
		.ignored = {items + 3 * room, 0}};
	struct upset_error error = {0};
	int result;

	if (items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &d, argc, argv);
	if (result < 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		result = compare(&d, &error);
		if (result < 0)
			result = upset_report_error(&error);
		else
			result = result > 0 ? UPSET_EXIT_GATE : UPSET_EXIT_DONE;
	}
	free(items);
	return result;
}
