/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash table from a hash value to array indices: see table.h. */
#include "profile/table.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

int upset_table_reserve(struct upset_table *table,
	uint64_t (*hash_of)(const void *context, uint32_t i), const void *context)
{
	struct upset_table old = *table;

	if (table->used + 1 <= table->capacity / 4 * 3)
		return 0;
	table->capacity = old.capacity == 0 ? FIRST_CAPACITY : old.capacity * 2;
	table->slots = calloc(table->capacity, sizeof(*table->slots));
	if (table->slots == NULL) {
		*table = old;
		return -ENOMEM;
	}
	table->used = 0;
	for (size_t i = 0; i < old.capacity; i++) {
		uint32_t index = old.slots[i].index;

		if (index != 0)
			upset_table_add(table, hash_of(context, index - 1), index - 1);
	}
	free(old.slots);
	return 0;
}

void upset_table_add(struct upset_table *table, uint64_t hash, uint32_t index)
{
	size_t mask = table->capacity - 1;
	size_t at = (size_t)hash & mask;

	while (table->slots[at].index != 0)
		at = (at + 1) & mask;
	table->slots[at].hash = (uint32_t)(hash >> 32);
	table->slots[at].index = index + 1;
	table->used++;
}

void upset_table_free(struct upset_table *table)
{
	free(table->slots);
	*table = (struct upset_table){0};
}
