/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts and their numbers, from 1 in the order in which they came.  Private to export/. */
#ifndef UPSET_EXPORT_NAMES_H
#define UPSET_EXPORT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct upset_names {
	void *tree;
	const char **items; /* items[number - 1], owned */
	size_t count, room;
};

/* The number of @text (copied), which is new when it is @names->count afterwards and was not
 * before; 0: out of memory. */
size_t upset_names_add(struct upset_names *names, const char *text);
/* Free what was added. */
void upset_names_fini(struct upset_names *names);

#endif
