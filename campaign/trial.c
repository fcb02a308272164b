/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a program: see trial.h. */
#include "campaign/trial.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault/fault.h"
#include "sandbox/sandbox.h"
#include "symbols/symbols.h"

/* Where instructions are counted they decide what hangs, and time is for what waits for ever. */
static const uint64_t least_ns = 1000000000, counted_least_ns = 20000000000;
enum { HANG_COUNTED_FACTOR = 10, BLOCK_BYTES = 512, HOLES_MOST = 1 << 30, RUNS_MOST = 4 };

static uint64_t limit_of(const struct upset_trial *golden)
{
	uint64_t ns = golden->result.seen.host_time_ns * UPSET_HANG_FACTOR;

	return golden->result.instructions > 0 ? ns * HANG_COUNTED_FACTOR + counted_least_ns
					       : ns + least_ns;
}

/* What was written counts, too: to files of the sandbox's or not. */
struct upset_limits upset_trial_limits(
	const struct upset_subject *subject, const struct upset_trial *golden)
{
	static const struct upset_limits nothing = {0};
	const struct upset_limits *asked =
		subject->target.sandbox != NULL ? subject->target.sandbox : &nothing;
	struct upset_limits needed;

	if (golden == NULL)
		return upset_sandbox_limits_for(asked, NULL);
	needed = golden->result.needed;
	if (needed.file_bytes < golden->result.seen.out.bytes)
		needed.file_bytes = golden->result.seen.out.bytes;
	if (needed.file_bytes < golden->result.seen.err.bytes)
		needed.file_bytes = golden->result.seen.err.bytes;
	return upset_sandbox_limits_for(asked, &needed);
}

/* @limits: of its sandbox, which the request points to. */
static struct upset_experiment_request make_request(const struct upset_subject *subject,
	const struct upset_trial *golden, struct upset_limits *limits)
{
	static const struct upset_faults none = {0};
	struct upset_target target = subject->target;

	*limits = upset_trial_limits(subject, golden);
	if (target.sandbox != NULL)
		target.sandbox = limits;
	return (struct upset_experiment_request){
		.target = target,
		.faults = &none,
		.out_fd = -1,
		.err_fd = -1,
		.limit_ns = golden == NULL ? 0 : limit_of(golden),
		.limit_instructions =
			golden == NULL ? 0 : golden->result.instructions * UPSET_HANG_FACTOR,
		/* With as many as instructions where there were few. */
		.limit_repeats = golden == NULL
					 ? 0
					 : (golden->result.repeats + golden->result.instructions) *
						   UPSET_HANG_FACTOR,
		.hidden = golden != NULL && golden->result.hidden,
		.limit_slept_ns = golden == NULL ? 0
						 : golden->result.slept_ns * UPSET_HANG_FACTOR +
							   counted_least_ns,
		.find_symbol = upset_symbols_address_in,
		.stop = subject->stop,
	};
}

/*
 * A fault can move standard output to anywhere.  What is in the hole before that is not looked
 * at: it would take as much memory to read as if it had been written.
 */
static size_t seen_of(const struct stat *info)
{
	const off_t most = info->st_blocks * BLOCK_BYTES + HOLES_MOST;

	return (size_t)(info->st_size < most ? info->st_size : most);
}

static int see_channel(int fd, struct upset_channel *channel, struct upset_error *error)
{
	struct stat info;
	void *map;

	*channel = (struct upset_channel){0};
	if (fd < 0)
		return 0;
	if (fstat(fd, &info) != 0)
		return upset_error_set(
			error, errno, "cannot read what the program wrote: %s", strerror(errno));
	if (info.st_size == 0)
		return 0;
	map = mmap(NULL, seen_of(&info), PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return upset_error_set(error, errno,
			"cannot map the %lld bytes that the program wrote: %s",
			(long long)info.st_size, strerror(errno));
	channel->data = map;
	channel->bytes = (uint64_t)info.st_size;
	channel->looked = seen_of(&info);
	return 0;
}

static int see(struct upset_trial *t, struct upset_error *error)
{
	int rc = see_channel(t->out_fd, &t->result.seen.out, error);

	return rc == 0 ? see_channel(t->err_fd, &t->result.seen.err, error) : rc;
}

/* A new trial, to which @request writes. */
static int open_trial(
	struct upset_trial *t, struct upset_experiment_request *request, struct upset_error *error)
{
	*t = (struct upset_trial){.out_fd = memfd_create("output", MFD_CLOEXEC),
		.err_fd = memfd_create("output", MFD_CLOEXEC)};
	if (t->out_fd < 0 || t->err_fd < 0)
		return upset_error_set(error, EIO, "no room for what the program writes");
	request->out_fd = t->out_fd;
	request->err_fd = t->err_fd;
	return 0;
}

static int interrupted(struct upset_error *error)
{
	return upset_error_set(error, EINTR, "interrupted");
}

/* Signals that come of what a program executes, or of what it asked for. */
static bool is_own_signal(int signal)
{
	static const int own[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS,
		SIGPIPE, SIGALRM, SIGXFSZ};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (own[i] == signal)
			return true;
	}
	return false;
}

bool upset_trial_is_doubtful(
	const struct upset_experiment_result *result, const struct upset_trial *golden)
{
	const struct upset_seen *seen = &result->seen;

	if (seen->end != UPSET_END_SIGNALED || seen->obstacle != UPSET_OBSTACLE_NONE ||
		is_own_signal(seen->status))
		return false;
	return golden == NULL || golden->result.seen.end != UPSET_END_SIGNALED ||
	       golden->result.seen.status != seen->status;
}

/* What a run is made for: an experiment, or finding out where triggers come. */
struct errand {
	struct upset_injection *injections;	 /* of its faults */
	const struct upset_fault *const *sought; /* [count]; NULL: an experiment */
	struct upset_trigger *triggers;
	size_t count;
};

static int run_once(struct upset_trial *t, const struct upset_subject *subject,
	struct upset_experiment_request *request, const struct errand *errand,
	struct upset_error *error)
{
	const struct upset_engine *engine = subject->engine;
	int rc = open_trial(t, request, error);

	t->result.injections = errand->injections;
	if (rc == 0 && errand->sought == NULL)
		rc = engine->experiment(request, &t->result, error);
	else if (rc == 0)
		rc = engine->locate(request, errand->sought, errand->count, errand->triggers,
			&t->result, error);
	if (rc == 0 && t->result.seen.end == UPSET_END_INTERRUPTED)
		rc = interrupted(error);
	return rc;
}

/* Without a sandbox each run does things to the machine, so there it is made once. */
static int run(struct upset_trial *t, const struct upset_subject *subject,
	struct upset_experiment_request *request, const struct errand *errand,
	const struct upset_trial *golden, struct upset_error *error)
{
	int rc = run_once(t, subject, request, errand, error), signal = 0;

	for (int runs = 1;
		runs < RUNS_MOST && rc == 0 && request->target.sandbox != NULL &&
		upset_trial_is_doubtful(&t->result, golden) && t->result.seen.status != signal;
		runs++) {
		signal = t->result.seen.status;
		upset_trial_end(t);
		rc = run_once(t, subject, request, errand, error);
	}
	return rc == 0 ? see(t, error) : rc;
}

int upset_trial_run(struct upset_trial *t, const struct upset_subject *subject,
	const struct upset_faults *faults, const struct upset_trigger *trigger,
	struct upset_injection *injections, const struct upset_trial *golden,
	struct upset_error *error)
{
	struct upset_limits limits;
	struct upset_experiment_request request = make_request(subject, golden, &limits);
	const struct errand errand = {.injections = injections};
	int rc;

	request.faults = faults;
	request.trigger = trigger;
	rc = run(t, subject, &request, &errand, golden, error);
	if (rc == 0 && golden == NULL &&
		(t->result.seen.out.looked < t->result.seen.out.bytes ||
			t->result.seen.err.looked < t->result.seen.err.bytes))
		rc = upset_error_set(error, ENOTSUP,
			"the program's output has holes of more than a gigabyte, and cannot be "
			"compared");
	return rc;
}

int upset_trial_survey(
	const struct upset_subject *subject, struct upset_trial *golden, struct upset_error *error)
{
	struct upset_limits limits;
	struct upset_experiment_request request = make_request(subject, golden, &limits);
	struct upset_experiment_result result = {0};
	struct upset_trial trial;
	int rc;

	if (subject->engine->survey == NULL)
		return 0;
	rc = open_trial(&trial, &request, error);
	if (rc == 0)
		rc = subject->engine->survey(&request, &golden->result.hidden, &result, error);
	if (rc == 0 && result.seen.end == UPSET_END_INTERRUPTED)
		rc = interrupted(error);
	upset_trial_end(&trial);
	return rc;
}

int upset_trial_locate(struct upset_trial *t, const struct upset_subject *subject,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	const struct upset_trial *golden, struct upset_error *error)
{
	struct upset_limits limits;
	struct upset_experiment_request request = make_request(subject, golden, &limits);
	const struct errand errand = {.sought = faults, .triggers = triggers, .count = count};

	return run(t, subject, &request, &errand, golden, error);
}

/* A symbol that is sought in a module tells where the module is; there is no need to go on. */
static bool note_module(void *context, const char *path, const char *symbol, uint64_t *address)
{
	char **found = context;

	(void)symbol;
	(void)address;
	if (*found == NULL)
		*found = strdup(path);
	return false;
}

int upset_trial_find_module(const struct upset_subject *subject, const char *module,
	const struct upset_trial *golden, char **path, struct upset_error *error)
{
	struct upset_fault fault = {.model = UPSET_FAULT_SKIP,
		.trigger = UPSET_FAULT_AT_PLACE,
		.count = 1,
		.trigger_place = {.module = (char *)(uintptr_t)module,
			.symbol = (char *)(uintptr_t) "symbol"},
		.thread = -1};
	const struct upset_faults faults = {&fault, 1};
	struct upset_limits limits;
	struct upset_experiment_request request = make_request(subject, golden, &limits);
	struct upset_injection injection;
	struct upset_error own = {0};
	struct upset_trial t;
	int rc = open_trial(&t, &request, &own);

	*path = NULL;
	request.faults = &faults;
	request.find_symbol = note_module;
	request.symbol_context = path;
	t.result.injections = &injection;
	if (rc == 0)
		rc = subject->engine->experiment(&request, &t.result, &own);
	if (rc == 0 && t.result.seen.end == UPSET_END_INTERRUPTED)
		rc = interrupted(&own);
	upset_trial_end(&t);
	if (rc == 0 || *path != NULL)
		return 0;
	return upset_error_set(error, -rc, "%s", own.message);
}

int upset_trial_carry(const struct upset_subject *subject, const struct upset_trial *golden,
	struct upset_carry_request *request, struct upset_experiment_result *result, char *why,
	size_t size, struct upset_error *error)
{
	struct upset_limits limits;
	struct upset_experiment_request run = make_request(subject, golden, &limits);
	struct upset_trial trial;
	int rc = open_trial(&trial, &run, error);

	request->run = &run;
	*result = (struct upset_experiment_result){0};
	if (rc == 0)
		rc = subject->engine->carry(request, result, why, size, error);
	if (rc == 0 && upset_stop_reason(subject->stop) != 0)
		rc = interrupted(error);
	upset_trial_end(&trial);
	return rc;
}

int upset_trial_trace(const struct upset_subject *subject, const struct upset_trial *golden,
	const struct upset_faults *faults, const struct upset_trace_request *from,
	struct upset_trace *trace, struct upset_error *error)
{
	struct upset_limits limits;
	struct upset_experiment_request requests[2] = {
		make_request(subject, golden, &limits), make_request(subject, golden, &limits)};
	struct upset_trial trials[2] = {UPSET_TRIAL_NONE, UPSET_TRIAL_NONE};
	struct upset_trace_request whole = *from;
	int rc = open_trial(&trials[0], &requests[0], error);

	*trace = (struct upset_trace){0};
	if (rc == 0)
		rc = open_trial(&trials[1], &requests[1], error);
	requests[1].faults = faults;
	whole.golden = &requests[0];
	whole.faulty = &requests[1];
	if (rc == 0)
		rc = subject->engine->trace(&whole, trace, error);
	upset_trial_end(&trials[0]);
	upset_trial_end(&trials[1]);
	return rc;
}

bool upset_trial_latency(const struct upset_experiment_result *result, uint64_t *latency)
{
	const struct upset_injection *first = result->injections;

	if (result->instructions == 0 || result->threaded || first->state != UPSET_INJECTION_DONE ||
		first->insn == UINT64_MAX || first->insn > result->instructions)
		return false;
	*latency = result->instructions - first->insn;
	return true;
}

int upset_trial_take(struct upset_trial *t, const struct upset_experiment_result *result,
	int out_fd, int err_fd, struct upset_error *error)
{
	*t = (struct upset_trial){
		.result = *result, .out_fd = out_fd, .err_fd = err_fd, .borrowed = true};
	return see(t, error);
}

static void unsee_channel(struct upset_channel *channel)
{
	if (channel->data != NULL)
		(void)munmap((void *)(uintptr_t)channel->data, channel->looked);
	channel->data = NULL;
}

void upset_trial_end(struct upset_trial *t)
{
	unsee_channel(&t->result.seen.out);
	unsee_channel(&t->result.seen.err);
	if (!t->borrowed && t->out_fd >= 0)
		(void)close(t->out_fd);
	if (!t->borrowed && t->err_fd >= 0)
		(void)close(t->err_fd);
	t->out_fd = t->err_fd = -1;
}
