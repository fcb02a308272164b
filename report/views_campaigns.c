/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of campaigns: which columns, of which type, in which order. */
#include "report/internal.h"

static const struct upset_column variable_columns[] = {
	{"variable", UPSET_COLUMN_NAME, "variable"},
	{"value", UPSET_COLUMN_NAME, "value"},
};

static const struct upset_column campaign_columns[] = {
	{"campaign", UPSET_COLUMN_NUMBER, "campaign"},
	{"program", UPSET_COLUMN_TEXT, "program"},
	{"arguments", UPSET_COLUMN_TEXT, "arguments"},
	{"program_sha256", UPSET_COLUMN_TEXT, "program hash"},
	{"isa", UPSET_COLUMN_TEXT, "built for"},
	{"sysroot", UPSET_COLUMN_TEXT, "sysroot"},
	{"folder", UPSET_COLUMN_TEXT, "in folder"},
	{"started", UPSET_COLUMN_TEXT, "started"},
	{"engine", UPSET_COLUMN_TEXT, "engine"},
	{"engine_version", UPSET_COLUMN_TEXT, "engine version"},
	{"upset_version", UPSET_COLUMN_TEXT, "upset version"},
	{"host_system", UPSET_COLUMN_TEXT, "host"},
	{"host_cpu", UPSET_COLUMN_TEXT, "processor"},
	{"identity", UPSET_COLUMN_TEXT, NULL},
	{"run", UPSET_COLUMN_NUMBER, "golden run"},
	{"golden_end", UPSET_COLUMN_TEXT, "golden end"},
	{"golden_status", UPSET_COLUMN_NUMBER, "  status"},
	{"golden_reason", UPSET_COLUMN_TEXT, "  because"},
	{"golden_instructions", UPSET_COLUMN_COUNT, "  instructions"},
	{"golden_time_ns", UPSET_COLUMN_TIME_NS, "  time"},
	{"stdout_bytes", UPSET_COLUMN_BYTES, "  stdout"},
	{"stdout_sha256", UPSET_COLUMN_TEXT, "    hash"},
	{"stderr_bytes", UPSET_COLUMN_BYTES, "  stderr"},
	{"stderr_sha256", UPSET_COLUMN_TEXT, "    hash"},
	{"options", UPSET_COLUMN_TEXT, "options"},
	{"selection", UPSET_COLUMN_TEXT, "sampled"},
	{"source", UPSET_COLUMN_TEXT, "faults from"},
	{"seed", UPSET_COLUMN_NUMBER, "seed"},
	{"population", UPSET_COLUMN_COUNT, "population"},
	{"confidence", UPSET_COLUMN_SHARE, "confidence"},
	{"planned", UPSET_COLUMN_COUNT, "planned"},
	{"made", UPSET_COLUMN_COUNT, "made"},
	{"masked", UPSET_COLUMN_COUNT, NULL},
	{"detected", UPSET_COLUMN_COUNT, NULL},
	{"sdc", UPSET_COLUMN_COUNT, NULL},
	{"due", UPSET_COLUMN_COUNT, NULL},
	{"not_injected", UPSET_COLUMN_COUNT, NULL},
	{"tool_error", UPSET_COLUMN_COUNT, NULL},
	{"controls", UPSET_COLUMN_COUNT, "controls"},
	{"controls_different", UPSET_COLUMN_COUNT, "  different"},
};

static const struct upset_column campaigns_columns[] = {
	{"campaign", UPSET_COLUMN_NUMBER, "campaign"},
	{"started", UPSET_COLUMN_TIMESTAMP, "started"},
	{"engine", UPSET_COLUMN_TEXT, "engine"},
	{"source", UPSET_COLUMN_TEXT, NULL},
	{"planned", UPSET_COLUMN_COUNT, "planned"},
	{"made", UPSET_COLUMN_COUNT, "made"},
	{"masked", UPSET_COLUMN_COUNT, "masked"},
	{"detected", UPSET_COLUMN_COUNT, "detected"},
	{"sdc", UPSET_COLUMN_COUNT, "sdc"},
	{"due", UPSET_COLUMN_COUNT, "due"},
	{"not_injected", UPSET_COLUMN_COUNT, NULL},
	{"tool_error", UPSET_COLUMN_COUNT, NULL},
	{"program", UPSET_COLUMN_FILE, "program"},
	{"arguments", UPSET_COLUMN_TEXT, NULL},
	{"options", UPSET_COLUMN_TEXT, NULL},
};

static const struct upset_column outcome_columns[] = {
	{"outcome", UPSET_COLUMN_TEXT, "outcome"},
	{"cause", UPSET_COLUMN_NAME, "cause"},
	{"letter", UPSET_COLUMN_TEXT, NULL},
	{"experiments", UPSET_COLUMN_COUNT, "experiments"},
	{"share", UPSET_COLUMN_RATE, "share"},
	{"share_low", UPSET_COLUMN_RATE, "share low"},
	{"share_high", UPSET_COLUMN_RATE, "share high"},
	{"extrapolated", UPSET_COLUMN_COUNT, "extrapolated"},
};

static const struct upset_column outcome_total_columns[] = {
	{"outcome", UPSET_COLUMN_TEXT, "outcome"},
	{"experiments", UPSET_COLUMN_COUNT, "experiments"},
	{"share", UPSET_COLUMN_RATE, "share"},
	{"share_low", UPSET_COLUMN_RATE, "share low"},
	{"share_high", UPSET_COLUMN_RATE, "share high"},
	{"extrapolated", UPSET_COLUMN_COUNT, "extrapolated"},
};

static const struct upset_column detection_columns[] = {
	{"detected", UPSET_COLUMN_COUNT, "detected"},
	{"sdc", UPSET_COLUMN_COUNT, "sdc"},
	{"coverage", UPSET_COLUMN_RATE, "coverage"},
	{"coverage_low", UPSET_COLUMN_RATE, "coverage low"},
	{"coverage_high", UPSET_COLUMN_RATE, "coverage high"},
};

static const struct upset_column experiment_columns[] = {
	{"experiment", UPSET_COLUMN_NUMBER, "number"},
	{"fault", UPSET_COLUMN_TEXT, NULL},
	{"outcome", UPSET_COLUMN_NAME, "outcome"},
	{"cause", UPSET_COLUMN_NAME, "cause"},
	{"letter", UPSET_COLUMN_TEXT, NULL},
	{"end", UPSET_COLUMN_TEXT, NULL},
	{"status", UPSET_COLUMN_NUMBER, NULL},
	{"insn", UPSET_COLUMN_COUNT, NULL},
	{"instructions", UPSET_COLUMN_COUNT, NULL},
	{"model", UPSET_COLUMN_TEXT, NULL},
	{"location", UPSET_COLUMN_TEXT, "location"},
	{"bit", UPSET_COLUMN_NUMBER, "bit"},
	{"address", UPSET_COLUMN_ADDRESS, NULL},
	{"module", UPSET_COLUMN_TEXT, NULL},
	{"module_address", UPSET_COLUMN_ADDRESS, "address"},
	{"function", UPSET_COLUMN_NAME, "function"},
	{"file", UPSET_COLUMN_FILE, NULL},
	{"line", UPSET_COLUMN_NUMBER, "line"},
	{"old_value", UPSET_COLUMN_TEXT, NULL},
	{"new_value", UPSET_COLUMN_TEXT, NULL},
	{"latency", UPSET_COLUMN_COUNT, "latency"},
	{"host_time_ns", UPSET_COLUMN_TIME_NS, NULL},
	{"way", UPSET_COLUMN_TEXT, NULL},
};

static const struct upset_column fault_columns[] = {
	{"experiment", UPSET_COLUMN_NUMBER, "number"},
	{"position", UPSET_COLUMN_NUMBER, "#"},
	{"fault", UPSET_COLUMN_TEXT, NULL},
	{"model", UPSET_COLUMN_TEXT, "model"},
	{"location", UPSET_COLUMN_TEXT, "location"},
	{"bit", UPSET_COLUMN_NUMBER, "bit"},
	{"state", UPSET_COLUMN_TEXT, "state"},
	{"reason", UPSET_COLUMN_TEXT, NULL},
	{"outcome", UPSET_COLUMN_TEXT, NULL},
	{"address", UPSET_COLUMN_ADDRESS, NULL},
	{"module", UPSET_COLUMN_TEXT, NULL},
	{"module_address", UPSET_COLUMN_ADDRESS, "address"},
	{"function", UPSET_COLUMN_NAME, NULL},
	{"file", UPSET_COLUMN_FILE, NULL},
	{"line", UPSET_COLUMN_NUMBER, NULL},
	{"old_value", UPSET_COLUMN_TEXT, "old value"},
	{"new_value", UPSET_COLUMN_TEXT, "new value"},
	{"read_back", UPSET_COLUMN_TEXT, NULL},
};

static const struct upset_column control_columns[] = {
	{"control", UPSET_COLUMN_NUMBER, "number"},
	{"fault", UPSET_COLUMN_TEXT, "place"},
	{"result", UPSET_COLUMN_TEXT, "result"},
	{"difference", UPSET_COLUMN_NAME, "difference"},
	{"end", UPSET_COLUMN_TEXT, NULL},
	{"status", UPSET_COLUMN_NUMBER, NULL},
	{"insn", UPSET_COLUMN_COUNT, NULL},
	{"instructions", UPSET_COLUMN_COUNT, NULL},
	{"host_time_ns", UPSET_COLUMN_TIME_NS, NULL},
	{"way", UPSET_COLUMN_TEXT, "way"},
};

static const struct upset_column not_injected_columns[] = {
	{"state", UPSET_COLUMN_TEXT, "state"},
	{"reason", UPSET_COLUMN_NAME, "reason"},
	{"faults", UPSET_COLUMN_COUNT, "faults"},
};

/* How the experiments of a group came out. */
#define OUTCOME_COLUMNS(outcome, head, low, high)                                                  \
	{outcome "_share", UPSET_COLUMN_RATE, head}, {outcome "_low", UPSET_COLUMN_RATE, low},     \
	{                                                                                          \
		outcome "_high", UPSET_COLUMN_RATE, high                                           \
	}
#define GROUP_COLUMNS                                                                              \
	{"results", UPSET_COLUMN_COUNT, "results"}, {"masked", UPSET_COLUMN_COUNT, NULL},          \
		{"detected", UPSET_COLUMN_COUNT, NULL}, {"sdc", UPSET_COLUMN_COUNT, NULL},         \
		{"due", UPSET_COLUMN_COUNT, NULL}, {"not_injected", UPSET_COLUMN_COUNT, NULL},     \
		OUTCOME_COLUMNS("masked", "masked", NULL, NULL),                                   \
		OUTCOME_COLUMNS("detected", "detected", NULL, NULL),                               \
		OUTCOME_COLUMNS("due", "due", NULL, NULL),                                         \
		OUTCOME_COLUMNS("sdc", "sdc", "sdc low", "sdc high"),

static const struct upset_column by_location_columns[] = {
	{"location", UPSET_COLUMN_TEXT, "location"}, GROUP_COLUMNS};

static const struct upset_column by_bit_columns[] = {
	{"bit", UPSET_COLUMN_NUMBER, "bit"}, GROUP_COLUMNS};

static const struct upset_column by_function_columns[] = {{"module", UPSET_COLUMN_FILE, "module"},
	{"function", UPSET_COLUMN_NAME, "function"}, GROUP_COLUMNS};

static const struct upset_column by_line_columns[] = {{"file", UPSET_COLUMN_FILE, "file"},
	{"line", UPSET_COLUMN_NUMBER, "line"}, {"function", UPSET_COLUMN_NAME, "function"},
	GROUP_COLUMNS};

static const struct upset_column by_location_bit_columns[] = {
	{"location", UPSET_COLUMN_TEXT, "location"}, {"bit", UPSET_COLUMN_NUMBER, "bit"},
	GROUP_COLUMNS};

static const struct upset_column by_time_columns[] = {
	{"twentieth", UPSET_COLUMN_NUMBER, "twentieth"}, GROUP_COLUMNS};

const struct upset_view upset_campaign_views[] = {
	{.name = "campaign",
		.help = "the campaign at a glance",
		.relation = "campaigns",
		COLUMNS(campaign_columns),
		.order = "campaign",
		.scope = UPSET_SCOPE_CAMPAIGN,
		.vertical = true},
	{.name = "campaign_variables",
		.help = "the environment of its program",
		.relation = "campaign_variables",
		COLUMNS(variable_columns),
		.order = "position",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "outcomes",
		.help = "what experiments came to, and why",
		.relation = "outcomes",
		COLUMNS(outcome_columns),
		.order = "outcome_number, experiments DESC, cause",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "outcome_totals",
		.help = "what experiments came to",
		.relation = "outcome_totals",
		COLUMNS(outcome_total_columns),
		.order = "outcome_number",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "detection",
		.help = "detection coverage: of what was detected or sdc, what was detected",
		.relation = "detection",
		COLUMNS(detection_columns),
		.order = "campaign",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "experiments",
		.help = "each experiment",
		.relation = "experiments",
		COLUMNS(experiment_columns),
		.order = "experiment",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "faults",
		.help = "each fault of each experiment",
		.relation = "faults",
		COLUMNS(fault_columns),
		.order = "experiment, position",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "controls",
		.help = "experiments without a fault: are they equal to the golden run?",
		.relation = "controls",
		COLUMNS(control_columns),
		.order = "control",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "not_injected",
		.help = "why faults were not injected",
		.relation = "not_injected",
		COLUMNS(not_injected_columns),
		.order = "faults DESC, state, reason",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_location",
		.help = "outcomes by location: register, memory, ...",
		.relation = "by_location",
		COLUMNS(by_location_columns),
		.order = "location",
		.terminal_order = "sdc DESC, due DESC, location",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_bit",
		.help = "outcomes by bit",
		.relation = "by_bit",
		COLUMNS(by_bit_columns),
		.order = "bit",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_location_bit",
		.help = "outcomes by location and bit",
		.relation = "by_location_bit",
		COLUMNS(by_location_bit_columns),
		.order = "location, bit",
		.terminal_order = "sdc DESC, due DESC, location, bit",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_time",
		.help = "outcomes by twentieth of the run that the fault came in",
		.relation = "by_time",
		COLUMNS(by_time_columns),
		.order = "twentieth",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_function",
		.help = "outcomes by function",
		.relation = "by_function",
		COLUMNS(by_function_columns),
		.order = "module, function",
		.terminal_order = "sdc DESC, due DESC, module, function",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "by_line",
		.help = "outcomes by source line",
		.relation = "by_line",
		COLUMNS(by_line_columns),
		.order = "file, line, function",
		.terminal_order = "sdc DESC, due DESC, file, line, function",
		.scope = UPSET_SCOPE_CAMPAIGN},
	{.name = "campaigns",
		.help = "the campaigns of the study",
		.relation = "campaigns",
		COLUMNS(campaigns_columns),
		.order = "campaign",
		.scope = UPSET_SCOPE_STUDY},
};
const size_t upset_campaign_view_count = COUNT_OF(upset_campaign_views);
