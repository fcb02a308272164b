/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile object: making and freeing it, its mappings and its instructions.
 * Counting is in count.c, what follows from the counts in finish.c.
 */
#include "profile/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile/index.h"

enum { FIRST_ROOM = 16 };

int upset_profile_grow(void *array, size_t *room, size_t count, size_t size)
{
	size_t wanted = *room == 0 ? FIRST_ROOM : *room * 2;
	void *memory;

	if (count < *room)
		return 0;
	memcpy(&memory, array, sizeof(memory));
	memory = reallocarray(memory, wanted, size);
	if (memory == NULL)
		return -ENOMEM;
	memcpy(array, &memory, sizeof(memory));
	*room = wanted;
	return 0;
}

struct upset_profile *upset_profile_new(const struct upset_isa *isa, enum upset_detail detail)
{
	struct upset_profile *profile = calloc(1, sizeof(*profile));

	if (profile == NULL)
		return NULL;
	profile->index = calloc(1, sizeof(*profile->index));
	if (profile->index == NULL) {
		free(profile);
		return NULL;
	}
	profile->isa = isa;
	profile->detail = detail;
	profile->run.detail = detail;
	return profile;
}

static void free_run(struct upset_run *run)
{
	for (size_t i = 0; i < run->file_count; i++)
		free(run->files[i].path);
	free(run->files);
	free(run->engine);
	free(run->engine_version);
}

static void free_index(struct upset_profile_index *index)
{
	upset_arena_free(&index->arena);
	upset_table_free(&index->mappings);
	upset_table_free(&index->insns);
	upset_table_free(&index->pages);
	free(index->mapping_turns);
	free(index);
}

void upset_profile_free(struct upset_profile *profile)
{
	if (profile == NULL)
		return;
	for (size_t i = 0; i < profile->mapping_count; i++)
		free(profile->mappings[i].path);
	for (size_t i = 0; i < profile->module_count; i++) {
		free(profile->modules[i].path);
		free(profile->modules[i].sha256);
		free(profile->modules[i].build_id);
	}
	free_run(&profile->run);
	free_index(profile->index);
	free(profile->mappings);
	free(profile->modules);
	free(profile->insns);
	free(profile->pages);
	free(profile->threads);
	free(profile->syscalls);
	free(profile->signals);
	free(profile->blocks);
	free(profile->call_paths);
	free(profile);
}

/* --- mappings ---------------------------------------------------------------- */

static uint64_t hash_mapping(const struct upset_mapping *mapping)
{
	return upset_table_hash(upset_table_hash(upset_table_hash(0, mapping->start), mapping->end),
		mapping->offset);
}

static uint64_t hash_known_mapping(const void *context, uint32_t i)
{
	const struct upset_profile *profile = context;

	return hash_mapping(&profile->mappings[i]);
}

static bool same_mapping(const struct upset_mapping *a, const struct upset_mapping *b)
{
	return a->start == b->start && a->end == b->end && a->offset == b->offset &&
	       a->region == b->region && a->readable == b->readable && a->writable == b->writable &&
	       a->executable == b->executable && strcmp(a->path, b->path) == 0;
}

static uint32_t find_mapping(
	const struct upset_profile *profile, const struct upset_mapping *mapping, uint64_t hash)
{
	const struct upset_table *table = &profile->index->mappings;
	size_t cursor = 0;
	uint32_t i;

	while ((i = upset_table_next(table, hash, &cursor)) != UPSET_TABLE_NONE) {
		if (same_mapping(&profile->mappings[i], mapping))
			return i;
	}
	return UPSET_TABLE_NONE;
}

static int grow_mappings(struct upset_profile *profile)
{
	struct upset_profile_index *index = profile->index;
	size_t turn_room = index->mapping_room;

	if (upset_profile_grow(&index->mapping_turns, &turn_room, profile->mapping_count,
		    sizeof(*index->mapping_turns)) != 0)
		return -ENOMEM;
	if (upset_profile_grow(&profile->mappings, &index->mapping_room, profile->mapping_count,
		    sizeof(*profile->mappings)) != 0)
		return -ENOMEM;
	return upset_table_reserve(&index->mappings, hash_known_mapping, profile);
}

uint32_t upset_profile_add_mapping(
	struct upset_profile *profile, const struct upset_mapping *mapping)
{
	struct upset_profile_index *index = profile->index;
	struct upset_mapping copy = *mapping;
	uint64_t hash = hash_mapping(mapping);
	uint32_t i;

	if (copy.path == NULL)
		copy.path = (char *)"[anon]";
	i = find_mapping(profile, &copy, hash);
	if (i == UPSET_TABLE_NONE) {
		copy.path = strdup(copy.path);
		if (copy.path == NULL || grow_mappings(profile) != 0) {
			free(copy.path);
			index->out_of_memory = true;
			return UINT32_MAX;
		}
		i = (uint32_t)profile->mapping_count++;
		profile->mappings[i] = copy;
		upset_table_add(&index->mappings, hash, i);
	}
	index->mapping_turns[i] = ++index->mapping_turn;
	return i;
}

/* --- instructions -------------------------------------------------------------- */

static uint64_t hash_insn(const struct upset_insn *insn, uint32_t mapping)
{
	uint64_t hash = upset_table_hash(upset_table_hash(0, insn->address), mapping);
	uint64_t words[2] = {0, 0};

	memcpy(words, insn->bytes, insn->size);
	return upset_table_hash(upset_table_hash(hash, words[0]), words[1]);
}

static uint64_t hash_known_insn(const void *context, uint32_t i)
{
	const struct upset_profile *profile = context;

	return hash_insn(&profile->insns[i]->insn, profile->insns[i]->mapping);
}

static bool same_insn(
	const struct upset_profile_insn *known, const struct upset_insn *insn, uint32_t mapping)
{
	return known->insn.address == insn->address && known->mapping == mapping &&
	       known->insn.size == insn->size &&
	       memcmp(known->insn.bytes, insn->bytes, insn->size) == 0;
}

/* A record that ends after the last operand: most instructions have a tenth of the maximum. */
static struct upset_profile_insn *new_insn(
	struct upset_profile *profile, const struct upset_insn *insn, uint32_t mapping)
{
	struct upset_arena *arena = &profile->index->arena;
	size_t insn_size = offsetof(struct upset_insn, operands) +
			   insn->operand_count * sizeof(insn->operands[0]);
	struct upset_profile_insn *record =
		upset_arena_alloc(arena, offsetof(struct upset_profile_insn, insn) + insn_size);

	if (record == NULL)
		return NULL;
	memcpy(&record->insn, insn, insn_size);
	record->mapping = mapping;
	record->module = UINT32_MAX;
	record->first_index = UINT64_MAX;
	record->tallies = upset_arena_alloc(arena, insn->operand_count * sizeof(*record->tallies));
	if (record->tallies == NULL)
		return NULL;
	for (unsigned int row = 0; row < insn->operand_count; row++)
		record->tallies[row].address_min = UINT64_MAX;
	return record;
}

static struct upset_profile_insn *add_insn(struct upset_profile *profile,
	const struct upset_insn *insn, uint32_t mapping, uint64_t hash)
{
	struct upset_profile_index *index = profile->index;
	struct upset_profile_insn *record = NULL;

	if (upset_profile_grow(&profile->insns, &index->insn_room, profile->insn_count,
		    sizeof(struct upset_profile_insn *)) == 0 &&
		upset_table_reserve(&index->insns, hash_known_insn, profile) == 0)
		record = new_insn(profile, insn, mapping);
	if (record == NULL) {
		index->out_of_memory = true;
		return NULL;
	}
	upset_table_add(&index->insns, hash, (uint32_t)profile->insn_count);
	profile->insns[profile->insn_count++] = record;
	return record;
}

struct upset_profile_insn *upset_profile_get_insn(
	struct upset_profile *profile, const struct upset_insn *insn, uint32_t mapping)
{
	const struct upset_table *table = &profile->index->insns;
	uint64_t hash = hash_insn(insn, mapping);
	size_t cursor = 0;
	uint32_t i;

	while ((i = upset_table_next(table, hash, &cursor)) != UPSET_TABLE_NONE) {
		if (same_insn(profile->insns[i], insn, mapping))
			return profile->insns[i];
	}
	return add_insn(profile, insn, mapping, hash);
}
