/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The campaign made by hand: see fixture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

void fixture_campaign(struct upset_campaign_row *row, const char *identity)
{
	*row = (struct upset_campaign_row){.identity = identity,
		.isa = "x86-64",
		.engine = "native",
		.engine_version = "1.2.3",
		.source = "sample",
		.options = "--seed 42 --name " HOSTILE,
		.seed = 42,
		.planned = 200,
		.population = FIXTURE_POPULATION,
		.confidence = 0.95,
		.z = 1.959963984540054,
		.golden_end = "exited",
		.golden_status = 3,
		.golden_instructions = 123456,
		.golden_time_ns = 7000000,
		.stdout_bytes = 11,
		.stderr_bytes = 22,
		.stdout_sha256 = zeros,
		.stderr_sha256 = zeros};
}

/* What comes of the experiments up to (not with) @end. */
static const struct verdict {
	uint64_t end;
	const char *outcome, *cause, *letter, *ending, *state;
	int status;
} verdicts[] = {
	{60, "masked", "equal", "C", "exited", "done", 3},
	{67, "sdc", "stdout", "INC", "exited", "done", 3},
	{70, "sdc", "stderr", "INC", "exited", "done", 3},
	{90, "due", "signal", "S", "signaled", "done", 11},
	{95, "detected", "detected", "U", "exited", "done", 1},
	{100, "due", "hang", "T", "hung", "done", 0},
	{103, "not-injected", "not-reached", "", "exited", "not-reached", 3},
	{104, "not-injected", "impossible", "", "exited", "impossible", 3},
	{UINT64_MAX, "tool-error", NULL, NULL, NULL, NULL, 0},
};

static const struct verdict *verdict_of(uint64_t number)
{
	const struct verdict *verdict = verdicts;

	while (number >= verdict->end)
		verdict++;
	return verdict;
}

static void fill_injection(struct fixture_experiment *e, unsigned int i)
{
	uint64_t number = e->row.number;
	struct upset_injection_row *row = &e->injections[i];
	bool reached = number < 100;

	(void)snprintf(e->fault[i], sizeof(e->fault[i]), "flip:%d %s @ insn=%d", (int)(number % 2),
		number < 80 ? "rax" : "zf", (int)number);
	*row = (struct upset_injection_row){.state = verdict_of(number)->state,
		.fault = e->fault[i],
		.model = "flip",
		.location = number < 80 ? "rax" : "zf",
		.bit = (int)(number % 2),
		.reached = reached,
		.address = 0xffff000000001000 + number,
		.module = "/opt/my program",
		.module_address = 0x1000 + number,
		.function = number < 65 ? HOSTILE : "main",
		.file = "/src/" HOSTILE,
		.line = number < 65 ? 7 : 8,
		.old_value = e->values[0],
		.new_value = e->values[1],
		.read_back = e->values[number == 6 ? 2 : 1],
		.value_bytes = !reached	     ? 0
			       : number < 80 ? 8
					     : 1,
		.reason = number == 103 ? "no such " HOSTILE : ""};
}

void fixture_experiment(struct fixture_experiment *e, uint64_t number)
{
	const struct verdict *verdict = verdict_of(number);

	memset(e, 0, sizeof(*e));
	e->row = (struct upset_experiment_row){.number = number,
		.faults = e->faults,
		.outcome = verdict->outcome,
		.cause = verdict->cause,
		.letter = verdict->letter,
		.end = verdict->ending,
		.status = verdict->status,
		.counted = number < 100,
		.insn = 1000 + number,
		.instructions = 2000 + 2 * number,
		.latency = 1000 + number,
		.host_time_ns = 5000 + number,
		.way = number % 2 == 0 ? "carried" : "fresh",
		.injections = e->injections,
		.injection_count = number >= 104 ? 0
				   : number == 5 ? 2
						 : 1};
	e->values[0][0] = (uint8_t)number;
	e->values[1][0] = (uint8_t)number ^ 1;
	e->values[2][7] = 0xa5;
	fill_injection(e, 0);
	fill_injection(e, 1);
	(void)snprintf(e->faults, sizeof(e->faults), "%s%s%s", e->fault[0], number == 5 ? "; " : "",
		number == 5 ? e->fault[1] : "");
}

int fixture_add_experiments(struct upset_store *store, int64_t campaign, uint64_t first,
	size_t count, struct upset_error *error)
{
	struct fixture_experiment *experiments = calloc(count, sizeof(*experiments));
	struct upset_experiment_row *rows = calloc(count, sizeof(*rows));
	int result;

	assert_non_null(experiments);
	assert_non_null(rows);
	for (size_t i = 0; i < count; i++) {
		fixture_experiment(&experiments[i], first + i);
		rows[i] = experiments[i].row;
	}
	result = upset_store_add_experiments(store, campaign, rows, count, error);
	free(rows);
	free(experiments);
	return result;
}

int64_t fixture_store_campaign(struct fixture *f, const char *path, const char *identity)
{
	struct upset_campaign_row row;
	struct upset_error error = {0};
	struct upset_store *store;
	int64_t campaign = 0;

	fixture_campaign(&row, identity);
	if (upset_store_create(&store, path, &error) != 0 ||
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error) != 0 ||
		fixture_add_experiments(store, campaign, 0, FIXTURE_EXPERIMENTS, &error) != 0)
		fail_msg("%s", error.message);
	upset_store_close(store);
	return campaign;
}
