/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset help: the list of commands, or one command's --help. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

static void list_commands(void)
{
	(void)printf("usage: upset COMMAND [OPTION...] [ARGUMENT...]\n\n"
		     "Finds out what a bit flip does to a program.\n\n");
	for (const struct upset_command *c = upset_commands; c->name != NULL; c++)
		(void)printf("  %-8s %s\n", c->name, c->summary);
	(void)printf("\n`upset COMMAND --help` says more, and so does `man upset`.\n"
		     "Exit status: 0 done, 1 a comparison or condition failed, 2 usage, 3 could "
		     "not run.\n");
}

int upset_help_main(const struct upset_command *command, int argc, char **argv)
{
	const char *items[2] = {NULL};
	struct upset_list rest = {items, 0};
	int result;

	if (argc > 2)
		return upset_usage_error(command, "too many arguments");
	result = upset_options_parse(command, NULL, 0, argc, argv, &rest, NULL);
	if (result >= 0)
		return result;
	if (rest.count == 0) {
		list_commands();
		return UPSET_EXIT_DONE;
	}
	for (const struct upset_command *c = upset_commands; c->name != NULL; c++) {
		char help[] = "--help";
		char *arguments[] = {argv[0], help, NULL};

		if (strcmp(c->name, items[0]) == 0)
			return c->run(c, 2, arguments);
	}
	return upset_usage_error(command, "unknown command '%s'", items[0]);
}
