/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Overlapping ranges, flattened once into pieces that do not overlap: see spans.h. */
#include "symbols/spans.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By start; of equal starts the one that counts most comes last. */
static int compare_spans(const void *left, const void *right)
{
	const struct upset_span *a = left, *b = right;
	int order = compare_numbers(a->start, b->start);

	if (order == 0)
		order = compare_numbers(b->end, a->end);
	if (order == 0)
		order = compare_numbers(a->number, b->number);
	return order;
}

static void add_piece(struct upset_spans *map, uint64_t start, uint32_t number)
{
	if (map->count > 0 && map->pieces[map->count - 1].start == start)
		map->count--;
	map->pieces[map->count++] = (struct upset_span_piece){.start = start, .number = number};
}

/*
 * Spans that have begun and may not have ended: a stack, as the one that began
 * last is the one that counts.
 */
struct open_spans {
	const struct upset_span **items;
	size_t count;
};

/* Take the spans that end at or before @until off the stack, uncovering those below. */
static void close_until(struct upset_spans *map, struct open_spans *open, uint64_t until)
{
	while (open->count > 0 && open->items[open->count - 1]->end <= until) {
		uint64_t end = open->items[--open->count]->end;

		while (open->count > 0 && open->items[open->count - 1]->end <= end)
			open->count--;
		add_piece(map, end,
			open->count > 0 ? open->items[open->count - 1]->number : UPSET_SPAN_NONE);
	}
}

static void flatten(struct upset_spans *map, struct open_spans *open,
	const struct upset_span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (spans[i].end <= spans[i].start)
			continue;
		close_until(map, open, spans[i].start);
		add_piece(map, spans[i].start, spans[i].number);
		open->items[open->count++] = &spans[i];
	}
	close_until(map, open, UINT64_MAX);
}

int upset_spans_build(struct upset_spans *map, struct upset_span *spans, size_t count)
{
	struct open_spans open = {0};

	*map = (struct upset_spans){0};
	if (count == 0)
		return 0;
	map->pieces = calloc(2 * count, sizeof(*map->pieces));
	open.items = calloc(count, sizeof(struct upset_span *));
	if (map->pieces == NULL || open.items == NULL) {
		upset_spans_free(map);
		free(open.items);
		return -ENOMEM;
	}
	qsort(spans, count, sizeof(*spans), compare_spans);
	flatten(map, &open, spans, count);
	free(open.items);
	return 0;
}

void upset_spans_free(struct upset_spans *map)
{
	free(map->pieces);
	*map = (struct upset_spans){0};
}

static bool holds(const struct upset_spans *map, size_t piece, uint64_t address)
{
	return piece < map->count && map->pieces[piece].start <= address &&
	       (piece + 1 == map->count || address < map->pieces[piece + 1].start);
}

/* The number of pieces that begin at or before @address. */
static size_t count_before(const struct upset_spans *map, uint64_t address)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->pieces[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t upset_spans_find(struct upset_spans *map, uint64_t address)
{
	size_t before;

	if (holds(map, map->cursor, address))
		return map->pieces[map->cursor].number;
	before = count_before(map, address);
	if (before == 0)
		return UPSET_SPAN_NONE;
	map->cursor = before - 1;
	return map->pieces[map->cursor].number;
}
