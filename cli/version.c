/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset version. */
#include <stdio.h>

#include "cli/commands.h"
#include "store/store.h"

int upset_version_main(const struct upset_command *command, int argc, char **argv)
{
	const char *items[1];
	struct upset_list rest = {items, 0};

	if (argc > 1) {
		int result = argv[1][0] == '-'
				     ? upset_options_parse(command, NULL, 0, 2, argv, &rest, NULL)
				     : -1;

		return result >= 0 ? result : upset_usage_error(command, "takes no arguments");
	}
	(void)printf("upset %s, study format %d\n", UPSET_VERSION, UPSET_STORE_VERSION);
	return UPSET_EXIT_DONE;
}
