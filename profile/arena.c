/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is only given back all at once: see arena.h. */
#include "profile/arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 20 };

struct upset_arena_chunk {
	struct upset_arena_chunk *next;
	size_t size, used; /* bytes of data */
	uint64_t data[];
};

static struct upset_arena_chunk *new_chunk(size_t size)
{
	struct upset_arena_chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (chunk != NULL)
		chunk->size = size;
	return chunk;
}

void *upset_arena_alloc(struct upset_arena *arena, size_t size)
{
	struct upset_arena_chunk *chunk = arena->chunks;

	size = (size + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
	if (chunk == NULL || chunk->size - chunk->used < size) {
		chunk = new_chunk(size > CHUNK_BYTES ? size : CHUNK_BYTES);
		if (chunk == NULL)
			return NULL;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	chunk->used += size;
	return (char *)chunk->data + chunk->used - size;
}

void upset_arena_free(struct upset_arena *arena)
{
	while (arena->chunks != NULL) {
		struct upset_arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
}
