/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that this process, and all that it starts, see instead of those of the machine: in a
 * mount namespace of its own, which ends with it.  Knows nothing of who needs them, or why.
 */
#ifndef UPSET_SANDBOX_SHOWN_H
#define UPSET_SANDBOX_SHOWN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct upset_shown {
	const char *tree; /* a folder, below which files lie as they are to be seen below / */
	const char *const *paths; /* [count] of them, from the root */
	size_t count;
	const char *folder; /* the working folder, which sandboxes will cover */
};

/* Where folders are seen that are to stay as the machine has them: such a path is that behind this.
 */
#define UPSET_SHOWN_KEPT "/mnt/kept"

/*
 * Show those files of @shown that are other ones here, or missing; *@any: there were some.  Only
 * then folders @kept[@kept_count] are seen at UPSET_SHOWN_KEPT with their path, to be written to:
 * in their place they may be read-only now.  This process must have no other threads. 0; -ENOSYS:
 * the machine does not allow it; -ENOTSUP: a file cannot be shown, which is named.
 */
int upset_shown_enter(const struct upset_shown *shown, const char *const *kept, size_t kept_count,
	bool *any, struct upset_error *error);

/* --- inside sandbox/ only --------------------------------------------------------------------- */

/*
 * The folders, of which files in the first come before those in the second, that a sandbox covers
 * for @path when files are shown: names in shown, "" where there is none.  False: none are shown.
 */
bool sandbox_shown_layers(const char *path, char top[PATH_MAX], char under[PATH_MAX]);

#endif
