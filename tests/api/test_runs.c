/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden runs, experiments and campaigns by the library: what they come to, how
 * they are stopped, and two at one time.  Arguments: victim.S of tests/engine/guests, engine.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/store/fixture.h"
#include "upset/upset.h"

enum { EXPERIMENTS = 60, STOP_AFTER = 7, VICTIM_STATUS = 26, VICTIM_INSNS = 19 };

static char *arguments[2];
static const char *engine;

static int setup(void **state)
{
	(void)state;
	fixture_enter();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_leave();
	return 0;
}

static void counts_a_golden_run(void **state)
{
	struct upset_golden_options options;
	struct upset_golden_result result;
	struct upset_error error = {0};

	(void)state;
	upset_golden_options_init(&options);
	options.program.arguments = arguments;
	options.engine = engine;
	options.study = "golden.upset";
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_true(result.ran && result.made_study);
	assert_int_equal(result.run, 1);
	assert_int_equal(result.end, UPSET_END_EXITED);
	assert_int_equal(result.status, VICTIM_STATUS);
	assert_int_equal(result.instructions, VICTIM_INSNS);
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_true(!result.made_study && result.run == 2);
}

/* A variable of the latest run in @study, or NULL. */
static const char *variable_of(const char *study, const char *name, char *text, size_t size)
{
	char command[256];
	FILE *out;
	bool found;

	(void)snprintf(command, sizeof(command),
		"sqlite3 %s \"SELECT value FROM variables WHERE variable = '%s' "
		"ORDER BY run DESC LIMIT 1\"",
		study, name);
	out = popen(command, "r");
	assert_non_null(out);
	found = fgets(text, (int)size, out) != NULL;
	(void)pclose(out);
	text[strcspn(text, "\n")] = '\0';
	return found ? text : NULL;
}

static void gives_the_environment_asked_for(void **state)
{
	char *more[] = {(char *)"HOME=/here", (char *)"UPSET_TEST_GIVEN", NULL};
	char *whole[] = {(char *)"ONLY=this", NULL}, text[64];
	struct upset_golden_options options;
	struct upset_golden_result result;
	struct upset_error error = {0};

	(void)state;
	(void)unsetenv("UPSET_TEST_GIVEN");
	upset_golden_options_init(&options);
	options.program.arguments = arguments;
	options.engine = engine;
	options.study = "environment.upset";
	options.program.variables = more;
	assert_int_equal(upset_golden(&options, &result, &error), -EINVAL);
	(void)setenv("UPSET_TEST_GIVEN", "1", 1);
	(void)setenv("SLURM_JOB_ID", "1", 1);
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_string_equal(variable_of(options.study, "HOME", text, sizeof(text)), "/here");
	assert_string_equal(
		variable_of(options.study, "UPSET_TEST_GIVEN", text, sizeof(text)), "1");
	assert_string_equal(variable_of(options.study, "TZ", text, sizeof(text)), "UTC0");
	options.program.all_variables = true;
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_string_equal(
		variable_of(options.study, "PATH", text, sizeof(text)) != NULL ? "there" : "",
		"there");
	options.study = "all.upset";
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_null(variable_of(options.study, "SLURM_JOB_ID", text, sizeof(text)));
	options.program.environment = whole;
	options.study = "whole.upset";
	assert_int_equal(upset_golden(&options, &result, &error), 0);
	assert_string_equal(variable_of(options.study, "ONLY", text, sizeof(text)), "this");
	assert_null(variable_of(options.study, "HOME", text, sizeof(text)));
}

static void refuses_golden_runs(void **state)
{
	char *nothing[] = {(char *)"/nonexistent/program", NULL};
	struct upset_golden_options options;
	struct upset_golden_result result;
	struct upset_error error = {0};

	(void)state;
	upset_golden_options_init(&options);
	assert_int_equal(upset_golden(&options, &result, NULL), -EINVAL);
	options.study = "none.upset";
	options.program.arguments = nothing;
	assert_int_equal(upset_golden(&options, &result, &error), -ENOENT);
	assert_false(result.ran);
	assert_int_not_equal(access("none.upset", F_OK), 0);
	options.program.arguments = arguments;
	options.engine = "paper";
	assert_int_equal(upset_golden(&options, &result, NULL), -EINVAL);
	options.engine = engine;
	options.program.in_fd = 5;
	assert_int_equal(upset_golden(&options, &result, NULL), -EINVAL);
	options.program.in_fd = 0;
	options.study = ".";
	assert_int_equal(upset_golden(&options, &result, NULL), -EISDIR);
}

static void injects_a_fault(void **state)
{
	const struct upset_injection *injections;
	struct upset_inject_options options;
	struct upset_run_result golden, faulty;
	struct upset_injected *injected = NULL;
	struct upset_error error = {0};
	enum upset_cause cause;
	uint64_t latency;

	(void)state;
	upset_inject_options_init(&options);
	options.program.arguments = arguments;
	options.engine = engine;
	options.faults = "flip:3 rax @ insn=2"; /* 5 becomes 13, and the status 8 more */
	assert_int_equal(upset_inject(&injected, &options, &error), 0);
	assert_int_equal(upset_injected_outcome(injected, &cause), UPSET_OUTCOME_DUE);
	assert_int_equal(cause, UPSET_CAUSE_STATUS);
	assert_int_equal(upset_injected_faults(injected, &injections)->count, 1);
	assert_int_equal(injections[0].state, UPSET_INJECTION_DONE);
	assert_int_equal(injections[0].old_value[0], 5);
	assert_int_equal(injections[0].read_back[0], 13);
	upset_injected_runs(injected, &golden, &faulty);
	assert_int_equal(golden.status, VICTIM_STATUS);
	assert_int_equal(faulty.status, VICTIM_STATUS + 8);
	assert_int_equal(golden.out_size, 0);
	assert_int_equal(upset_injected_latency(injected, &latency), golden.instructions > 0);
	upset_injected_free(injected);
	options.faults = "flip:3 rxa @ insn=2";
	assert_int_equal(upset_inject(&injected, &options, NULL), -EINVAL);
	assert_null(injected);
	options.faults = NULL;
	assert_int_equal(upset_inject(&injected, &options, NULL), -EINVAL);
}

/* --- campaigns -------------------------------------------------------------------------------- */

struct told {
	unsigned int experiments, states, stop_after;
	unsigned int outcomes[UPSET_OUTCOMES];
	bool seen[EXPERIMENTS], twice;
	struct upset_campaign_state last;
	struct upset_stop *stop; /* to be used after stop_after; NULL: the callback's result */
};

static int count(void *context, const struct upset_campaign_experiment *experiment)
{
	struct told *told = context;
	struct upset_faults faults;
	unsigned int column;

	assert_true(experiment->number < EXPERIMENTS);
	told->twice |= told->seen[experiment->number];
	told->seen[experiment->number] = true;
	told->outcomes[experiment->outcome]++;
	assert_int_equal(upset_faults_parse(experiment->faults, &faults, &column, NULL), 0);
	upset_faults_free(&faults);
	if (++told->experiments != told->stop_after)
		return 0;
	if (told->stop == NULL)
		return 1;
	upset_stop_now(told->stop);
	return 0;
}

static void keep(void *context, const struct upset_campaign_state *state)
{
	struct told *told = context;

	assert_true(told->states == 0 || state->made >= told->last.made);
	told->states++;
	told->last = *state;
}

static void ask(struct upset_campaign_options *options, struct told *told, const char *study)
{
	upset_campaign_options_init(options);
	options->program.arguments = arguments;
	options->engine = engine;
	options->study = study;
	options->experiments = EXPERIMENTS;
	options->jobs = 2;
	options->made = count;
	options->kept = keep;
	options->context = told;
}

/* Names of what is sampled, and a list with mistakes. */
static void samples_what_is_named(void **state)
{
	struct upset_campaign_options options;
	struct upset_campaign_state all, own;
	struct upset_error error = {0};
	struct told told = {0};
	FILE *list = fopen("list", "w");

	(void)state;
	assert_non_null(list);
	assert_true(fputs("skip @ pc=here\nskip @ insn=1\nskip insn=1\n", list) >= 0);
	assert_int_equal(fclose(list), 0);
	ask(&options, &told, "named.upset");
	options.experiments = 2;
	assert_int_equal(upset_campaign(&options, &all, NULL), 0);
	assert_int_equal(all.executed, VICTIM_INSNS);
	assert_int_equal(all.selected, VICTIM_INSNS);
	assert_string_equal(all.selection, "");
	told = (struct told){0};
	options.modules = "program";
	assert_int_equal(upset_campaign(&options, &own, NULL), 0);
	assert_int_equal(own.campaign, 2);
	assert_int_equal(own.population, all.population);
	assert_int_equal(strncmp(own.selection, "modules /", 9), 0);
	options.functions = "nobody";
	assert_int_equal(upset_campaign(&options, &own, &error), -EINVAL);
	assert_non_null(strstr(error.message, "no function called nobody"));
	options.lines = "file.c:0";
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options.modules = options.functions = options.lines = NULL;
	options.experiments = 0;
	options.faults = "list";
	error = (struct upset_error){0};
	assert_int_equal(upset_campaign(&options, &own, &error), -EINVAL);
	assert_non_null(strstr(error.message, "list:1: "));
	assert_non_null(strstr(error.message, "; list:3:"));
}

static void makes_a_campaign(void **state)
{
	struct upset_campaign_options options;
	struct upset_campaign_state made;
	struct told told = {0};
	struct upset_error error = {0};

	(void)state;
	ask(&options, &told, "study.upset");
	assert_int_equal(upset_campaign(&options, &made, &error), 0);
	assert_int_equal(told.experiments, EXPERIMENTS);
	assert_false(told.twice);
	assert_int_equal(made.planned, EXPERIMENTS);
	assert_int_equal(made.made, EXPERIMENTS);
	assert_int_equal(made.before, 0);
	assert_int_equal(made.carried + made.fresh, EXPERIMENTS);
	assert_true(made.population > 0 && made.confidence == 0.95 && made.campaign == 1);
	assert_int_equal(told.last.made, EXPERIMENTS);
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++)
		assert_int_equal(told.outcomes[o], made.outcomes[o]);
	/* Again there is nothing left to do. */
	told = (struct told){0};
	assert_int_equal(upset_campaign(&options, &made, &error), 0);
	assert_int_equal(told.experiments, 0);
	assert_int_equal(made.before, EXPERIMENTS);
}

/* Stopped by the callback or by an object, and gone on with. */
static void stop_and_go_on(struct upset_stop *stop, const char *study)
{
	struct upset_campaign_options options;
	struct upset_campaign_state made;
	struct told told = {.stop_after = STOP_AFTER, .stop = stop};
	struct upset_error error = {0};

	ask(&options, &told, study);
	options.fresh = true; /* copies can be over before anybody looks */
	options.stop = stop;
	assert_int_equal(upset_campaign(&options, &made, &error), -EINTR);
	assert_true(told.experiments >= STOP_AFTER && told.experiments < EXPERIMENTS);
	assert_int_equal(made.made, told.experiments);
	told.stop_after = 0;
	options.stop = NULL;
	error = (struct upset_error){0};
	assert_int_equal(upset_campaign(&options, &made, &error), 0);
	assert_false(told.twice);
	assert_int_equal(told.experiments, EXPERIMENTS);
	assert_true(made.before >= STOP_AFTER && made.made == EXPERIMENTS);
}

static void stops_and_goes_on(void **state)
{
	struct upset_stop *stop = upset_stop_new();

	(void)state;
	assert_non_null(stop);
	stop_and_go_on(NULL, "callback.upset");
	stop_and_go_on(stop, "object.upset");
	upset_stop_free(stop);
	upset_stop_free(NULL);
}

static void *in_a_thread(void *told)
{
	struct upset_campaign_options options;
	struct upset_campaign_state made;
	char study[32];

	ask(&options, told, study);
	(void)snprintf(study, sizeof(study), "%p.upset", told);
	return upset_campaign(&options, &made, NULL) == 0 ? told : NULL;
}

static void makes_two_at_one_time(void **state)
{
	struct told told[2] = {0};
	pthread_t threads[2];
	void *result;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	/* Its allocator may be locked in the child of a process with several threads. */
	skip();
#endif
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, in_a_thread, &told[i]), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, &told[i]);
	}
	assert_memory_equal(told[0].outcomes, told[1].outcomes, sizeof(told[0].outcomes));
	assert_int_equal(told[0].experiments, EXPERIMENTS);
}

static void refuses_campaigns(void **state)
{
	struct upset_campaign_options good, options;
	struct upset_campaign_state made;
	struct told told = {0};

	(void)state;
	ask(&good, &told, "none.upset");
	assert_int_equal(upset_campaign_check(&good, NULL), 0);
	options = good;
	options.confidence = 1;
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options = good;
	options.margin = 0;
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options = good;
	options.models = "skip";
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options = good;
	options.judging.detected_exit = 256;
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options = good;
	options.study = NULL;
	assert_int_equal(upset_campaign(&options, &made, NULL), -EINVAL);
	options = good;
	options.faults = "no such list";
	assert_int_equal(upset_campaign_check(&options, NULL), -EINVAL);
	options.experiments = 0;
	assert_int_equal(upset_campaign(&options, &made, NULL), -ENOENT);
	assert_int_equal(told.experiments + told.states, 0);
	assert_int_not_equal(access("none.upset", F_OK), 0);
}

static void leaves_signals_alone(void **state)
{
	struct upset_campaign_options options;
	struct upset_campaign_state made;
	struct sigaction before[NSIG], after;
	struct told told = {0};

	(void)state;
	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, NULL, &before[i]);
	ask(&options, &told, "study.upset");
	assert_int_equal(upset_campaign(&options, &made, NULL), 0);
	for (int i = 1; i < NSIG; i++) {
		if (sigaction(i, NULL, &after) == 0)
			assert_ptr_equal(after.sa_handler, before[i].sa_handler);
	}
}

#define RUNS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		RUNS_TEST(counts_a_golden_run),
		RUNS_TEST(gives_the_environment_asked_for),
		RUNS_TEST(refuses_golden_runs),
		RUNS_TEST(injects_a_fault),
		RUNS_TEST(samples_what_is_named),
		RUNS_TEST(makes_a_campaign),
		RUNS_TEST(stops_and_goes_on),
		RUNS_TEST(makes_two_at_one_time),
		RUNS_TEST(refuses_campaigns),
		RUNS_TEST(leaves_signals_alone),
	};

	if (argc != 3)
		return 2;
	arguments[0] = realpath(argv[1], NULL);
	engine = argv[2];
	return arguments[0] == NULL ? 2 : cmocka_run_group_tests(tests, NULL, NULL);
}
