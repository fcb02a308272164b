/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of faults in a process: see places.h. */
#include "engine/places.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/maps.h"
#include "profile/elf_file.h"

struct search {
	const struct upset_fault_place *place;
	const char *program; /* path as the kernel has it */
	char *path;	     /* of the module, when it was found */
	uint64_t bias;
	int rc;
};

static bool is_module(const struct search *s, const char *path)
{
	const char *name = strrchr(path, '/');

	if (name == NULL)
		return false;
	if (s->place->module == NULL)
		return strcmp(path, s->program) == 0;
	return strcmp(path, s->place->module) == 0 || strcmp(name + 1, s->place->module) == 0;
}

static int visit(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct search *s = context;
	struct upset_elf_file file;

	(void)shared;
	if (!is_module(s, mapping->path))
		return 0;
	if (upset_elf_file_read(mapping->path, &file) == 0 &&
		upset_elf_file_bias(&file, mapping, &s->bias)) {
		s->path = strdup(mapping->path);
		if (s->path == NULL)
			s->rc = -ENOMEM;
	}
	upset_elf_file_free(&file);
	return s->path != NULL || s->rc != 0;
}

static int find_symbol(const struct search *s, const struct upset_experiment_request *request,
	uint64_t *address, struct upset_error *error)
{
	const struct upset_fault_place *place = s->place;

	if (request->find_symbol == NULL ||
		!request->find_symbol(request->symbol_context, s->path, place->symbol, address))
		return upset_error_set(
			error, EINVAL, "%s has no symbol '%s'", s->path, place->symbol);
	return 0;
}

int upset_place_find(FILE *maps, const char *program, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error)
{
	struct search s = {.place = place, .program = program};
	uint64_t base = 0;
	int rc = 0;

	*found = true;
	*address = place->offset;
	/* An address at run time. */
	if (place->module != NULL && strcmp(place->module, "*") == 0)
		return 0;
	(void)upset_maps_parse(maps, 0, visit, &s);
	*found = s.path != NULL;
	if (s.rc != 0)
		rc = upset_error_set(error, ENOMEM, "no memory to look for a module");
	else if (*found && place->symbol != NULL)
		rc = find_symbol(&s, request, &base, error);
	*address = base + place->offset + s.bias;
	free(s.path);
	return rc;
}

struct naming {
	uint64_t address, in_file;
	char *path;
	int rc;
};

static int name_mapping(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct naming *n = context;
	struct upset_elf_file file;
	uint64_t bias = 0;

	(void)shared;
	if (n->address < mapping->start || n->address >= mapping->end)
		return 0;
	if (mapping->path[0] == '/' && upset_elf_file_read(mapping->path, &file) == 0) {
		if (upset_elf_file_bias(&file, mapping, &bias)) {
			n->in_file = n->address - bias;
			n->path = strdup(mapping->path);
			n->rc = n->path == NULL ? -ENOMEM : 0;
		}
		upset_elf_file_free(&file);
	}
	return 1;
}

int upset_place_name(FILE *maps, uint64_t address, char **path, uint64_t *in_file)
{
	struct naming n = {.address = address};

	(void)upset_maps_parse(maps, 0, name_mapping, &n);
	*path = n.path;
	*in_file = n.in_file;
	return n.rc;
}

int upset_place_find_in(pid_t pid, const struct upset_fault_place *place,
	const struct upset_experiment_request *request, bool *found, uint64_t *address,
	struct upset_error *error)
{
	char path[64], program[PATH_MAX];
	FILE *maps;
	ssize_t n;
	int rc;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, program, sizeof(program) - 1);
	program[n > 0 ? n : 0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	*found = false;
	if (maps == NULL)
		return 0;
	rc = upset_place_find(maps, program, place, request, found, address, error);
	(void)fclose(maps);
	return rc;
}
