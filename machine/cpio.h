/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Archives that Linux unpacks when it starts: cpio's format "newc".  The same entries make the
 * same bytes: owners are root, times 0, inodes numbered as entries come.
 */
#ifndef UPSET_MACHINE_CPIO_H
#define UPSET_MACHINE_CPIO_H

#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"

struct upset_cpio {
	FILE *out;	  /* the caller's */
	const char *name; /* of the archive, for messages */
	uint32_t inodes;  /* so far */
};

struct upset_cpio_entry {
	const char *path;	   /* without a slash before it */
	mode_t mode;		   /* with its type */
	unsigned int major, minor; /* of a device */
	/* Its content, or what a link leads to: a file, or if that is NULL @size bytes. */
	const char *file;
	const void *bytes;
	size_t size;
};

/* 0; -errno of reading the file or of writing; -EFBIG: the format has no room for it. */
int upset_cpio_add(
	struct upset_cpio *cpio, const struct upset_cpio_entry *entry, struct upset_error *error);
/* All entries are in it.  0; -errno of writing. */
int upset_cpio_end(struct upset_cpio *cpio, struct upset_error *error);

#endif
