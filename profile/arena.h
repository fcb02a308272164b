/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is only given back all at once: the many small records of a
 * profile.  Private to profile/.
 */
#ifndef UPSET_PROFILE_ARENA_H
#define UPSET_PROFILE_ARENA_H

#include <stddef.h>

struct upset_arena_chunk;

struct upset_arena {
	struct upset_arena_chunk *chunks; /* the current one first */
};

/* @size zeroed bytes, aligned for uint64_t, valid until upset_arena_free(); NULL: out of memory. */
void *upset_arena_alloc(struct upset_arena *arena, size_t size);
/* Give back everything; the arena is empty and usable again. */
void upset_arena_free(struct upset_arena *arena);

#endif
