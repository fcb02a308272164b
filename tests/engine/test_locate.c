/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where engine native locates a trigger by instruction count, a breakpoint must
 * come to the same moment of the program.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "fault/fault.h"
#include "symbols/symbols.h"

enum { TRIGGERS_MOST = 200, LIMIT_NS = 2000000000 };

static const char *folder;

/* A guest, and what is asked of it. */
struct asked {
	char program[512];
	char *arguments[2];
	struct upset_experiment_request request;
};

static void ask(struct asked *a, const char *name)
{
	(void)snprintf(a->program, sizeof(a->program), "%s/guest_%s", folder, name);
	a->arguments[0] = a->program;
	a->arguments[1] = NULL;
	a->request = (struct upset_experiment_request){.target = {.isa = upset_isa_at(0),
							       .program = a->program,
							       .arguments = a->arguments,
							       .environment = environ,
							       .in_fd = -1},
		.out_fd = 1,
		.err_fd = 2,
		.limit_ns = LIMIT_NS,
		.find_symbol = upset_symbols_address_in};
}

static void parse(const char *text, struct upset_faults *faults)
{
	struct upset_error error = {0};
	unsigned int column;

	if (upset_faults_parse(text, faults, &column, &error) != 0)
		fail_msg("'%s': %s", text, error.message);
}

static void locate(const char *name, struct upset_faults *faults, struct upset_trigger *triggers,
	struct upset_experiment_result *result)
{
	const struct upset_fault *sought[TRIGGERS_MOST];
	struct upset_error error = {0};
	struct asked a;

	ask(&a, name);
	assert_true(faults->count <= TRIGGERS_MOST);
	for (size_t i = 0; i < faults->count; i++)
		sought[i] = &faults->faults[i];
	if (upset_engine_native.locate(
		    &a.request, sought, faults->count, triggers, result, &error) != 0)
		fail_msg("%s: %s", name, error.message);
}

/* Of each guest once. */
static bool is_hidden(const struct upset_experiment_request *request)
{
	static char known[512];
	static bool hidden;
	struct upset_experiment_result result = {0};
	struct upset_error error = {0};

	if (strcmp(known, request->target.program) == 0)
		return hidden;
	(void)snprintf(known, sizeof(known), "%s", request->target.program);
	if (upset_engine_native.survey(request, &hidden, &result, &error) != 0)
		fail_msg("%s: %s", request->target.program, error.message);
	return hidden;
}

static void experiment(const char *name, const char *text, struct upset_injection *injection,
	struct upset_experiment_result *result)
{
	struct upset_faults faults;
	struct upset_error error = {0};
	struct asked a;

	ask(&a, name);
	parse(text, &faults);
	a.request.faults = &faults;
	*result = (struct upset_experiment_result){.injections = injection};
	a.request.hidden = is_hidden(&a.request);
	if (upset_engine_native.experiment(&a.request, result, &error) != 0)
		fail_msg("%s: %s", text, error.message);
	upset_faults_free(&faults);
}

/* The faults "skip @ insn=0; skip @ insn=1; ...", of thread @thread. */
static void all_instructions(unsigned int thread, struct upset_faults *faults)
{
	char text[TRIGGERS_MOST * 32];
	size_t n = 0;

	/* In no order. */
	for (unsigned int i = 0; i < TRIGGERS_MOST; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%sskip @ insn=%u thread=%u",
			i == 0 ? "" : ";", i * 7 % TRIGGERS_MOST, thread);
	parse(text, faults);
}

static bool same_injection(const struct upset_injection *a, const struct upset_injection *b)
{
	return a->state == b->state && a->address == b->address && a->bits == b->bits &&
	       memcmp(a->old_value, b->old_value, sizeof(a->old_value)) == 0 &&
	       memcmp(a->new_value, b->new_value, sizeof(a->new_value)) == 0;
}

/* A flip of rcx by count of instructions, and by the breakpoint located for it. */
static void compare(const char *name, const struct upset_trigger *trigger, unsigned int thread)
{
	struct upset_experiment_result by_insn, by_place;
	struct upset_injection stepped, stopped;
	char text[2][128];

	(void)snprintf(text[0], sizeof(text[0]), "flip:4 rcx @ insn=%" PRIu64 " thread=%u",
		trigger->insn, thread);
	(void)snprintf(text[1], sizeof(text[1]),
		"flip:4 rcx @ pc=*!0x%" PRIx64 " #%" PRIu64 " thread=%u", trigger->address,
		trigger->hit, thread);
	experiment(name, text[0], &stepped, &by_insn);
	experiment(name, text[1], &stopped, &by_place);
	assert_int_equal(stepped.state, UPSET_INJECTION_DONE);
	assert_int_equal(stepped.address, trigger->address);
	if (!same_injection(&stepped, &stopped) || by_insn.seen.end != by_place.seen.end ||
		by_insn.seen.status != by_place.seen.status)
		fail_msg("%s: '%s' is not '%s': states %d and %d, values %u and %u, status %d and "
			 "%d",
			name, text[0], text[1], stepped.state, stopped.state, stepped.old_value[0],
			stopped.old_value[0], by_insn.seen.status, by_place.seen.status);
	assert_int_equal(stepped.insn, trigger->insn);
	/* Where it was stepped, that is known; a handler may have come first. */
	assert_true(stopped.insn >= trigger->insn);
	assert_true(trigger->insn > 0 || stopped.insn == 0);
}

/* Compare all instructions of @thread; there are @count, of which breakpoints miss @missed. */
static void locates_all(
	const char *name, unsigned int thread, size_t count, size_t missed, int status)
{
	struct upset_trigger triggers[TRIGGERS_MOST];
	struct upset_experiment_result result = {0};
	struct upset_faults faults;
	size_t reached = 0, unknown = 0;

	all_instructions(thread, &faults);
	locate(name, &faults, triggers, &result);
	assert_int_equal(result.seen.end, UPSET_END_EXITED);
	assert_int_equal(result.seen.status, status);
	for (size_t i = 0; i < TRIGGERS_MOST; i++) {
		if (!triggers[i].reached)
			continue;
		assert_int_equal(triggers[i].insn, faults.faults[i].count);
		reached++;
		unknown += triggers[i].hit == 0;
		if (triggers[i].hit > 0)
			compare(name, &triggers[i], thread);
	}
	assert_int_equal(reached, count);
	assert_int_equal(unknown, missed);
	upset_faults_free(&faults);
}

static void locates_instructions(void **state)
{
	(void)state;
	locates_all("victim", 0, 19, 0, 26);
	locates_all("loop", 0, 15, 0, 7);
	locates_all("rep", 0, 15, 0, 0);
}

static void locates_around_signals(void **state)
{
	(void)state;
	locates_all("signal", 0, 37, 0, 5);
	/* Where the handler of a fault returns to, the processor does not stop. */
	locates_all("fault", 0, 37, 2, 0);
}

static void locates_in_other_threads(void **state)
{
	(void)state;
	locates_all("thread", 1, 16, 0, 0);
}

static void locates_places(void **state)
{
	static const struct {
		uint64_t insn, hit;
	} expected[] = {{9, 2}, {2, 1}, {6, 1}, {0, 0}, {12, 3}, {0, 0}, {6, 1}, {5, 1}};
	struct upset_experiment_result result = {0};
	struct upset_trigger triggers[8];
	struct upset_faults faults;

	(void)state;
	parse("skip @ pc=again #2; skip @ pc=first; skip @ pc=again; skip @ pc=again #4;"
	      "skip @ pc=first+0x11 #3; skip @ pc=lib.so!f; flip:0 rax @ insn=6;"
	      "skip @ insn=5",
		&faults);
	locate("victim", &faults, triggers, &result);
	for (size_t i = 0; i < faults.count; i++) {
		assert_int_equal(triggers[i].reached, expected[i].hit != 0);
		assert_int_equal(triggers[i].insn, expected[i].insn);
		assert_int_equal(triggers[i].hit, expected[i].hit);
	}
	assert_int_equal(triggers[0].address, triggers[4].address);
	assert_int_equal(triggers[0].address, triggers[6].address);
	assert_int_equal(result.seen.status, 26);
	assert_false(result.threaded);
	upset_faults_free(&faults);
}

static void refuses_unknown_symbols(void **state)
{
	const struct upset_fault *sought[1];
	struct upset_experiment_result result = {0};
	struct upset_trigger trigger;
	struct upset_error error = {0};
	struct upset_faults faults;
	struct asked a;

	(void)state;
	ask(&a, "victim");
	parse("skip @ pc=nowhere", &faults);
	sought[0] = &faults.faults[0];
	assert_true(
		upset_engine_native.locate(&a.request, sought, 1, &trigger, &result, &error) < 0);
	assert_non_null(strstr(error.message, "no symbol 'nowhere'"));
	upset_faults_free(&faults);
}

/* What was stepped over, or executed already, is not counted again by a breakpoint. */
static void counts_breakpoints_once(void **state)
{
	struct upset_experiment_result result;
	struct upset_injection injections[2];

	(void)state;
	experiment("victim", "skip @ pc=_start #2", injections, &result);
	assert_int_equal(injections[0].state, UPSET_INJECTION_NOT_REACHED);
	experiment("victim", "flip:0 r15 @ insn=2; skip @ pc=first #2", injections, &result);
	assert_int_equal(injections[0].state, UPSET_INJECTION_DONE);
	assert_int_equal(injections[1].state, UPSET_INJECTION_NOT_REACHED);
}

/* What it takes to come to a breakpoint often is not the program's time. */
static void hits_are_no_hang(void **state)
{
	struct upset_experiment_result result = {0};
	struct upset_injection injections[2];
	struct upset_error error = {0};
	struct upset_faults faults;
	struct asked a;

	(void)state;
	ask(&a, "loop");
	parse("set:40000 rcx @ pc=_start+7; flip:0 rbx @ pc=_start+10 #40000", &faults);
	a.request.faults = &faults;
	a.request.limit_ns = 0;
	a.request.hidden = is_hidden(&a.request);
	result.injections = injections;
	assert_int_equal(upset_engine_native.experiment(&a.request, &result, &error), 0);
	assert_int_equal(injections[1].state, UPSET_INJECTION_DONE);
	a.request.limit_ns = result.seen.host_time_ns / 4;
	assert_int_equal(upset_engine_native.experiment(&a.request, &result, &error), 0);
	assert_int_equal(injections[1].state, UPSET_INJECTION_DONE);
	assert_int_equal(result.seen.end, UPSET_END_EXITED);
	assert_int_equal(result.seen.status, 7);
	upset_faults_free(&faults);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locates_instructions),
		cmocka_unit_test(locates_around_signals),
		cmocka_unit_test(locates_in_other_threads),
		cmocka_unit_test(locates_places),
		cmocka_unit_test(refuses_unknown_symbols),
		cmocka_unit_test(counts_breakpoints_once),
		cmocka_unit_test(hits_are_no_hang),
	};
	struct upset_engine_info info;

	if (argc != 2)
		return 2;
	folder = argv[1];
	if (upset_engine_native.probe(upset_isa_at(0), &info) != 0) {
		fprintf(stderr, "skipped: %s\n", info.detail);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
