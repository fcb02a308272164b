/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads memory maps in the kernel's text form and decides which region each
 * mapping is.  A path with an executable mapping is taken for an ELF module.
 */
#include "engine/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/process.h"
#include "engine/ranges.h"

struct entry {
	struct upset_mapping mapping;
	bool shared;
};

struct entries {
	struct entry *items;
	size_t count, capacity;
};

static void free_entries(struct entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].mapping.path);
	free(list->items);
}

/* The kernel writes a newline in a path as "\012". */
static void unescape_newlines(char *path)
{
	for (char *p = path; (p = strstr(p, "\\012")) != NULL; p++) {
		*p = '\n';
		memmove(p + 1, p + 4, strlen(p + 4) + 1);
	}
}

/* What has no name of its own is "[anon]"; .path is NULL without memory.  False: no mapping. */
static bool parse_line(const char *line, struct entry *entry)
{
	struct upset_mapping *m = &entry->mapping;
	struct upset_range range;
	bool anonymous;

	if (!upset_range_read(line, &range))
		return false;
	anonymous = range.path_size == 0 || strncmp(range.path, "[anon", 5) == 0;
	*m = (struct upset_mapping){.start = range.start,
		.end = range.end,
		.offset = range.path[0] == '/' ? range.offset : 0,
		.readable = range.readable,
		.writable = range.writable,
		.executable = range.executable,
		.path = anonymous ? strdup("[anon]") : strndup(range.path, range.path_size)};
	entry->shared = range.shared;
	if (m->path != NULL)
		unescape_newlines(m->path);
	return true;
}

static int add_entry(struct entries *list, const struct entry *entry)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
		struct entry *items = reallocarray(list->items, capacity, sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = *entry;
	return 0;
}

static bool is_anonymous(const struct upset_mapping *m)
{
	return strcmp(m->path, "[anon]") == 0;
}

static bool is_module(const struct entries *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].mapping.executable &&
			strcmp(list->items[i].mapping.path, path) == 0)
			return true;
	return false;
}

/* Part of a module, at the end of which its bss can follow. */
static bool is_module_region(enum upset_region region)
{
	return region == UPSET_REGION_DATA || region == UPSET_REGION_RODATA ||
	       region == UPSET_REGION_CODE;
}

static enum upset_region decide_region(const struct entries *list, size_t i)
{
	const struct upset_mapping *m = &list->items[i].mapping;
	const struct upset_mapping *before = i > 0 ? &list->items[i - 1].mapping : NULL;

	if (strcmp(m->path, "[heap]") == 0)
		return UPSET_REGION_HEAP;
	if (strcmp(m->path, "[stack]") == 0)
		return UPSET_REGION_STACK;
	if (m->path[0] == '/' && m->executable)
		return UPSET_REGION_CODE;
	if (m->path[0] == '/' && is_module(list, m->path)) {
		if (m->writable)
			return UPSET_REGION_DATA;
		return m->readable ? UPSET_REGION_RODATA : UPSET_REGION_MAPPING;
	}
	/* mprotect takes a bss apart: the pieces stay bss. */
	if (is_anonymous(m) && before != NULL && before->end == m->start &&
		((m->writable && is_module_region(before->region)) ||
			before->region == UPSET_REGION_BSS))
		return UPSET_REGION_BSS;
	return UPSET_REGION_MAPPING;
}

static int make_anonymous(struct upset_mapping *mapping)
{
	char *path = strdup("[anon]");

	if (path == NULL)
		return -ENOMEM;
	free(mapping->path);
	mapping->path = path;
	return 0;
}

/*
 * The kernel merges bss and brk area when they touch, and an older one takes a bss for the heap
 * that ends where that is to begin: tell them apart again.
 */
static int split_heap(struct entries *list, struct entry *entry, uint64_t heap_start)
{
	struct entry bss = *entry;
	int result;

	if (strcmp(entry->mapping.path, "[heap]") != 0 || entry->mapping.start >= heap_start)
		return 0;
	if (entry->mapping.end <= heap_start)
		return make_anonymous(&entry->mapping);
	bss.mapping.end = heap_start;
	bss.mapping.path = strdup("[anon]");
	if (bss.mapping.path == NULL)
		return -ENOMEM;
	result = add_entry(list, &bss);
	if (result != 0)
		free(bss.mapping.path);
	else
		entry->mapping.start = heap_start;
	return result;
}

static int read_entries(FILE *text, uint64_t heap_start, struct entries *list)
{
	char *line = NULL;
	size_t size = 0;
	int result = 0;

	errno = 0;
	while (result == 0 && getline(&line, &size, text) >= 0) {
		struct entry entry = {0};

		if (!parse_line(line, &entry))
			continue;
		result =
			entry.mapping.path == NULL ? -ENOMEM : split_heap(list, &entry, heap_start);
		if (result == 0)
			result = add_entry(list, &entry);
		if (result != 0)
			free(entry.mapping.path);
	}
	if (result == 0 && !feof(text))
		result = errno == ENOMEM ? -ENOMEM : -EIO;
	free(line);
	return result;
}

int upset_maps_parse(FILE *text, uint64_t heap_start, upset_maps_visit *visit, void *context)
{
	struct entries list = {0};
	int result = read_entries(text, heap_start, &list);

	for (size_t i = 0; result == 0 && i < list.count; i++)
		list.items[i].mapping.region = decide_region(&list, i);
	for (size_t i = 0; result == 0 && i < list.count; i++)
		result = visit(context, &list.items[i].mapping, list.items[i].shared);
	free_entries(&list);
	return result;
}

/* Field 47 of /proc/PID/stat, start_brk; 0 when it cannot be had. */
static uint64_t read_heap_start(pid_t pid)
{
	char path[64], *line = NULL, *field;
	uint64_t heap_start = 0;
	size_t size = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	/* The name of the program, field 2, ends at the last parenthesis. */
	if (getline(&line, &size, file) > 0 && (field = strrchr(line, ')')) != NULL) {
		for (int i = 2; i < 47 && field != NULL; i++) {
			field = strchr(field, ' ');
			field += field != NULL;
		}
		if (field != NULL)
			heap_start = strtoull(field, NULL, 10);
	}
	free(line);
	(void)fclose(file);
	return heap_start;
}

int upset_maps_read(pid_t pid, upset_maps_visit *visit, void *context)
{
	char path[64];
	FILE *text;
	int result;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	text = fopen(path, "re");
	if (text == NULL)
		return errno == ENOENT ? -ESRCH : -errno;
	result = upset_maps_parse(text, read_heap_start(pid), visit, context);
	(void)fclose(text);
	return result;
}

struct adding {
	struct upset_profile *profile;
	const char *const *skip_paths;
};

static int add_to_profile(void *context, const struct upset_mapping *mapping, bool shared)
{
	const struct adding *adding = context;

	(void)shared;
	for (const char *const *skip = adding->skip_paths; skip != NULL && *skip != NULL; skip++)
		if (strcmp(*skip, mapping->path) == 0)
			return 0;
	return upset_profile_add_mapping(adding->profile, mapping) == UINT32_MAX ? -ENOMEM : 0;
}

int upset_process_read_maps(
	pid_t pid, int maps_fd, const char *const *skip_paths, struct upset_profile *profile)
{
	struct adding adding = {profile, skip_paths};
	FILE *text;
	int fd, result;

	if (pid != 0)
		return upset_maps_read(pid, add_to_profile, &adding);
	fd = dup(maps_fd);
	if (fd < 0)
		return -errno;
	text = fdopen(fd, "r");
	if (text == NULL) {
		result = -errno;
		close(fd);
		return result;
	}
	result = upset_maps_parse(text, 0, add_to_profile, &adding);
	(void)fclose(text);
	return result;
}
