/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the fixture's run, at every detail, to the study named by its argument. */
#include <stdlib.h>

#include "tests/store/fixture.h"

int main(int argc, char **argv)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (argc != 2 || f == NULL)
		return 2;
	fixture_init(f, UPSET_DETAIL_FULL);
	(void)fixture_store(f, argv[1]);
	fixture_init(f, UPSET_DETAIL_OPERANDS);
	(void)fixture_store(f, argv[1]);
	fixture_init(f, UPSET_DETAIL_COUNTS);
	(void)fixture_store(f, argv[1]);
	free(f);
	return 0;
}
