/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of a run, by call site.  Private to export/. */
#ifndef UPSET_EXPORT_EDGES_H
#define UPSET_EXPORT_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#include "export/costs.h"

/* What a call site called; texts last until the next one is read. */
struct upset_edge {
	const char *module, *function, *file; /* of the entry; "": unknown */
	int64_t line;			      /* likewise; 0: unknown */
	uint64_t address;		      /* likewise, in the module's file */
	uint64_t calls;
	uint64_t costs[UPSET_COSTS]; /* inclusive */
	unsigned int cost_count;     /* how many of them are known, from the first on */
};

struct upset_edges {
	struct upset_store_cursor *cursor;
	bool there; /* the cursor stands at a row, */
	bool taken; /* of which the reader knows */
};

/*
 * Read the calls of @run in the order of their sites' instructions; there are none when
 * the run has no call paths.  0, -EIO, -ENOMEM; end with upset_edges_close() in any case.
 */
int upset_edges_open(struct upset_edges *edges, struct upset_store *store, int64_t run,
	struct upset_error *error);
/* 1 and the next one of those at the site @instruction in *@edge, 0: it has no more, -EIO. */
int upset_edges_next(struct upset_edges *edges, int64_t instruction, struct upset_edge *edge,
	struct upset_error *error);
void upset_edges_close(struct upset_edges *edges);

#endif
