/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of a run: see edges.h. */
#include "export/edges.h"

static int step(struct upset_edges *edges, struct upset_error *error)
{
	int result = upset_store_next(edges->cursor, error);

	edges->there = result == 1;
	edges->taken = false;
	return result < 0 ? result : 0;
}

int upset_edges_open(struct upset_edges *edges, struct upset_store *store, int64_t run,
	struct upset_error *error)
{
	static const char *const columns[] = {"site", "module", "function", "file", "line",
		"address", "calls", "instructions", "register_reads", "register_writes", "loads",
		"stores"};
	/* Handlers of signals are called from everywhere; stubs have no calls of their own. */
	const struct upset_store_query query = {.view = "calls",
		.columns = columns,
		.column_count = 7 + UPSET_COSTS,
		.run = run,
		.condition = "site IS NOT NULL AND entry IS NOT NULL AND calls > 0",
		.order = "site, entry",
		.limit = -1};
	int result;

	*edges = (struct upset_edges){0};
	result = upset_store_select(store, &query, &edges->cursor, error);
	return result == 0 ? step(edges, error) : result;
}

int upset_edges_next(struct upset_edges *edges, int64_t instruction, struct upset_edge *edge,
	struct upset_error *error)
{
	struct upset_store_cursor *at = edges->cursor;
	int result = edges->taken ? step(edges, error) : 0;

	if (result != 0)
		return result;
	if (!edges->there || upset_store_integer(at, 0) != instruction)
		return 0;
	*edge = (struct upset_edge){
		.module = upset_store_text(at, 1, NULL),
		.function = upset_store_text(at, 2, NULL),
		.file = upset_store_text(at, 3, NULL),
		.line = upset_store_integer(at, 4),
		.address = (uint64_t)upset_store_integer(at, 5),
		.calls = (uint64_t)upset_store_integer(at, 6),
	};
	while (edge->cost_count < UPSET_COSTS && !upset_store_is_null(at, 7 + edge->cost_count)) {
		edge->costs[edge->cost_count] =
			(uint64_t)upset_store_integer(at, 7 + edge->cost_count);
		edge->cost_count++;
	}
	edges->taken = true;
	return 1;
}

void upset_edges_close(struct upset_edges *edges)
{
	upset_store_cursor_close(edges->cursor);
	*edges = (struct upset_edges){0};
}
