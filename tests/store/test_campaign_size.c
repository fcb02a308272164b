/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large campaign stays small: experiments as samples of a real program give them,
 * stored in an order other than that of their numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

enum { BYTES_MAX = 200, BATCH = 500, PLACES = 5000, STEP = 7919 };

static uint64_t count = 10000;

struct sample {
	struct upset_injection_row injection;
	char fault[64], function[32];
	uint8_t values[2][8];
};

/* Half of the faults lie in a library, and the program executes 5,000 instructions often. */
static void fill(struct sample *s, struct upset_experiment_row *row, uint64_t number)
{
	static const char *const registers[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi",
		"rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};
	uint64_t hash = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
	unsigned int place = (unsigned int)(hash >> 32) % PLACES, bit = (unsigned int)hash % 64;
	const char *location = registers[(hash >> 8) % 16];
	bool masked = hash % 3 != 0, library = place % 2 == 1;

	(void)snprintf(s->fault, sizeof(s->fault), "flip:%u %s @ pc=%s0x%x #%u", bit, location,
		library ? "libc.so.6!" : "", 0x28000 + 5 * place,
		(unsigned int)(hash >> 40) % 90000);
	(void)snprintf(s->function, sizeof(s->function), "function_number_%u", place / 40);
	memcpy(s->values[0], &hash, sizeof(hash));
	memcpy(s->values[1], &hash, sizeof(hash));
	s->values[1][bit / 8] ^= (uint8_t)(1U << bit % 8);
	s->injection = (struct upset_injection_row){.state = "done",
		.fault = s->fault,
		.model = "flip",
		.location = location,
		.bit = (int)bit,
		.reached = true,
		.address = 0x7ffff7d28000 + UINT64_C(5) * place,
		.module = library ? "/usr/lib/x86_64-linux-gnu/libc.so.6" : "/opt/program",
		.module_address = 0x28000 + 5 * place,
		.function = s->function,
		.file = library ? NULL : "/home/user/project/source/program.c",
		.line = library ? 0 : place / 4,
		.old_value = s->values[0],
		.new_value = s->values[1],
		.read_back = s->values[1],
		.value_bytes = 8};
	*row = (struct upset_experiment_row){.number = number,
		.faults = s->fault,
		.outcome = masked ? "masked" : "due",
		.cause = masked ? "equal" : "signal",
		.letter = masked ? "C" : "S",
		.end = masked ? "exited" : "signaled",
		.status = masked ? 0 : 11,
		.counted = true,
		.insn = hash % 40000000,
		.instructions = 40000000 + hash % 1000,
		.latency = 40000000 - hash % 40000000,
		.host_time_ns = 9000000 + hash % 1000000,
		.way = "carried",
		.injections = &s->injection,
		.injection_count = 1};
}

static off_t size_of_study(void)
{
	struct stat status;

	assert_int_equal(stat("s.upset", &status), 0);
	return status.st_size;
}

static void test_size(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sample *samples = calloc(BATCH, sizeof(*samples));
	struct upset_experiment_row rows[BATCH];
	struct upset_campaign_row row;
	struct upset_error error = {0};
	struct upset_store *store;
	int64_t campaign;
	off_t before;

	(void)state;
	fixture_init(f, UPSET_DETAIL_FULL);
	fixture_campaign(&row, "id");
	assert_int_equal(upset_store_create(&store, "s.upset", &error), 0);
	assert_int_equal(
		upset_store_add_campaign(store, &row, &f->provenance, &campaign, &error), 0);
	before = size_of_study();
	for (uint64_t i = 0; i < count; i += BATCH) {
		for (uint64_t n = 0; n < BATCH; n++)
			fill(&samples[n], &rows[n], (i + n) * STEP % count);
		if (upset_store_add_experiments(store, campaign, rows, BATCH, &error) != 0)
			fail_msg("%s", error.message);
	}
	upset_store_close(store);
	print_message(
		"%.1f bytes an experiment\n", (double)(size_of_study() - before) / (double)count);
	assert_true((uint64_t)(size_of_study() - before) < count * BYTES_MAX);
	free(samples);
	free(f);
}

static int enter(void **state)
{
	(void)state;
	fixture_enter();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	fixture_leave();
	return 0;
}

/* The argument, a multiple of 500, is how many experiments are stored; default 10,000. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_size, enter, leave),
	};

	if (argc > 1)
		count = strtoull(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
