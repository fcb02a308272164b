/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map from addresses to numbers, built once from ranges that may overlap.
 * Private to symbols/.
 */
#ifndef UPSET_SYMBOLS_SPANS_H
#define UPSET_SYMBOLS_SPANS_H

#include <stddef.h>
#include <stdint.h>

#define UPSET_SPAN_NONE UINT32_MAX

struct upset_span {
	uint64_t start, end; /* end exclusive; empty when end <= start */
	uint32_t number;
};

struct upset_span_piece {
	uint64_t start;	 /* reaches to the start of the next piece */
	uint32_t number; /* UPSET_SPAN_NONE: a gap */
};

struct upset_spans {
	struct upset_span_piece *pieces;
	size_t count;
	size_t cursor; /* the piece found last */
};

/*
 * Build the map of @count @spans (sorted in place).  Where spans overlap the
 * one that begins last counts, of these the shortest, of these the one with
 * the highest number.  0 or -ENOMEM.  Free with upset_spans_free().
 */
int upset_spans_build(struct upset_spans *map, struct upset_span *spans, size_t count);
void upset_spans_free(struct upset_spans *map);

/* The number at @address, or UPSET_SPAN_NONE. */
uint32_t upset_spans_find(struct upset_spans *map, uint64_t address);

#endif
