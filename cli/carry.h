/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a plan takes along: which ones, and where they are while shards are made with them. */
#ifndef UPSET_CLI_CARRY_H
#define UPSET_CLI_CARRY_H

#include <limits.h>

#include "cli/record.h"

/*
 * Put the program, the libraries and the input of the plan at @path into it.  0; -ESTALE: one was
 * changed meanwhile; else as upset_carried_add().
 */
int campaign_carry_add(const char *path, struct upset_error *error);

/* Leave nothing in the plan at @path of what it took along for another campaign. */
int campaign_carry_drop(const char *path, struct upset_error *error);

/* The folder that a private one is made in, by a command whose program runs in @working_folder. */
const char *campaign_carry_base(const char *working_folder);

/* Files that are shown to this process. */
struct campaign_carried {
	char folder[PATH_MAX]; /* private, where they are unpacked; "": none are */
	int folder_fd;	       /* which it can be removed by, whatever is shown in its place */
	bool shown;	       /* others than the machine's: paths to be written to need a prefix */
};

/*
 * Unpack what the plan at @path, which says @record, takes along, if anything, and show those of
 * the files that are others here, for the rest of this process; folders @kept[@count] may be
 * written to at UPSET_SHOWN_KEPT then.  0; -EIO: a file is damaged; else as upset_shown_enter().
 * End with campaign_carry_leave() in any case.
 */
int campaign_carry_enter(struct campaign_carried *carried, const char *path,
	const struct campaign_record *record, const char *const *kept, size_t count,
	struct upset_error *error);
/* Remove what was unpacked. */
void campaign_carry_leave(struct campaign_carried *carried);

#endif
