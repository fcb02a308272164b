/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files lie that upset needs beside itself: see parts.h. */
#include "engine/parts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/maps.h"

static int take_path(char *path, const char *from, int mode)
{
	size_t size = strlen(from) + 1;

	if (size > PATH_MAX) { /* messages name it */
		(void)snprintf(path, PATH_MAX, "%.60s...", from);
		return -ENAMETOOLONG;
	}
	memcpy(path, from, size);
	return access(path, mode) == 0 ? 0 : -errno;
}

static int take_joined(char *path, const char *folder, const char *name, int mode)
{
	char joined[2 * PATH_MAX];

	(void)snprintf(joined, sizeof(joined), "%s/%s", folder, name);
	return take_path(path, joined, mode);
}

static int find_self(void *self, const struct upset_mapping *mapping, bool shared)
{
	uint64_t here = (uintptr_t)&find_self;

	(void)shared;
	if (here < mapping->start || here >= mapping->end || mapping->path[0] != '/')
		return 0;
	(void)snprintf(self, PATH_MAX, "%s", mapping->path);
	return 1;
}

/*
 * Relative to the folder of the command or the library that this code is in: in a build
 * folder, where it is DIR/upset or DIR/api/libupset.so, or below a prefix, DIR/bin/upset,
 * DIR/lib/libupset.so or one folder deeper.
 */
static int find_near(char *path, const struct upset_part *part)
{
	char folder[PATH_MAX];

	if (upset_maps_read(getpid(), find_self, folder) != 1)
		return -ENOENT;
	for (int up = 0; up <= 3; up++) {
		char *slash = strrchr(folder, '/');

		if (slash == NULL)
			return -ENOENT;
		*slash = '\0';
		if (up < 2 && take_joined(path, folder, part->built, part->mode) == 0)
			return 0;
		if (up > 0 && take_joined(path, folder, part->installed, part->mode) == 0)
			return 0;
	}
	return -ENOENT;
}

int upset_part_find(char *path, const struct upset_part *part, struct upset_error *error)
{
	const char *named = getenv(part->variable);
	int rc;

	if (named != NULL) {
		rc = take_path(path, named, part->mode);
	} else {
		rc = find_near(path, part);
		if (rc != 0)
			rc = take_joined(path, UPSET_BUILD_FOLDER, part->built, part->mode);
		if (rc != 0)
			rc = take_joined(path, UPSET_PREFIX, part->installed, part->mode);
	}
	if (rc == 0)
		return 0;
	return upset_error_set(error, ENOENT,
		"no %s at %s: build it with `%s`, install it, or name one with %s", part->what,
		path, part->command, part->variable);
}
