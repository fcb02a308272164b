/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adds a campaign of any size to a study: write_faults STUDY COUNT.  Experiment i is a flip
 * of a bit of a register; i % 10 says what came of it: 0 and 1 are sdc, 2 due, 9 is not
 * injected, the others are masked.  Names are such as a page must not take for its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

enum { BATCH = 1000, BITS = 64 };

static const char *const registers[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8"};
static const char *const functions[] = {"</script><img src=x onerror=\"window.owned=1\">",
	"<b>bold</b> & \"quotes' \\u003c", (HOSTILE), "main", "</style><!--<script>", "transform"};
static const char *const files[] = {"/src/<svg onload=window.owned=2>.c", "/src/main.c"};

struct experiment {
	struct upset_injection_row injection;
	uint8_t before[8], after[8];
	char fault[64];
};

static void fill(struct upset_experiment_row *row, struct experiment *e, uint64_t number)
{
	static const char *const outcomes[] = {"sdc", "sdc", "due", "masked", "masked", "masked",
		"masked", "masked", "masked", "not-injected"};
	const char *outcome = outcomes[number % 10];
	bool reached = number % 10 != 9;

	*row = (struct upset_experiment_row){.number = number,
		.faults = e->fault,
		.outcome = outcome,
		.cause = number % 10 < 2    ? "stdout"
			 : number % 10 == 2 ? "signal"
			 : reached	    ? "equal"
					    : "not-reached",
		.letter = "",
		.end = number % 10 == 2 ? "signaled" : "exited",
		.status = number % 10 == 2 ? 11 : 0,
		.counted = reached,
		.insn = number * 7919 % 123456,
		.latency = UINT64_C(1) << number % 30,
		.way = "carried",
		.injections = &e->injection,
		.injection_count = 1};
	e->injection = (struct upset_injection_row){.state = reached ? "done" : "not-reached",
		.fault = e->fault,
		.model = "flip",
		.location = registers[number / 10 % 8],
		.bit = (int)(number / 80 % BITS),
		.reached = reached,
		.address = 0x401000 + number % 4096,
		.module = "/opt/<i>program</i>",
		.module_address = 0x401000 + number % 4096,
		.function = functions[number % 6],
		.file = files[number % 2],
		.line = (unsigned int)(number % 60 + 1),
		.old_value = e->before,
		.new_value = e->after,
		.read_back = e->after,
		.value_bytes = reached ? 8 : 0};
	e->after[0] = (uint8_t)number;
	(void)snprintf(e->fault, sizeof(e->fault), "flip:%d %s @ insn=%d", e->injection.bit,
		e->injection.location, (int)row->insn);
}

int main(int argc, char **argv)
{
	static struct upset_experiment_row rows[BATCH];
	static struct experiment experiments[BATCH];
	static struct fixture f;
	struct upset_error error = {0};
	struct upset_campaign_row row;
	struct upset_store *store;
	int64_t campaign;

	if (argc != 3)
		return 2;
	fixture_init(&f, UPSET_DETAIL_FULL);
	fixture_campaign(&row, argv[2]);
	if (upset_store_create(&store, argv[1], &error) != 0 ||
		upset_store_add_campaign(store, &row, &f.provenance, &campaign, &error) != 0)
		fail_msg("%s", error.message);
	for (uint64_t number = 0, end = strtoull(argv[2], NULL, 10); number < end;) {
		size_t count = 0;

		for (; count < BATCH && number < end; count++, number++)
			fill(&rows[count], &experiments[count], number);
		if (upset_store_add_experiments(store, campaign, rows, count, &error) != 0)
			fail_msg("%s", error.message);
	}
	upset_store_close(store);
	return 0;
}
