/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: a memory map as text.  What is accepted must be in order
 * and have paths that end.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int visit(void *context, const struct upset_mapping *mapping, bool shared)
{
	unsigned int *count = context;

	(void)shared;
	if (mapping->start > mapping->end || mapping->path == NULL ||
		strlen(mapping->path) > UINT16_MAX)
		abort();
	(*count)++;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t heap_start = 0;
	unsigned int count = 0;
	FILE *text;

	if (size <= sizeof(heap_start))
		return 0;
	memcpy(&heap_start, data, sizeof(heap_start));
	text = fmemopen(
		(void *)(uintptr_t)(data + sizeof(heap_start)), size - sizeof(heap_start), "r");
	if (text == NULL)
		return 0;
	(void)upset_maps_parse(text, heap_start, visit, &count);
	(void)fclose(text);
	return 0;
}
