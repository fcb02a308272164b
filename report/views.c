/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views as data: which columns, of which type, in which order. */
#include <string.h>

#include "report/report.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct upset_column run_columns[] = {
	{"run", UPSET_COLUMN_NUMBER, "run"},
	{"program", UPSET_COLUMN_TEXT, "program"},
	{"arguments", UPSET_COLUMN_TEXT, "arguments"},
	{"program_sha256", UPSET_COLUMN_TEXT, "program hash"},
	{"folder", UPSET_COLUMN_TEXT, "in folder"},
	{"started", UPSET_COLUMN_TEXT, "started"},
	{"ended", UPSET_COLUMN_TEXT, NULL},
	{"engine", UPSET_COLUMN_TEXT, "engine"},
	{"engine_version", UPSET_COLUMN_TEXT, "engine version"},
	{"detail", UPSET_COLUMN_TEXT, "detail"},
	{"upset_version", UPSET_COLUMN_TEXT, "upset version"},
	{"host_system", UPSET_COLUMN_TEXT, "host"},
	{"host_cpu", UPSET_COLUMN_TEXT, "processor"},
	{"end", UPSET_COLUMN_TEXT, "ended by"},
	{"status", UPSET_COLUMN_NUMBER, "status"},
	{"end_reason", UPSET_COLUMN_TEXT, "  because"},
	{"instructions", UPSET_COLUMN_COUNT, "instructions"},
	{"distinct_instructions", UPSET_COLUMN_COUNT, "  distinct"},
	{"blocks", UPSET_COLUMN_COUNT, "  in blocks"},
	{"block_executions", UPSET_COLUMN_COUNT, "block entries"},
	{"calls", UPSET_COLUMN_COUNT, "calls"},
	{"call_paths", UPSET_COLUMN_COUNT, "  in paths"},
	{"calls_lost", UPSET_COLUMN_COUNT, "  without"},
	{"branches", UPSET_COLUMN_COUNT, "branches"},
	{"threads", UPSET_COLUMN_COUNT, "threads"},
	{"syscalls", UPSET_COLUMN_COUNT, "system calls"},
	{"signals", UPSET_COLUMN_COUNT, "signals"},
	{"children_not_counted", UPSET_COLUMN_COUNT, "not counted"},
	{"lost", UPSET_COLUMN_COUNT, "lost samples"},
	{"stdout_bytes", UPSET_COLUMN_BYTES, "stdout"},
	{"stdout_sha256", UPSET_COLUMN_TEXT, "  hash"},
	{"stderr_bytes", UPSET_COLUMN_BYTES, "stderr"},
	{"stderr_sha256", UPSET_COLUMN_TEXT, "  hash"},
	{"peak_memory_bytes", UPSET_COLUMN_BYTES, "peak memory"},
	{"host_time_ns", UPSET_COLUMN_TIME_NS, "host time"},
};

static const struct upset_column runs_columns[] = {
	{"run", UPSET_COLUMN_NUMBER, "run"},
	{"started", UPSET_COLUMN_TIMESTAMP, "started"},
	{"engine", UPSET_COLUMN_TEXT, "engine"},
	{"detail", UPSET_COLUMN_TEXT, "detail"},
	{"end", UPSET_COLUMN_TEXT, "ended by"},
	{"status", UPSET_COLUMN_NUMBER, "status"},
	{"instructions", UPSET_COLUMN_COUNT, "instructions"},
	{"host_time_ns", UPSET_COLUMN_TIME_NS, "time"},
	{"program", UPSET_COLUMN_FILE, "program"},
	{"arguments", UPSET_COLUMN_TEXT, NULL},
};

static const struct upset_column register_columns[] = {
	{"register", UPSET_COLUMN_TEXT, "register"},
	{"bits", UPSET_COLUMN_BITS, "bits"},
	{"reads", UPSET_COLUMN_COUNT, "reads"},
	{"writes", UPSET_COLUMN_COUNT, "writes"},
	{"read_ones_by_bit", UPSET_COLUMN_ONES, "ones read"},
	{"write_ones_by_bit", UPSET_COLUMN_ONES, "ones written"},
	{"live_share", UPSET_COLUMN_SHARE, "live"},
};

static const struct upset_column instruction_columns[] = {
	{"module", UPSET_COLUMN_TEXT, NULL},
	{"address", UPSET_COLUMN_ADDRESS, "address"},
	{"size", UPSET_COLUMN_NUMBER, NULL},
	{"text", UPSET_COLUMN_TEXT, "instruction"},
	{"function", UPSET_COLUMN_NAME, "function"},
	{"file", UPSET_COLUMN_FILE, "file"},
	{"line", UPSET_COLUMN_NUMBER, "line"},
	{"executions", UPSET_COLUMN_COUNT, "executions"},
	{"first_index", UPSET_COLUMN_COUNT, NULL},
	{"last_index", UPSET_COLUMN_COUNT, NULL},
	{"repeats", UPSET_COLUMN_COUNT, NULL},
	{"taken", UPSET_COLUMN_COUNT, "taken"},
};

static const struct upset_column operand_columns[] = {
	{"module", UPSET_COLUMN_TEXT, NULL},
	{"address", UPSET_COLUMN_ADDRESS, "address"},
	{"text", UPSET_COLUMN_TEXT, "instruction", .terminal_only = true},
	{"function", UPSET_COLUMN_NAME, NULL, .terminal_only = true}, /* to choose by */
	{"operand", UPSET_COLUMN_NUMBER, "#"},
	{"resource", UPSET_COLUMN_TEXT, "resource"},
	{"access", UPSET_COLUMN_TEXT, ""},
	{"bits", UPSET_COLUMN_BITS, "bits"},
	{"samples", UPSET_COLUMN_COUNT, "samples"},
	{"ones", UPSET_COLUMN_COUNT, NULL},
	{"ones_by_bit", UPSET_COLUMN_ONES, "ones by bit"},
};

static const struct upset_column block_columns[] = {
	{"module", UPSET_COLUMN_FILE, "module"},
	{"address", UPSET_COLUMN_ADDRESS, "address"},
	{"size", UPSET_COLUMN_NUMBER, "size"},
	{"instructions", UPSET_COLUMN_COUNT, "insns"},
	{"function", UPSET_COLUMN_NAME, "function"},
	{"file", UPSET_COLUMN_FILE, "file"},
	{"line", UPSET_COLUMN_NUMBER, "line"},
	{"executions", UPSET_COLUMN_COUNT, "executions"},
};

static const struct upset_column function_columns[] = {
	{"module", UPSET_COLUMN_FILE, "module"},
	{"function", UPSET_COLUMN_NAME, "function"},
	{"file", UPSET_COLUMN_FILE, "file"},
	{"line", UPSET_COLUMN_NUMBER, "line"},
	{"instructions", UPSET_COLUMN_COUNT, "insns"},
	{"executions", UPSET_COLUMN_COUNT, "executions"},
	{"share", UPSET_COLUMN_SHARE, "share"},
};

static const struct upset_column mnemonic_columns[] = {
	{"mnemonic", UPSET_COLUMN_TEXT, "mnemonic"},
	{"instructions", UPSET_COLUMN_COUNT, "insns"},
	{"executions", UPSET_COLUMN_COUNT, "executions"},
	{"share", UPSET_COLUMN_SHARE, "share"},
};

static const struct upset_column call_columns[] = {
	{"caller_module", UPSET_COLUMN_FILE, NULL},
	{"caller_address", UPSET_COLUMN_ADDRESS, NULL},
	{"caller", UPSET_COLUMN_NAME, "caller"},
	{"caller_file", UPSET_COLUMN_FILE, "file"},
	{"caller_line", UPSET_COLUMN_NUMBER, "line"},
	{"module", UPSET_COLUMN_FILE, "in"},
	{"address", UPSET_COLUMN_ADDRESS, NULL},
	{"function", UPSET_COLUMN_NAME, "function"},
	{"file", UPSET_COLUMN_FILE, NULL},
	{"line", UPSET_COLUMN_NUMBER, NULL},
	{"calls", UPSET_COLUMN_COUNT, "calls"},
	{"instructions", UPSET_COLUMN_COUNT, "instructions"},
	{"register_reads", UPSET_COLUMN_COUNT, NULL},
	{"register_writes", UPSET_COLUMN_COUNT, NULL},
	{"loads", UPSET_COLUMN_COUNT, NULL},
	{"stores", UPSET_COLUMN_COUNT, NULL},
};

static const struct upset_column stack_columns[] = {
	{"stack", UPSET_COLUMN_TEXT, "stack"},
	{"instructions", UPSET_COLUMN_COUNT, "instructions"},
};

static const struct upset_column memory_columns[] = {
	{"kind", UPSET_COLUMN_TEXT, "kind"},
	{"name", UPSET_COLUMN_TEXT, "name"},
	{"region", UPSET_COLUMN_TEXT, "in"},
	{"reads", UPSET_COLUMN_COUNT, "reads"},
	{"writes", UPSET_COLUMN_COUNT, "writes"},
	{"bytes_read", UPSET_COLUMN_COUNT, "bytes read"},
	{"bytes_written", UPSET_COLUMN_COUNT, "bytes written"},
};

static const struct upset_column thread_columns[] = {
	{"thread", UPSET_COLUMN_NUMBER, "thread"},
	{"instructions", UPSET_COLUMN_COUNT, "instructions"},
	{"share", UPSET_COLUMN_SHARE, "share"},
};

static const struct upset_column number_columns[] = {
	{"number", UPSET_COLUMN_NUMBER, "number"},
	{"name", UPSET_COLUMN_TEXT, "name"},
	{"count", UPSET_COLUMN_COUNT, "count"},
};

static const struct upset_column file_columns[] = {
	{"kind", UPSET_COLUMN_TEXT, "kind"},
	{"path", UPSET_COLUMN_TEXT, "path"},
	{"present", UPSET_COLUMN_NUMBER, "present"},
	{"bytes", UPSET_COLUMN_COUNT, "bytes"},
	{"sha256", UPSET_COLUMN_TEXT, "SHA-256"},
};

static const struct upset_column variable_columns[] = {
	{"variable", UPSET_COLUMN_NAME, "variable"},
	{"value", UPSET_COLUMN_NAME, "value"},
};

static const struct upset_column module_columns[] = {
	{"module", UPSET_COLUMN_TEXT, "module"},
	{"sha256", UPSET_COLUMN_TEXT, NULL},
	{"build_id", UPSET_COLUMN_TEXT, "build id"},
	{"load_bias", UPSET_COLUMN_ADDRESS, "load bias"},
	{"instructions", UPSET_COLUMN_COUNT, "insns"},
	{"executions", UPSET_COLUMN_COUNT, "executions"},
};

static const struct upset_column campaign_columns[] = {
	{"campaign", UPSET_COLUMN_NUMBER, "campaign"},
	{"program", UPSET_COLUMN_TEXT, "program"},
	{"arguments", UPSET_COLUMN_TEXT, "arguments"},
	{"program_sha256", UPSET_COLUMN_TEXT, "program hash"},
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

#define COLUMNS(array) .columns = (array), .column_count = COUNT_OF(array)

const struct upset_view upset_views[] = {
	{.name = "run",
		.help = "the run at a glance",
		.relation = "runs",
		COLUMNS(run_columns),
		.order = "run",
		.vertical = true},
	{.name = "registers",
		.help = "reads, writes, ones by bit and live share of each register",
		.relation = "registers",
		COLUMNS(register_columns),
		.order = "resource",
		.terminal_condition = "reads > 0 OR writes > 0"},
	{.name = "instructions",
		.help = "executions of each instruction",
		.relation = "instructions",
		COLUMNS(instruction_columns),
		.order = "module_id, instruction",
		.terminal_order = "executions DESC, module_id, instruction"},
	{.name = "operands",
		.help = "values of each operand of each instruction",
		.relation = "operands",
		COLUMNS(operand_columns),
		.order = "module_id, instruction, number",
		.terminal_order = "samples DESC, module_id, instruction, number"},
	{.name = "blocks",
		.help = "executions of each block",
		.relation = "blocks",
		COLUMNS(block_columns),
		.order = "number",
		.terminal_order = "executions DESC, number"},
	{.name = "functions",
		.help = "executed instructions of each function",
		.relation = "functions",
		COLUMNS(function_columns),
		.order = "module_number, address",
		.terminal_order = "executions DESC, module_number, address"},
	{.name = "mnemonics",
		.help = "executed instructions by mnemonic",
		.relation = "mnemonics",
		COLUMNS(mnemonic_columns),
		.order = "mnemonic",
		.terminal_order = "executions DESC, mnemonic"},
	{.name = "calls",
		.help = "calls of each call site, with the instructions executed in them",
		.relation = "calls",
		COLUMNS(call_columns),
		.order = "site, entry",
		.terminal_order = "instructions DESC, calls DESC, site, entry"},
	{.name = "stacks",
		.help = "instructions of each path of calls",
		.relation = "stacks",
		COLUMNS(stack_columns),
		.order = "CAST(stack AS BLOB)",
		.terminal_order = "instructions DESC, CAST(stack AS BLOB)"},
	{.name = "memory",
		.help = "bytes read and written by region, access size and page",
		.relation = "memory",
		COLUMNS(memory_columns),
		.order = "kind_number, number",
		.terminal_condition = "reads > 0 OR writes > 0"},
	{.name = "threads",
		.help = "instructions of each thread",
		.relation = "threads",
		COLUMNS(thread_columns),
		.order = "thread"},
	{.name = "syscalls",
		.help = "system calls by number",
		.relation = "syscalls",
		COLUMNS(number_columns),
		.order = "number",
		.terminal_order = "count DESC, number"},
	{.name = "signals",
		.help = "signals by number",
		.relation = "signals",
		COLUMNS(number_columns),
		.order = "number"},
	{.name = "files",
		.help = "input files and written files",
		.relation = "files",
		COLUMNS(file_columns),
		.order = "kind_number, position"},
	{.name = "variables",
		.help = "the program's environment",
		.relation = "variables",
		COLUMNS(variable_columns),
		.order = "position"},
	{.name = "modules",
		.help = "the files whose code was executed",
		.relation = "modules",
		COLUMNS(module_columns),
		.order = "number"},
	{.name = "runs",
		.help = "the runs of the study",
		.relation = "runs",
		COLUMNS(runs_columns),
		.order = "run",
		.scope = UPSET_SCOPE_STUDY},
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
const size_t upset_view_count = COUNT_OF(upset_views);

/* A hyphen is as good as the '_' that names have in SQL. */
static bool is_name(const char *name, const char *typed)
{
	while (*name != '\0' && (*name == *typed || (*name == '_' && *typed == '-'))) {
		name++;
		typed++;
	}
	return *name == '\0' && *typed == '\0';
}

const struct upset_view *upset_view_find(const char *name)
{
	for (size_t i = 0; i < upset_view_count; i++)
		if (is_name(upset_views[i].name, name))
			return &upset_views[i];
	return NULL;
}

const struct upset_column *upset_view_column(const struct upset_view *view, const char *name)
{
	for (size_t i = 0; i < view->column_count; i++)
		if (strcmp(view->columns[i].name, name) == 0)
			return &view->columns[i];
	return NULL;
}

bool upset_column_is_number(const struct upset_column *column)
{
	switch (column->type) {
	case UPSET_COLUMN_TEXT:
	case UPSET_COLUMN_NAME:
	case UPSET_COLUMN_FILE:
	case UPSET_COLUMN_TIMESTAMP:
	case UPSET_COLUMN_ADDRESS:
	case UPSET_COLUMN_ONES:
		return false;
	default:
		return true;
	}
}
