/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and numbers of machines: see machine.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { KIB = 10, MIB = 20, GIB = 30 };

/*
 * The kernel at the same addresses in each run, and as few messages as possible between the
 * program's lines; what panics is over.
 */
static const struct upset_machine_arch archs[] = {
	{"x86_64", "pc", "max", "console=ttyS0 quiet nokaslr panic=-1", 128ULL << MIB},
};

static const char *const regions[] = {
	[UPSET_MACHINE_REGION_PROGRAM] = "program",
	[UPSET_MACHINE_REGION_MARKS] = "marks",
};

static const char *const results[] = {
	[UPSET_MACHINE_RESULT_NONE] = "none",
	[UPSET_MACHINE_RESULT_SERIAL] = "serial",
};

const struct upset_machine_arch *upset_machine_arch(const char *name, size_t index)
{
	if (name == NULL)
		return index < COUNT(archs) ? &archs[index] : NULL;
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (strcmp(archs[i].name, name) == 0)
			return &archs[i];
	}
	return NULL;
}

const char *upset_machine_region_name(enum upset_machine_region region)
{
	return regions[region];
}

const char *upset_machine_result_name(enum upset_machine_result result)
{
	return results[result];
}

int upset_machine_region_parse(const char *name, enum upset_machine_region *region)
{
	for (size_t i = 0; i < COUNT(regions); i++) {
		if (strcmp(regions[i], name) == 0) {
			*region = (enum upset_machine_region)i;
			return 0;
		}
	}
	return -EINVAL;
}

int upset_machine_memory_parse(const char *text, uint64_t *bytes)
{
	unsigned int bits = 0;
	char *end;

	errno = 0;
	*bytes = strtoull(text, &end, 10);
	if (errno != 0 || !isdigit((unsigned char)text[0]))
		return -EINVAL;
	bits = *end == 'K' ? KIB : *end == 'M' ? MIB : *end == 'G' ? GIB : 0;
	if (bits == 0 || end[1] != '\0' || *bytes > (uint64_t)INT64_MAX >> bits)
		return -EINVAL;
	*bytes <<= bits;
	return *bytes >= 1ULL << MIB ? 0 : -EINVAL;
}

void upset_machine_memory_print(uint64_t bytes, char text[32])
{
	const unsigned int bits = bytes % (1ULL << GIB) == 0   ? GIB
				  : bytes % (1ULL << MIB) == 0 ? MIB
							       : KIB;

	(void)snprintf(text, 32, "%" PRIu64 "%c", bytes >> bits,
		bits == GIB   ? 'G'
		: bits == MIB ? 'M'
			      : 'K');
}

char *upset_machine_path(const char *folder, const char *file)
{
	char *path = NULL;

	if (file[0] == '/')
		return strdup(file);
	return asprintf(&path, "%s/%s", folder, file) < 0 ? NULL : path;
}
