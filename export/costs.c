/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions and their operands, read side by side: see costs.h. */
#include "export/costs.h"

#include <string.h>

const struct upset_cost_name upset_cost_names[UPSET_COSTS] = {
	[UPSET_COST_EXECUTIONS] = {"Ir", "Instructions"},
	[UPSET_COST_REGISTER_READS] = {"Rr", "Register and flag reads"},
	[UPSET_COST_REGISTER_WRITES] = {"Rw", "Register and flag writes"},
	[UPSET_COST_LOADS] = {"Dr", "Loads"},
	[UPSET_COST_STORES] = {"Dw", "Stores"},
};

/* Both in the order of instructions, which is that of modules and addresses. */
int upset_costs_open(struct upset_costs *costs, struct upset_store *store, int64_t run,
	struct upset_error *error)
{
	static const char *const instruction[] = {
		"instruction", "module", "function", "file", "line", "address", "executions"};
	static const char *const operand[] = {"instruction", "resource", "access", "samples"};
	struct upset_store_query query = {.view = "instructions",
		.columns = instruction,
		.column_count = 7,
		.run = run,
		.order = "module_id, instruction",
		.limit = -1};
	int result;

	*costs = (struct upset_costs){0};
	result = upset_store_select(store, &query, &costs->instructions, error);
	query.view = "operands";
	query.columns = operand;
	query.column_count = 4;
	if (result == 0)
		result = upset_store_select(store, &query, &costs->operands, error);
	if (result == 0)
		result = upset_store_next(costs->operands, error);
	costs->operand_there = result == 1;
	return result < 0 ? result : 0;
}

static void add_operand(struct upset_store_cursor *operand, uint64_t costs[UPSET_COSTS])
{
	bool memory = strcmp(upset_store_text(operand, 1, NULL), "memory") == 0;
	bool write = strcmp(upset_store_text(operand, 2, NULL), "w") == 0;
	uint64_t samples = (uint64_t)upset_store_integer(operand, 3);

	if (memory)
		costs[write ? UPSET_COST_STORES : UPSET_COST_LOADS] += samples;
	else
		costs[write ? UPSET_COST_REGISTER_WRITES : UPSET_COST_REGISTER_READS] += samples;
}

int upset_costs_next(
	struct upset_costs *costs, struct upset_cost_row *row, struct upset_error *error)
{
	struct upset_store_cursor *at = costs->instructions;
	int result = upset_store_next(at, error);
	int64_t instruction;

	if (result != 1)
		return result;
	instruction = upset_store_integer(at, 0);
	*row = (struct upset_cost_row){
		.instruction = instruction,
		.module = upset_store_text(at, 1, NULL),
		.function = upset_store_text(at, 2, NULL),
		.file = upset_store_text(at, 3, NULL),
		.line = upset_store_integer(at, 4),
		.address = (uint64_t)upset_store_integer(at, 5),
		.costs[UPSET_COST_EXECUTIONS] = (uint64_t)upset_store_integer(at, 6),
	};
	while (costs->operand_there && upset_store_integer(costs->operands, 0) == instruction) {
		add_operand(costs->operands, row->costs);
		result = upset_store_next(costs->operands, error);
		if (result < 0)
			return result;
		costs->operand_there = result == 1;
	}
	return 1;
}

void upset_costs_close(struct upset_costs *costs)
{
	upset_store_cursor_close(costs->instructions);
	upset_store_cursor_close(costs->operands);
	*costs = (struct upset_costs){0};
}
