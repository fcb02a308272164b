/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages from which the vdso reads the time ("[vvar]") cannot be read from
 * another process, but every process has the same ones: they are read from the
 * tracer's own copy, through a pipe, so that a page that is not there is an
 * error and no crash.
 */
#include <string.h>
#include <unistd.h>

#include "engine/maps.h"
#include "engine/native/native.h"

struct search {
	const char *path;
	uint64_t start;
};

static int note_start(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct search *search = context;

	(void)shared;
	if (strcmp(mapping->path, search->path) == 0)
		search->start = mapping->start;
	return 0;
}

uint64_t native_time_page_find(const char *path)
{
	struct search search = {.path = path};

	if (strncmp(path, "[vvar", 5) == 0)
		(void)upset_maps_read(getpid(), note_start, &search);
	return search.start;
}

size_t native_time_page_read(
	const struct native_trace *trace, uint64_t address, void *buffer, size_t size)
{
	ssize_t n = -1;
	int fds[2];

	for (size_t i = 0; i < trace->area_count; i++) {
		const struct native_area *area = &trace->areas[i];

		if (area->time_page == 0 || address < area->start || address >= area->end)
			continue;
		if (size > area->end - address || pipe(fds) != 0)
			return 0;
		n = write(fds[1],
			(const char *)(uintptr_t)(area->time_page + address - area->start), size);
		if (n > 0)
			n = read(fds[0], buffer, (size_t)n);
		close(fds[0]);
		close(fds[1]);
		break;
	}
	return n > 0 ? (size_t)n : 0;
}
