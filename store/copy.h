/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside store/ only: a study that comes to be whole or not at all. */
#ifndef UPSET_STORE_COPY_H
#define UPSET_STORE_COPY_H

#include <limits.h>

#include "store/internal.h"
#include "store/merge.h"

struct upset_copy {
	struct upset_store *store; /* the copy, to be changed before it is in its place */
	const char *to;
	char path[PATH_MAX]; /* where it is until then; "": nowhere */
	bool replace;	     /* what is there */
};

/*
 * Copy the study at @from, to be put at @to, where nothing must be that is not to be @replace d.
 * End @copy in any case.
 */
int upset_copy_begin(struct upset_copy *copy, const char *from, const char *to, bool replace,
	struct upset_error *error);
/* Put it into its place when @rc is 0, else leave nothing behind.  @rc, or what went wrong. */
int upset_copy_end(struct upset_copy *copy, int rc, struct upset_error *error);

#endif
