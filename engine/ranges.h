/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a memory map in the form of /proc/PID/maps: the one reader, inside QEMU and outside. */
#ifndef UPSET_ENGINE_RANGES_H
#define UPSET_ENGINE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct upset_range {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* in its file */
	uint64_t inode;	     /* 0: it has no file */
	bool readable, writable, executable, shared;
	const char *path; /* [path_size], within the line; not terminated, newlines are "\012" */
	size_t path_size; /* 0: it has no name */
};

/* Read @line, which ends with a newline or 0, into @range.  False: it is no mapping. */
bool upset_range_read(const char *line, struct upset_range *range);

#endif
