/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks do nothing where no emulator looks for them, and no compiler keeps values in what they use.
 */
#include "upset/mark.h"

int main(int argc, char **argv)
{
	unsigned int a = (unsigned int)argc * 3, b = (unsigned int)argc * 5,
		     c = (unsigned int)argc * 7, d = (unsigned int)argc * 11;

	(void)argv;
	upset_mark(UPSET_MARK_BEGIN);
	upset_mark(UPSET_MARK_END);
	return a == 3 && b == 5 && c == 7 && d == 11 ? 0 : 1;
}
