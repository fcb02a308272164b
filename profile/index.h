/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a profile knows besides its results: hash tables, storage, and the
 * order in which mappings were seen.  Private to profile/.
 */
#ifndef UPSET_PROFILE_INDEX_H
#define UPSET_PROFILE_INDEX_H

#include "profile/arena.h"
#include "profile/profile.h"
#include "profile/table.h"

struct upset_profile_index {
	struct upset_arena arena; /* instructions, tallies, ones */
	struct upset_table mappings, insns, pages;
	size_t mapping_room, insn_room, page_room, thread_room, syscall_room, signal_room,
		file_room;
	uint64_t *mapping_turns; /* [mapping_room]: when each was last added, for "later wins" */
	uint64_t mapping_turn;
	uint32_t last_page; /* the page counted last */
	bool out_of_memory; /* a count was lost: finish fails */
};

/*
 * Make room for one more element of @size bytes behind @count of them in the
 * array to which the pointer at @array points and of which *@room are
 * allocated.  0 or -ENOMEM (nothing changed).
 */
int upset_profile_grow(void *array, size_t *room, size_t count, size_t size);

/* True when values of rows like @operand are collected in @profile. */
static inline bool upset_profile_has_values(
	const struct upset_profile *profile, const struct upset_operand *operand)
{
	if (profile->detail == UPSET_DETAIL_COUNTS || !upset_operand_is_counted(operand))
		return false;
	return profile->detail == UPSET_DETAIL_FULL ||
	       !upset_isa_is_flag(profile->isa, operand->resource);
}

#endif
