/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of the page as data: which columns of which views, in which order. */
#include "report/html/internal.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct upset_column run_columns[] = {
	{"run", UPSET_COLUMN_NUMBER},
	{"program", UPSET_COLUMN_TEXT},
	{"arguments", UPSET_COLUMN_TEXT},
	{"program_sha256", UPSET_COLUMN_TEXT},
	{"isa", UPSET_COLUMN_TEXT},
	{"sysroot", UPSET_COLUMN_TEXT},
	{"folder", UPSET_COLUMN_TEXT},
	{"started", UPSET_COLUMN_TEXT},
	{"engine", UPSET_COLUMN_TEXT},
	{"engine_version", UPSET_COLUMN_TEXT},
	{"detail", UPSET_COLUMN_TEXT},
	{"upset_version", UPSET_COLUMN_TEXT},
	{"host_system", UPSET_COLUMN_TEXT},
	{"host_cpu", UPSET_COLUMN_TEXT},
	{"end", UPSET_COLUMN_TEXT},
	{"status", UPSET_COLUMN_NUMBER},
	{"end_reason", UPSET_COLUMN_TEXT},
	{"instructions", UPSET_COLUMN_COUNT},
	{"distinct_instructions", UPSET_COLUMN_COUNT},
	{"blocks", UPSET_COLUMN_COUNT},
	{"calls", UPSET_COLUMN_COUNT},
	{"branches", UPSET_COLUMN_COUNT},
	{"threads", UPSET_COLUMN_COUNT},
	{"syscalls", UPSET_COLUMN_COUNT},
	{"signals", UPSET_COLUMN_COUNT},
	{"children_not_counted", UPSET_COLUMN_COUNT},
	{"lost", UPSET_COLUMN_COUNT},
	{"stdout_bytes", UPSET_COLUMN_BYTES},
	{"stderr_bytes", UPSET_COLUMN_BYTES},
	{"peak_memory_bytes", UPSET_COLUMN_BYTES},
	{"host_time_ns", UPSET_COLUMN_TIME_NS},
};

static const struct upset_column function_columns[] = {
	{"module", UPSET_COLUMN_TEXT},
	{"function", UPSET_COLUMN_TEXT},
	{"file", UPSET_COLUMN_TEXT},
	{"line", UPSET_COLUMN_NUMBER},
	{"instructions", UPSET_COLUMN_COUNT},
	{"executions", UPSET_COLUMN_COUNT},
	{"share", UPSET_COLUMN_SHARE},
};

static const struct upset_column mnemonic_columns[] = {
	{"mnemonic", UPSET_COLUMN_TEXT},
	{"instructions", UPSET_COLUMN_COUNT},
	{"executions", UPSET_COLUMN_COUNT},
	{"share", UPSET_COLUMN_SHARE},
};

static const struct upset_column register_columns[] = {
	{"register", UPSET_COLUMN_TEXT},
	{"kind", UPSET_COLUMN_TEXT},
	{"bits", UPSET_COLUMN_BITS},
	{"reads", UPSET_COLUMN_COUNT},
	{"writes", UPSET_COLUMN_COUNT},
	{"live_share", UPSET_COLUMN_SHARE},
	{"read_ones_by_bit", UPSET_COLUMN_ONES},
	{"write_ones_by_bit", UPSET_COLUMN_ONES},
};

#define ACCESS_COLUMNS                                                                             \
	{"reads", UPSET_COLUMN_COUNT}, {"writes", UPSET_COLUMN_COUNT},                             \
		{"bytes_read", UPSET_COLUMN_COUNT}, {"bytes_written", UPSET_COLUMN_COUNT},

static const struct upset_column region_columns[] = {{"name", UPSET_COLUMN_TEXT}, ACCESS_COLUMNS};

static const struct upset_column page_columns[] = {
	{"address", UPSET_COLUMN_ADDRESS}, {"region", UPSET_COLUMN_TEXT}, ACCESS_COLUMNS};

static const struct upset_column size_columns[] = {
	{"bytes", UPSET_COLUMN_NUMBER},
	{"loads", UPSET_COLUMN_COUNT},
	{"stores", UPSET_COLUMN_COUNT},
};

static const struct upset_column mapping_columns[] = {
	{"start", UPSET_COLUMN_ADDRESS},
	{"end", UPSET_COLUMN_ADDRESS},
	{"region", UPSET_COLUMN_TEXT},
	{"permissions", UPSET_COLUMN_TEXT},
	{"path", UPSET_COLUMN_TEXT},
};

/* A seed has 64 bits, which a number of a page has not. */
static const struct upset_column campaign_columns[] = {
	{"campaign", UPSET_COLUMN_NUMBER},
	{"program", UPSET_COLUMN_TEXT},
	{"arguments", UPSET_COLUMN_TEXT},
	{"program_sha256", UPSET_COLUMN_TEXT},
	{"isa", UPSET_COLUMN_TEXT},
	{"sysroot", UPSET_COLUMN_TEXT},
	{"folder", UPSET_COLUMN_TEXT},
	{"started", UPSET_COLUMN_TEXT},
	{"engine", UPSET_COLUMN_TEXT},
	{"engine_version", UPSET_COLUMN_TEXT},
	{"upset_version", UPSET_COLUMN_TEXT},
	{"host_system", UPSET_COLUMN_TEXT},
	{"host_cpu", UPSET_COLUMN_TEXT},
	{"golden_end", UPSET_COLUMN_TEXT},
	{"golden_status", UPSET_COLUMN_NUMBER},
	{"golden_reason", UPSET_COLUMN_TEXT},
	{"golden_instructions", UPSET_COLUMN_COUNT},
	{"golden_time_ns", UPSET_COLUMN_TIME_NS},
	{"options", UPSET_COLUMN_TEXT},
	{"source", UPSET_COLUMN_TEXT},
	{"seed", UPSET_COLUMN_TEXT},
	{"population", UPSET_COLUMN_COUNT},
	{"confidence", UPSET_COLUMN_SHARE},
	{"planned", UPSET_COLUMN_COUNT},
	{"made", UPSET_COLUMN_COUNT},
	{"masked", UPSET_COLUMN_COUNT},
	{"detected", UPSET_COLUMN_COUNT},
	{"sdc", UPSET_COLUMN_COUNT},
	{"due", UPSET_COLUMN_COUNT},
	{"not_injected", UPSET_COLUMN_COUNT},
	{"tool_error", UPSET_COLUMN_COUNT},
	{"controls", UPSET_COLUMN_COUNT},
	{"controls_different", UPSET_COLUMN_COUNT},
};

static const struct upset_column control_columns[] = {
	{"control", UPSET_COLUMN_NUMBER},
	{"fault", UPSET_COLUMN_TEXT},
	{"result", UPSET_COLUMN_TEXT},
	{"difference", UPSET_COLUMN_TEXT},
	{"way", UPSET_COLUMN_TEXT},
};

static const struct upset_column not_injected_columns[] = {
	{"state", UPSET_COLUMN_TEXT},
	{"reason", UPSET_COLUMN_TEXT},
	{"faults", UPSET_COLUMN_COUNT},
};

#define SHARE_COLUMNS                                                                              \
	{"experiments", UPSET_COLUMN_COUNT}, {"share", UPSET_COLUMN_RATE},                         \
		{"share_low", UPSET_COLUMN_RATE}, {"share_high", UPSET_COLUMN_RATE},               \
		{"extrapolated", UPSET_COLUMN_COUNT},

static const struct upset_column total_columns[] = {{"outcome", UPSET_COLUMN_TEXT}, SHARE_COLUMNS};

static const struct upset_column outcome_columns[] = {
	{"outcome", UPSET_COLUMN_TEXT}, {"cause", UPSET_COLUMN_TEXT}, SHARE_COLUMNS};

static const struct upset_column detection_columns[] = {{"detected", UPSET_COLUMN_COUNT},
	{"sdc", UPSET_COLUMN_COUNT}, {"coverage", UPSET_COLUMN_RATE},
	{"coverage_low", UPSET_COLUMN_RATE}, {"coverage_high", UPSET_COLUMN_RATE}};

#define GROUP_COLUMNS                                                                              \
	{"results", UPSET_COLUMN_COUNT}, {"masked", UPSET_COLUMN_COUNT},                           \
		{"detected", UPSET_COLUMN_COUNT}, {"sdc", UPSET_COLUMN_COUNT},                     \
		{"due", UPSET_COLUMN_COUNT}, {"not_injected", UPSET_COLUMN_COUNT},                 \
		{"masked_share", UPSET_COLUMN_RATE}, {"detected_share", UPSET_COLUMN_RATE},        \
		{"sdc_share", UPSET_COLUMN_RATE}, {"due_share", UPSET_COLUMN_RATE},                \
		{"sdc_low", UPSET_COLUMN_RATE}, {"sdc_high", UPSET_COLUMN_RATE},

static const struct upset_column by_location_columns[] = {
	{"location", UPSET_COLUMN_TEXT}, GROUP_COLUMNS};

static const struct upset_column by_location_bit_columns[] = {
	{"location", UPSET_COLUMN_TEXT}, {"bit", UPSET_COLUMN_NUMBER}, GROUP_COLUMNS};

static const struct upset_column by_function_columns[] = {
	{"module", UPSET_COLUMN_TEXT}, {"function", UPSET_COLUMN_TEXT}, GROUP_COLUMNS};

static const struct upset_column by_line_columns[] = {{"file", UPSET_COLUMN_TEXT},
	{"line", UPSET_COLUMN_NUMBER}, {"function", UPSET_COLUMN_TEXT}, GROUP_COLUMNS};

static const struct upset_column by_time_columns[] = {
	{"twentieth", UPSET_COLUMN_NUMBER}, GROUP_COLUMNS};

static const struct upset_column experiment_columns[] = {
	{"experiment", UPSET_COLUMN_NUMBER},
	{"fault", UPSET_COLUMN_TEXT},
	{"outcome", UPSET_COLUMN_TEXT},
	{"cause", UPSET_COLUMN_TEXT},
	{"end", UPSET_COLUMN_TEXT},
	{"status", UPSET_COLUMN_NUMBER},
	{"insn", UPSET_COLUMN_COUNT},
	{"location", UPSET_COLUMN_TEXT},
	{"bit", UPSET_COLUMN_NUMBER},
	{"module", UPSET_COLUMN_TEXT},
	{"module_address", UPSET_COLUMN_ADDRESS},
	{"function", UPSET_COLUMN_TEXT},
	{"file", UPSET_COLUMN_TEXT},
	{"line", UPSET_COLUMN_NUMBER},
	{"old_value", UPSET_COLUMN_TEXT},
	{"new_value", UPSET_COLUMN_TEXT},
	{"latency", UPSET_COLUMN_COUNT},
};

/* clang-format off */
#define TABLE(kind, name, relation, order, array) \
	{name, relation, order, UPSET_SCOPE_##kind, array, COUNT_OF(array)}
/* clang-format on */

const struct upset_html_table upset_html_tables[] = {
	TABLE(RUN, "run", "runs", "run", run_columns),
	TABLE(RUN, "functions", "functions", "executions DESC, module_number, address",
		function_columns),
	TABLE(RUN, "mnemonics", "mnemonics", "executions DESC, mnemonic", mnemonic_columns),
	TABLE(RUN, "registers", "registers", "resource", register_columns),
	TABLE(RUN, "regions", "region", "number", region_columns),
	TABLE(RUN, "pages", "page", "number", page_columns),
	TABLE(RUN, "sizes", "access_size", "bytes", size_columns),
	TABLE(RUN, "mappings", "mapping", "number", mapping_columns),
	TABLE(CAMPAIGN, "campaign", "campaigns", "campaign", campaign_columns),
	TABLE(CAMPAIGN, "totals", "outcome_totals", "outcome_number", total_columns),
	TABLE(CAMPAIGN, "detection", "detection", "campaign", detection_columns),
	TABLE(CAMPAIGN, "outcomes", "outcomes", "outcome_number, experiments DESC, cause",
		outcome_columns),
	TABLE(CAMPAIGN, "controls", "controls", "control", control_columns),
	TABLE(CAMPAIGN, "not_injected", "not_injected", "faults DESC, state, reason",
		not_injected_columns),
	TABLE(CAMPAIGN, "by_location", "by_location", "location", by_location_columns),
	TABLE(CAMPAIGN, "by_location_bit", "by_location_bit", "location, bit",
		by_location_bit_columns),
	TABLE(CAMPAIGN, "by_function", "by_function", "sdc DESC, due DESC, module, function",
		by_function_columns),
	TABLE(CAMPAIGN, "by_line", "by_line", "sdc DESC, due DESC, file, line, function",
		by_line_columns),
	TABLE(CAMPAIGN, "by_time", "by_time", "twentieth", by_time_columns),
	TABLE(CAMPAIGN, "experiments", "experiments", "experiment", experiment_columns),
};
const size_t upset_html_table_count = COUNT_OF(upset_html_tables);
