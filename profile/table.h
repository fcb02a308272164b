/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table from a hash value to indices of an array that the caller keeps;
 * the caller compares the keys.  Open addressing, no removal.  Private to
 * profile/.
 */
#ifndef UPSET_PROFILE_TABLE_H
#define UPSET_PROFILE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define UPSET_TABLE_NONE UINT32_MAX

struct upset_table_slot {
	uint32_t hash;	/* upper half of the hash value */
	uint32_t index; /* plus one; 0: free */
};

struct upset_table {
	struct upset_table_slot *slots;
	size_t capacity; /* power of two, or 0 */
	size_t used;
};

/* Mix @value into @hash; start with 0. */
static inline uint64_t upset_table_hash(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 32);
}

/*
 * The next index stored under @hash, UPSET_TABLE_NONE after the last one.
 * *@cursor is 0 on the first call.
 */
static inline uint32_t upset_table_next(
	const struct upset_table *table, uint64_t hash, size_t *cursor)
{
	while (*cursor < table->capacity) {
		size_t at = ((size_t)hash + *cursor) & (table->capacity - 1);
		const struct upset_table_slot *slot = &table->slots[at];

		(*cursor)++;
		if (slot->index == 0)
			break;
		if (slot->hash == (uint32_t)(hash >> 32))
			return slot->index - 1;
	}
	return UPSET_TABLE_NONE;
}

/*
 * Make room for one more entry; @hash_of(@context, i) gives the hash value of
 * the entry with index i again.  0 or -ENOMEM (the table is unchanged).
 */
int upset_table_reserve(struct upset_table *table,
	uint64_t (*hash_of)(const void *context, uint32_t i), const void *context);
/* Add @index under @hash; room has been reserved. */
void upset_table_add(struct upset_table *table, uint64_t hash, uint32_t index);
void upset_table_free(struct upset_table *table);

#endif
