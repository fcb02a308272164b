/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions of a run, each with what it cost.  Private to export/. */
#ifndef UPSET_EXPORT_COSTS_H
#define UPSET_EXPORT_COSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* As they stand in a file; the names are in costs.c. */
enum upset_cost {
	UPSET_COST_EXECUTIONS,
	UPSET_COST_REGISTER_READS,
	UPSET_COST_REGISTER_WRITES,
	UPSET_COST_LOADS,
	UPSET_COST_STORES,
	UPSET_COSTS
};

extern const struct upset_cost_name {
	const char *event; /* a word */
	const char *meaning;
} upset_cost_names[UPSET_COSTS];

/* One instruction; texts last until the next one is read. */
struct upset_cost_row {
	int64_t instruction;		      /* its number in the study */
	const char *module, *function, *file; /* "": unknown */
	int64_t line;			      /* 0: unknown */
	uint64_t address;		      /* in the module's file */
	uint64_t costs[UPSET_COSTS];
};

struct upset_costs {
	struct upset_store_cursor *instructions, *operands;
	bool operand_there; /* the row of operands is still to be added */
};

/*
 * Read the instructions of @run, by module and address.  0, -EIO, -ENOMEM; end with
 * upset_costs_close() in any case.
 */
int upset_costs_open(struct upset_costs *costs, struct upset_store *store, int64_t run,
	struct upset_error *error);
/* 1 and the next one in *@row, 0: there are no more, -EIO. */
int upset_costs_next(
	struct upset_costs *costs, struct upset_cost_row *row, struct upset_error *error);
void upset_costs_close(struct upset_costs *costs);

#endif
