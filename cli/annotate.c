/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset annotate: a function's source and instructions with their counts. */
#include "report/annotate.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/terminal.h"

const char upset_annotate_notes[] =
	"FUNCTION is by default the one with the most silent data corruptions when the\n"
	"study has a campaign of the program, else the one that executes most\n"
	"instructions.  Source is read where the program was compiled, if it is there.";

enum { WIDTH_LEAST = 60, WIDTH_MOST = 1000 };

struct annotate {
	struct upset_annotate_options options;
	const char *study;
	bool lines, instructions, csv, json;
	int64_t width; /* -1: not given */
};

static int check(
	const struct upset_command *command, struct annotate *a, const struct upset_list *rest)
{
	if (rest->count == 0)
		return upset_usage_error(command, "which study? Name a FILE");
	if (rest->count > 2)
		return upset_usage_error(command, "too many arguments");
	if (a->csv && a->json)
		return upset_usage_error(command, "choose one of --csv and --json");
	if (a->lines && a->instructions)
		return upset_usage_error(command, "choose one of --lines and --instructions");
	if (a->width >= 0 && (a->width < WIDTH_LEAST || a->width > WIDTH_MOST))
		return upset_usage_error(
			command, "--width is between %d and %d", WIDTH_LEAST, WIDTH_MOST);
	a->options.width = a->width >= 0 ? (unsigned int)a->width : upset_terminal_width();
	a->study = rest->items[0];
	a->options.function = rest->count == 2 ? rest->items[1] : NULL;
	a->options.format = a->csv    ? UPSET_FORMAT_CSV
			    : a->json ? UPSET_FORMAT_JSON
				      : UPSET_FORMAT_TERMINAL;
	a->options.rows = a->lines	    ? UPSET_ANNOTATE_LINES
			  : a->instructions ? UPSET_ANNOTATE_INSTRUCTIONS
					    : UPSET_ANNOTATE_BOTH;
	return -1;
}

static int parse(const struct upset_command *command, struct annotate *a, int argc, char **argv,
	struct upset_list *rest)
{
	const struct upset_option options[] = {
		{"lines", 'l', UPSET_OPTION_FLAG, NULL, "source lines only", &a->lines},
		{"instructions", 'i', UPSET_OPTION_FLAG, NULL,
			"instructions only, in the order of their addresses", &a->instructions},
		{"csv", 0, UPSET_OPTION_FLAG, NULL, "write CSV: a row per instruction, or line",
			&a->csv},
		{"json", 0, UPSET_OPTION_FLAG, NULL, "write JSON: an array of objects", &a->json},
		{"top", 'n', UPSET_OPTION_NUMBER, "N",
			"only the N lines with most failures, or executions", &a->options.top},
		{"width", 'w', UPSET_OPTION_NUMBER, "N",
			"columns of a line; default: the terminal's, else 80", &a->width},
		{"run", 'r', UPSET_OPTION_NUMBER, "N",
			"this run; default: the campaign's, else the latest", &a->options.run},
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N",
			"this campaign; default: the latest of the program", &a->options.campaign},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, rest, NULL);

	return result >= 0 ? result : check(command, a, rest);
}

static void say(void *context, const char *message)
{
	(void)context;
	upset_say("%s", message);
}

int upset_annotate_main(const struct upset_command *command, int argc, char **argv)
{
	struct annotate a = {.options = {.note = say}, .width = -1};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	int result;

	if (rest.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &a, argc, argv, &rest);
	free(rest.items);
	if (result >= 0)
		return result;
	(void)signal(SIGPIPE, SIG_IGN);
	a.options.colour = upset_terminal_has_colour();
	result = upset_store_open(&store, a.study, &error);
	if (result == 0)
		result = upset_annotate_write(store, &a.options, stdout, &error);
	upset_store_close(store);
	return result == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}
