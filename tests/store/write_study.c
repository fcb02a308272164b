/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the fixture's run, at every detail, full first, to the study named by its
 * argument; with a second argument the fixture's campaign instead.
 */
#include "tests/store/fixture.h"

int main(int argc, char **argv)
{
	static struct fixture f;

	if (argc != 2 && argc != 3)
		return 2;
	if (argc == 3) {
		fixture_init(&f, UPSET_DETAIL_FULL);
		(void)fixture_store_campaign(&f, argv[1], argv[2]);
		return 0;
	}
	for (enum upset_detail detail = UPSET_DETAIL_COUNTS; detail <= UPSET_DETAIL_FULL;
		detail++) {
		fixture_init(&f, UPSET_DETAIL_FULL - detail);
		(void)fixture_store(&f, argv[1]);
	}
	return 0;
}
