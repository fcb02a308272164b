/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run-time addresses -> addresses in files: mappings of one path are a module,
 * its ELF program headers say how far each mapping lies from the file's own
 * addresses.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/derive.h"
#include "profile/elf_file.h"

/* Code that no known mapping holds. */
static const struct upset_mapping unknown_mapping = {.path = (char *)"[anon]"};

/* A mapping that belongs to a module, and the place it gives its instructions. */
struct place {
	const struct upset_mapping *mapping;
	size_t number; /* index of the mapping; mapping_count: unknown_mapping */
	uint32_t module;
	uint64_t bias;
};

static bool is_file(const char *path)
{
	return path[0] == '/';
}

static size_t mapping_number(const struct upset_profile *profile, uint32_t mapping)
{
	return mapping < profile->mapping_count ? mapping : profile->mapping_count;
}

/* Mark the mappings that hold executed code, or could. @used has mapping_count + 1 elements. */
static void mark_used(const struct upset_profile *profile, bool *used)
{
	for (size_t i = 0; i < profile->mapping_count; i++)
		used[i] = profile->mappings[i].executable && is_file(profile->mappings[i].path);
	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		/* One that faulted at once has a record, but was not executed. */
		if (insn->executions > 0 || insn->repeats > 0)
			used[mapping_number(profile, insn->mapping)] = true;
	}
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = strcmp(a->mapping->path, b->mapping->path);

	return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* The used mappings, sorted by path; their number is stored in *@count. */
static struct place *collect_places(const struct upset_profile *profile, size_t *count)
{
	size_t all = profile->mapping_count + 1;
	struct place *places = calloc(all, sizeof(*places));
	bool *used = calloc(all, sizeof(*used));

	*count = 0;
	if (places == NULL || used == NULL) {
		free(places);
		free(used);
		return NULL;
	}
	mark_used(profile, used);
	for (size_t i = 0; i < all; i++) {
		if (used[i])
			places[(*count)++] = (struct place){
				.mapping = i < profile->mapping_count ? &profile->mappings[i]
								      : &unknown_mapping,
				.number = i,
			};
	}
	free(used);
	qsort(places, *count, sizeof(*places), compare_places);
	return places;
}

/* Set the biases of the @count mappings of one file. */
static void place_file(struct place *places, size_t count, const struct upset_elf_file *file)
{
	for (size_t i = 0; i < count; i++) {
		const struct upset_mapping *mapping = places[i].mapping;

		if (!upset_elf_file_bias(file, mapping, &places[i].bias))
			places[i].bias = mapping->start - mapping->offset;
	}
}

static int hash_module(struct upset_module *module)
{
	char hex[UPSET_HASH_HEX_SIZE];
	int result = upset_hash_file(module->path, hex, NULL);

	if (result == -ENOMEM)
		return result;
	if (result != 0)
		return 0; /* gone, or not readable: the module has no hash */
	module->sha256 = strdup(hex);
	return module->sha256 != NULL ? 0 : -ENOMEM;
}

/* Fill @module from its @count mappings and set their biases. */
static int make_module(struct upset_module *module, struct place *places, size_t count)
{
	struct upset_elf_file file;
	int result;

	module->path = strdup(places[0].mapping->path);
	if (module->path == NULL)
		return -ENOMEM;
	if (!is_file(module->path))
		return 0;
	result = upset_elf_file_read(module->path, &file);
	if (result != -ENOMEM) {
		place_file(places, count, &file);
		module->load_bias = places[0].bias;
		module->build_id = file.build_id;
		file.build_id = NULL;
		result = hash_module(module);
	}
	upset_elf_file_free(&file);
	return result;
}

static int make_modules(struct upset_profile *profile, struct place *places, size_t count)
{
	size_t end;
	int result;

	profile->modules = calloc(count + 1, sizeof(*profile->modules));
	if (profile->modules == NULL)
		return -ENOMEM;
	for (size_t first = 0; first < count; first = end) {
		uint32_t number = (uint32_t)profile->module_count++;

		for (end = first; end < count && strcmp(places[end].mapping->path,
							 places[first].mapping->path) == 0;
			end++)
			places[end].module = number;
		result = make_module(&profile->modules[number], places + first, end - first);
		if (result != 0)
			return result;
	}
	return 0;
}

/* Give every instruction its module and its address there. */
static int place_insns(struct upset_profile *profile, const struct place *places, size_t count)
{
	struct place *by_mapping = calloc(profile->mapping_count + 1, sizeof(*by_mapping));

	if (by_mapping == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		by_mapping[places[i].number] = places[i];
	for (size_t i = 0; i < profile->insn_count; i++) {
		struct upset_profile_insn *insn = profile->insns[i];
		const struct place *place = &by_mapping[mapping_number(profile, insn->mapping)];

		insn->module = place->module;
		insn->address = insn->insn.address - place->bias;
	}
	free(by_mapping);
	return 0;
}

int upset_profile_derive_modules(struct upset_profile *profile)
{
	size_t count;
	struct place *places = collect_places(profile, &count);
	int result;

	if (places == NULL)
		return -ENOMEM;
	result = make_modules(profile, places, count);
	if (result == 0)
		result = place_insns(profile, places, count);
	free(places);
	return result;
}
