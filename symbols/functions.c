/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions of a module, in order, and which one is at an address: see functions.h. */
#include "symbols/functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

int upset_functions_add(struct upset_functions *functions, const struct upset_function *function)
{
	if (functions->count == functions->room) {
		size_t room = functions->room == 0 ? FIRST_ROOM : 2 * functions->room;
		struct upset_function *items = reallocarray(functions->items, room, sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		functions->items = items;
		functions->room = room;
	}
	functions->items[functions->count++] = *function;
	return 0;
}

/* --- order and extent ---------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By start, sized ones first, then worst to best. */
static int compare_functions(const void *left, const void *right)
{
	const struct upset_function *a = left, *b = right;
	int order = compare_numbers(a->start, b->start);

	if (order == 0)
		order = compare_numbers(b->size, a->size);
	if (order == 0)
		order = compare_numbers(a->rank, b->rank);
	if (order == 0)
		order = compare_numbers(strspn(b->name, "_"), strspn(a->name, "_"));
	return order != 0 ? order : strcmp(b->name, a->name);
}

void upset_functions_sort(struct upset_functions *functions)
{
	if (functions->count > 0)
		qsort(functions->items, functions->count, sizeof(*functions->items),
			compare_functions);
}

/* The ranges of the functions; those without a size only where no other one is. */
static size_t make_spans(const struct upset_functions *functions, struct upset_span *spans)
{
	uint64_t next = UINT64_MAX, covered = 0;
	size_t count = 0;

	for (size_t i = functions->count; i-- > 0;) {
		const struct upset_function *function = &functions->items[i];

		if (i + 1 < functions->count && functions->items[i + 1].start > function->start)
			next = functions->items[i + 1].start;
		spans[i] = (struct upset_span){
			.start = function->start,
			.end = function->limit < next ? function->limit : next,
			.number = (uint32_t)i,
		};
	}
	for (size_t i = 0; i < functions->count; i++) {
		const struct upset_function *function = &functions->items[i];

		if (function->size > 0)
			spans[i].end = function->start + function->size;
		if (function->size > 0 && spans[i].end > covered)
			covered = spans[i].end;
		if (function->size > 0 || function->start >= covered)
			spans[count++] = spans[i];
	}
	return count;
}

int upset_functions_map(struct upset_functions *functions)
{
	struct upset_span *spans = calloc(functions->count + 1, sizeof(*spans));
	int result;

	if (spans == NULL)
		return -ENOMEM;
	result = upset_spans_build(&functions->spans, spans, make_spans(functions, spans));
	free(spans);
	return result;
}

void upset_functions_free(struct upset_functions *functions)
{
	for (size_t i = 0; i < functions->name_count; i++)
		free(functions->names[i]);
	free(functions->names);
	free(functions->items);
	upset_spans_free(&functions->spans);
	*functions = (struct upset_functions){0};
}

const struct upset_function *upset_functions_find(
	struct upset_functions *functions, uint64_t address)
{
	uint32_t number = upset_spans_find(&functions->spans, address);

	return number != UPSET_SPAN_NONE ? &functions->items[number] : NULL;
}
