/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of details and regions, as they are in options and in the store. */
#include <string.h>

#include "profile/profile.h"

static const char *const detail_names[] = {
	[UPSET_DETAIL_COUNTS] = "counts",
	[UPSET_DETAIL_OPERANDS] = "operands",
	[UPSET_DETAIL_FULL] = "full",
};

static const char *const region_names[UPSET_REGION_COUNT] = {
	[UPSET_REGION_CODE] = "code",
	[UPSET_REGION_RODATA] = "rodata",
	[UPSET_REGION_DATA] = "data",
	[UPSET_REGION_BSS] = "bss",
	[UPSET_REGION_HEAP] = "heap",
	[UPSET_REGION_STACK] = "stack",
	[UPSET_REGION_MAPPING] = "mapping",
};

const char *upset_detail_name(enum upset_detail detail)
{
	return detail_names[detail];
}

bool upset_detail_parse(const char *name, enum upset_detail *detail)
{
	for (unsigned int i = 0; i <= UPSET_DETAIL_FULL; i++) {
		if (strcmp(name, detail_names[i]) == 0) {
			*detail = (enum upset_detail)i;
			return true;
		}
	}
	return false;
}

const char *upset_region_name(enum upset_region region)
{
	return region_names[region];
}
