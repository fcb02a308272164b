/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which version the library is. */
#include "upset/upset.h"

const char *upset_version(void)
{
	return UPSET_VERSION;
}
