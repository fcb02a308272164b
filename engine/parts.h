/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that upset needs beside itself, and where they lie: in a build folder, or installed. */
#ifndef UPSET_ENGINE_PARTS_H
#define UPSET_ENGINE_PARTS_H

#include <limits.h>

#include "base/error.h"

/* Where they are installed, below a prefix. */
#define UPSET_PART_LIBEXEC "libexec/upset/"

struct upset_part {
	const char *variable;  /* of the environment, which may name another */
	const char *built;     /* in a build folder */
	const char *installed; /* below a prefix */
	const char *what;
	const char *command; /* that builds it */
	int mode;	     /* of access() */
};

/*
 * Find @part: @path[PATH_MAX].  The first of: the environment's, the one that lies near, the one of
 * the build, the one that is installed, for programs that this code is linked into.  -ENOENT with a
 * message.
 */
int upset_part_find(char *path, const struct upset_part *part, struct upset_error *error);

#endif
