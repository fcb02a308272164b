/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was done to the files of folders that overlayfs covered, as one hash.
 * Inside sandbox/ only.
 */
#ifndef UPSET_SANDBOX_CHANGES_H
#define UPSET_SANDBOX_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

struct sandbox_layer {
	const char *folder;	/* that was covered, as the program sees it */
	int upper_fd, lower_fd; /* what overlayfs keeps of changes, and what it was before */
};

/*
 * SHA-256 over everything in which @layers[@count] differ from what they cover:
 * for each such path, sorted, its type, permissions and content; of nothing when
 * there is none.  What was only opened for writing does not differ.  Nobody may
 * write to the layers any more.  False, and @hex "": something cannot be read, or
 * it is too much.
 */
bool sandbox_changes(
	const struct sandbox_layer *layers, size_t count, char hex[UPSET_HASH_HEX_SIZE]);

#endif
