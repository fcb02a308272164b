/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a memory map: see ranges.h. */
#include "engine/ranges.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A hexadecimal number that @end follows; moves *@text behind that. */
static bool read_hex(const char **text, char end, uint64_t *value)
{
	char *stop;

	if (!isxdigit((unsigned char)**text))
		return false;
	errno = 0;
	*value = strtoull(*text, &stop, 16);
	if (errno != 0 || *stop != end)
		return false;
	*text = stop + 1;
	return true;
}

static bool read_permissions(const char **text, struct upset_range *range)
{
	const char *p = *text;

	if (strcspn(p, " \n") != 4 || p[4] != ' ')
		return false;
	range->readable = p[0] == 'r';
	range->writable = p[1] == 'w';
	range->executable = p[2] == 'x';
	range->shared = p[3] == 's';
	*text += 5;
	return true;
}

/* "start-end perms offset major:minor inode   path" */
bool upset_range_read(const char *line, struct upset_range *range)
{
	const char *at = line;
	uint64_t device;

	if (!read_hex(&at, '-', &range->start) || !read_hex(&at, ' ', &range->end) ||
		range->start >= range->end || !read_permissions(&at, range) ||
		!read_hex(&at, ' ', &range->offset) || !read_hex(&at, ':', &device) ||
		!read_hex(&at, ' ', &device))
		return false;
	range->inode = isdigit((unsigned char)*at) ? strtoull(at, NULL, 10) : 0;
	at += strcspn(at, " \n");
	at += strspn(at, " \t");
	range->path = at;
	range->path_size = strcspn(at, "\n");
	return true;
}
