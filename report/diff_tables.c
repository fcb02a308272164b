/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two runs are compared by: everything that does not depend on the engine
 * or the host.  Engine, versions, times and peak memory are not in here.
 */
#include "report/internal.h"

#define TEXT UPSET_COLUMN_TEXT
#define COUNT UPSET_COLUMN_NUMBER
#define ADDRESS UPSET_COLUMN_ADDRESS
#define BITS UPSET_COLUMN_BITS
#define ONES UPSET_COLUMN_ONES
#define SHARE UPSET_COLUMN_SHARE
#define OPERANDS UPSET_DETAIL_OPERANDS
#define FULL UPSET_DETAIL_FULL

static const char *const run_labels[] = {NULL};
static const char *const module_labels[] = {"module", NULL};
static const char *const instruction_labels[] = {"module", "address", "text", "function", NULL};
static const char *const operand_labels[] = {
	"module", "address", "text", "function", "resource", "access", NULL};
static const char *const register_labels[] = {"register", NULL};
static const char *const block_labels[] = {"module", "address", "function", NULL};
static const char *const call_labels[] = {"caller", "caller_address", "function", "address", NULL};
static const char *const stack_labels[] = {"stack", NULL};
static const char *const memory_labels[] = {"kind", "name", NULL};
static const char *const thread_labels[] = {"thread", NULL};
static const char *const number_labels[] = {"number", "name", NULL};
static const char *const file_labels[] = {"path", NULL};

const struct upset_diff_table upset_diff_tables[] = {
	{.name = "run",
		.relation = "runs",
		.order = "run",
		.labels = run_labels,
		.columns = {{"end", TEXT}, {"status", COUNT}, {"instructions", COUNT},
			{"block_executions", COUNT}, {"calls", COUNT}, {"branches", COUNT},
			{"children_not_counted", COUNT}, {"lost", COUNT}, {"stdout_bytes", COUNT},
			{"stdout_sha256", TEXT}, {"stderr_bytes", COUNT}, {"stderr_sha256", TEXT}}},
	{.name = "modules",
		.relation = "modules",
		.order = "CAST(module AS BLOB)",
		.labels = module_labels,
		.keys = {{"module", TEXT}},
		.columns = {{"sha256", TEXT}, {"build_id", TEXT}}},
	{.name = "instructions",
		.relation = "instructions",
		.order = "CAST(module AS BLOB), address, bytes",
		.labels = instruction_labels,
		.keys = {{"module", TEXT}, {"address", ADDRESS}, {"bytes", TEXT}},
		.columns = {{"executions", COUNT}, {"first_index", COUNT, FULL},
			{"last_index", COUNT, FULL}, {"repeats", COUNT}, {"taken", COUNT}},
		.filtered = true},
	{.name = "operands",
		.relation = "operands",
		.order = "CAST(module AS BLOB), address, bytes, number",
		.labels = operand_labels,
		.keys = {{"module", TEXT}, {"address", ADDRESS}, {"bytes", TEXT},
			{"number", COUNT}},
		.columns = {{"operand", COUNT}, {"resource", TEXT}, {"access", TEXT},
			{"bits", BITS}, {"bit_offset", COUNT}, {"samples", COUNT},
			{"ones", COUNT, OPERANDS}, {"ones_by_bit", ONES, OPERANDS},
			{"address_min", ADDRESS, FULL}, {"address_max", ADDRESS, FULL}},
		.filtered = true},
	{.name = "registers",
		.relation = "registers",
		.order = "resource",
		.labels = register_labels,
		.keys = {{"resource", COUNT}},
		.columns = {{"bits", BITS}, {"reads", COUNT}, {"writes", COUNT},
			{"read_ones_by_bit", ONES, OPERANDS}, {"write_ones_by_bit", ONES, OPERANDS},
			{"live_share", SHARE, FULL}}},
	{.name = "blocks",
		.relation = "blocks",
		.order = "CAST(module AS BLOB), address, bytes, size",
		.labels = block_labels,
		.keys = {{"module", TEXT}, {"address", ADDRESS}, {"bytes", TEXT}, {"size", COUNT}},
		.columns = {{"instructions", COUNT}, {"executions", COUNT}}},
	{.name = "call_sites",
		.relation = "calls",
		.order = "CAST(caller_module AS BLOB), caller_address, CAST(module AS BLOB), "
			 "address",
		.labels = call_labels,
		.keys = {{"caller_module", TEXT}, {"caller_address", ADDRESS}, {"module", TEXT},
			{"address", ADDRESS}},
		.columns = {{"calls", COUNT}, {"instructions", COUNT}},
		.optional = true},
	{.name = "stacks",
		.relation = "stacks",
		.order = "CAST(stack AS BLOB)",
		.labels = stack_labels,
		.keys = {{"stack", TEXT}},
		.columns = {{"instructions", COUNT}},
		.optional = true},
	{.name = "memory",
		.relation = "memory",
		.order = "CAST(kind AS BLOB), CAST(name AS BLOB)",
		.labels = memory_labels,
		.keys = {{"kind", TEXT}, {"name", TEXT}},
		.columns = {{"region", TEXT, FULL}, {"reads", COUNT, FULL}, {"writes", COUNT, FULL},
			{"bytes_read", COUNT, FULL}, {"bytes_written", COUNT, FULL}}},
	{.name = "threads",
		.relation = "threads",
		.order = "thread",
		.labels = thread_labels,
		.keys = {{"thread", COUNT}},
		.columns = {{"instructions", COUNT}}},
	{.name = "syscalls",
		.relation = "syscalls",
		.order = "number",
		.labels = number_labels,
		.keys = {{"number", COUNT}},
		.columns = {{"count", COUNT}}},
	{.name = "signals",
		.relation = "signals",
		.order = "number",
		.labels = number_labels,
		.keys = {{"number", COUNT}},
		.columns = {{"count", COUNT}}},
	{.name = "files",
		.relation = "files",
		.condition = "kind = 'written'",
		.order = "CAST(path AS BLOB)",
		.labels = file_labels,
		.keys = {{"path", TEXT}},
		.columns = {{"present", COUNT}, {"bytes", COUNT}, {"sha256", TEXT}}},
};
const size_t upset_diff_table_count = sizeof(upset_diff_tables) / sizeof(upset_diff_tables[0]);
