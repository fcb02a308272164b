/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a plan takes along: into the study, and out of it into a folder. */
#ifndef UPSET_STORE_CARRIED_H
#define UPSET_STORE_CARRIED_H

#include "base/hash.h"
#include "store/store.h"

/* A file to take along. */
struct upset_carried_file {
	char *path;			  /* absolute */
	char sha256[UPSET_HASH_HEX_SIZE]; /* that it must have; "": any; links are not followed */
};

/*
 * Take @files[@count] along in @store instead of those that it has, all or none.  0; -ESTALE: one
 * has another hash; -ENOTSUP: one is neither a regular file nor a link; -errno of reading it; else
 * as upset_store_add_run().
 */
int upset_carried_add(struct upset_store *store, const struct upset_carried_file *files,
	size_t count, struct upset_error *error);

/* Told of each file that was unpacked: its path, from the root. */
typedef int upset_carried_visit(void *context, const char *path);

/*
 * Write all files of @store below the open folder @folder_fd, where they had been below the root,
 * and call @visit for each.  0; -EIO: one is damaged, which the message names; -errno of writing.
 */
int upset_carried_unpack(struct upset_store *store, int folder_fd, upset_carried_visit *visit,
	void *context, struct upset_error *error);

/* Whether there are any. */
int upset_carried_any(struct upset_store *store, bool *any, struct upset_error *error);

#endif
