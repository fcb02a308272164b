/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run wrote: all of it is seen, but a hole that no memory is large enough for.  What ended
 * a run: a signal that may have come from outside is believed when it comes again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "campaign/copies.h"
#include "campaign/trial.h"

static const struct upset_experiment_result ended = {.seen.end = UPSET_END_EXITED};

/* Take a trial that wrote @text at @offset. */
static struct upset_trial take(const char *text, off_t offset)
{
	struct upset_error error = {0};
	struct upset_trial trial;
	int fd = memfd_create("output", MFD_CLOEXEC);

	assert_int_equal(pwrite(fd, text, strlen(text), offset), strlen(text));
	if (upset_trial_take(&trial, &ended, fd, -1, &error) != 0)
		fail_msg("%s", error.message);
	assert_int_equal(close(fd), 0);
	return trial;
}

static void all_is_seen(void **state)
{
	struct upset_trial trial = take("right", 0);

	(void)state;
	assert_int_equal(trial.result.seen.out.bytes, 5);
	assert_int_equal(trial.result.seen.out.looked, 5);
	assert_memory_equal(trial.result.seen.out.data, "right", 5);
	assert_null(trial.result.seen.err.data);
	upset_trial_end(&trial);
	trial = take("right", 100000);
	assert_int_equal(trial.result.seen.out.looked, 100005);
	assert_memory_equal(trial.result.seen.out.data + 99998, "\0\0right", 7);
	upset_trial_end(&trial);
}

/* As when a fault makes a pointer of the place to write to. */
static void holes_are_not(void **state)
{
	const off_t far = (off_t)140462610445280;
	struct upset_trial trial = take("wrong", far);

	(void)state;
	assert_int_equal(trial.result.seen.out.bytes, far + 5);
	assert_in_range(trial.result.seen.out.looked, 1, UINT32_MAX);
	assert_int_equal(trial.result.seen.out.data[0], 0);
	upset_trial_end(&trial);
}

/* --- an engine whose runs end as is written here ---------------------------------------------- */

static const int *signals; /* that end its runs, one after the other; 0: it exits */
static enum upset_obstacle obstacle;
static unsigned int runs;

static void end(struct upset_experiment_result *result, int signal)
{
	result->seen.end = signal == 0 ? UPSET_END_EXITED : UPSET_END_SIGNALED;
	result->seen.status = signal;
	result->seen.obstacle = obstacle;
}

static int run_next(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	(void)request;
	(void)error;
	end(result, signals[runs++]);
	return 0;
}

static int locate_next(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error)
{
	(void)faults;
	for (size_t i = 0; i < count; i++)
		triggers[i] = (struct upset_trigger){.reached = signals[runs] == 0};
	return run_next(request, result, error);
}

static int scout_signal, carrier_signal; /* that end the copy without a fault, and what is copied */

static int carry_all(const struct upset_carry_request *request,
	struct upset_experiment_result *carrier, char *why, size_t size, struct upset_error *error)
{
	struct upset_injection injection = {.state = UPSET_INJECTION_DONE};
	struct upset_experiment_result scout = {0};

	(void)error;
	end(&scout, scout_signal);
	if (!request->scouted(request->context, &scout, -1, -1))
		return 0;
	end(carrier, carrier_signal);
	if (carrier_signal != 0) {
		(void)snprintf(why, size, "ended by signal %d", carrier_signal);
		return 0;
	}
	for (size_t i = 0; i < request->count; i++) {
		struct upset_experiment_result result = {.injections = &injection};

		end(&result, signals[i]);
		request->done(request->context, i, &result, -1, -1);
	}
	return 0;
}

static const struct upset_engine engine = {
	.experiment = run_next, .locate = locate_next, .carry = carry_all};
static const struct upset_limits sandbox = {0};

/* The signal that a run is said to have ended by, 0: none, when runs end by @ends in turn. */
static int signal_of(const int *ends, bool sandboxed, const struct upset_trial *golden)
{
	const struct upset_subject subject = {
		.engine = &engine, .target.sandbox = sandboxed ? &sandbox : NULL};
	static const struct upset_faults none = {0};
	struct upset_error error = {0};
	struct upset_trial trial;

	signals = ends;
	runs = 0;
	if (upset_trial_run(&trial, &subject, &none, NULL, NULL, golden, &error) != 0)
		fail_msg("%s", error.message);
	upset_trial_end(&trial);
	return trial.result.seen.status;
}

static void signals_from_outside_do_not_come_again(void **state)
{
	static const int turns[] = {SIGTERM, SIGKILL, SIGTERM, SIGKILL, SIGTERM, 0};

	(void)state;
	assert_int_equal(signal_of((const int[]){SIGTERM, 0}, true, NULL), 0);
	assert_int_equal(runs, 2);
	assert_int_equal(signal_of((const int[]){SIGTERM, SIGKILL, SIGSEGV}, true, NULL), SIGSEGV);
	assert_int_equal(runs, 3);
	assert_int_equal(signal_of((const int[]){SIGKILL, SIGTERM, SIGTERM}, true, NULL), SIGTERM);
	assert_int_equal(runs, 3);
	assert_int_equal(signal_of(turns, true, NULL), SIGKILL);
	assert_int_equal(runs, 4);
}

static void signals_of_the_program_are_believed(void **state)
{
	static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS,
		SIGPIPE, SIGALRM, SIGXFSZ};
	const struct upset_trial golden = {
		.result.seen = {.end = UPSET_END_SIGNALED, .status = SIGTERM}};

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		assert_int_equal(signal_of(&own[i], true, NULL), own[i]);
		assert_int_equal(runs, 1);
	}
	assert_int_equal(signal_of((const int[]){SIGTERM, 0}, true, &golden), SIGTERM);
	assert_int_equal(signal_of((const int[]){SIGTERM, 0}, false, NULL), SIGTERM);
	obstacle = UPSET_OBSTACLE_MEMORY;
	assert_int_equal(signal_of((const int[]){SIGKILL, 0}, true, NULL), SIGKILL);
	obstacle = UPSET_OBSTACLE_NONE;
	assert_int_equal(runs, 1);
}

static void count(void *context, const struct upset_made *made)
{
	(void)made;
	++*(unsigned int *)context;
}

static void triggers_are_looked_for_again(void **state)
{
	static const int ends[] = {SIGTERM, 0};
	const struct upset_subject subject = {.engine = &engine, .target.sandbox = &sandbox};
	const struct upset_fault fault = {0}, *const sought = &fault;
	struct upset_trigger trigger = {0};
	struct upset_error error = {0};
	struct upset_trial trial;

	(void)state;
	signals = ends;
	runs = 0;
	assert_int_equal(
		upset_trial_locate(&trial, &subject, &sought, 1, &trigger, NULL, &error), 0);
	assert_int_equal(runs, 2);
	assert_int_equal(trial.result.seen.end, UPSET_END_EXITED);
	assert_true(trigger.reached);
	upset_trial_end(&trial);
}

static const struct upset_subject subject_of_copies = {
	.engine = &engine, .target.sandbox = &sandbox};
static const struct upset_outcome_rules rules = {.detected_exit = -1};

/* Make a batch of four in copies that end by @signals; how many were made. */
static unsigned int make_copies(struct upset_campaign *campaign, bool made[4])
{
	struct upset_planned planned[4] = {{0}};
	struct upset_fault fault = {0};
	const size_t chosen[] = {0, 1, 2, 3};
	struct upset_error error = {0};
	unsigned int told = 0;

	campaign->context = &told;
	memset(made, 0, 4 * sizeof(*made));
	for (int i = 0; i < 4; i++)
		planned[i].faults = (struct upset_faults){&fault, 1};
	assert_int_equal(upset_copies_run(campaign, planned, chosen, 4, made, &error), 0);
	return told;
}

static struct upset_campaign make_campaign(void)
{
	return (struct upset_campaign){.subject = &subject_of_copies,
		.rules = &rules,
		.done = count,
		.golden = UPSET_TRIAL_NONE};
}

static void copies_that_end_so_are_left(void **state)
{
	struct upset_campaign campaign = make_campaign();
	bool made[4];

	(void)state;
	signals = (const int[]){0, SIGTERM, SIGSEGV, SIGKILL};
	assert_int_equal(make_copies(&campaign, made), 2);
	assert_true(made[0] && !made[1] && made[2] && !made[3]);
	assert_string_equal(campaign.why_fresh, "");
}

/* Make a batch, and say why the next ones are to have no copies. */
static const char *why_after(struct upset_campaign *campaign, int scout, int carrier)
{
	bool made[4];

	signals = (const int[]){0, 0, 0, 0};
	scout_signal = scout;
	carrier_signal = carrier;
	assert_int_equal(make_copies(campaign, made), scout == 0 && carrier == 0 ? 4 : 0);
	scout_signal = carrier_signal = 0;
	return campaign->why_fresh;
}

static void signals_from_outside_end_copies_of_one_batch(void **state)
{
	struct upset_campaign campaign = make_campaign();

	(void)state;
	assert_string_equal(why_after(&campaign, SIGTERM, 0), "");
	assert_string_equal(why_after(&campaign, 0, 0), "");
	assert_string_equal(why_after(&campaign, 0, SIGKILL), "");
	assert_string_equal(why_after(&campaign, 0, 0), "");
	/* Two in succession are believed. */
	assert_string_equal(why_after(&campaign, SIGTERM, 0), "");
	assert_string_equal(why_after(&campaign, 0, SIGKILL), "ended by signal 9");
	campaign = make_campaign();
	assert_string_equal(why_after(&campaign, 0, SIGTERM), "");
	assert_non_null(strstr(
		why_after(&campaign, SIGTERM, 0), "a copy without a fault differs from the"));
	/* Signals of its own are, at once. */
	campaign = make_campaign();
	assert_string_equal(why_after(&campaign, 0, SIGSEGV), "ended by signal 11");
	campaign = make_campaign();
	assert_non_null(strstr(
		why_after(&campaign, SIGSEGV, 0), "a copy without a fault differs from the"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_seen),
		cmocka_unit_test(holes_are_not),
		cmocka_unit_test(signals_from_outside_do_not_come_again),
		cmocka_unit_test(signals_of_the_program_are_believed),
		cmocka_unit_test(triggers_are_looked_for_again),
		cmocka_unit_test(copies_that_end_so_are_left),
		cmocka_unit_test(signals_from_outside_end_copies_of_one_batch),
	};

	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
