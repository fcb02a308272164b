/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset replay: an experiment of a campaign again, and where it leaves the golden run. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/run.h"
#include "api/target.h"
#include "base/hash.h"
#include "campaign/campaign.h"
#include "cli/commands.h"
#include "cli/replay.h"
#include "cli/signals.h"
#include "cli/tell.h"
#include "engine/input.h"
#include "engine/process.h"

const char upset_replay_notes[] =
	"The program, its arguments, environment, folder and standard input are those of\n"
	"the campaign; where that read from a pipe, give the same again.  Under engine\n"
	"qemu it is told, too, behind which instruction the run with the fault goes\n"
	"another way.  The exit status is 1 when anything is not as the study says.";

enum { STEPS_DEFAULT = 10000000 };

struct replay {
	const char *study;
	int64_t number, campaign, steps;
	struct replay_record record;
	struct upset_subject subject;
	struct upset_campaign run; /* its golden runs */
	struct upset_experiment experiment;
	struct upset_trace trace;
	char *program;
	bool differs; /* from what the study says */
};

static int parse_number(const struct upset_command *command, struct replay *r, const char *text)
{
	char *end;

	errno = 0;
	r->number = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || r->number < 0)
		return upset_usage_error(
			command, "'%s' is no number of an experiment; they begin with 0", text);
	return -1;
}

static int parse(const struct upset_command *command, struct replay *r, struct upset_list *rest,
	int argc, char **argv)
{
	const struct upset_option options[] = {
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N", "of this campaign; default: the latest",
			&r->campaign},
		{"steps", 0, UPSET_OPTION_NUMBER, "N",
			"instructions to compare at most; default: 10000000", &r->steps},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, rest, NULL);

	if (result >= 0)
		return result;
	if (rest->count < 2)
		return upset_usage_error(command, "which experiment? Name a STUDY and its NUMBER");
	if (rest->count > 2)
		return upset_usage_error(command, "too many arguments");
	r->study = rest->items[0];
	return parse_number(command, r, rest->items[1]);
}

/* --- as it was in the campaign ---------------------------------------------------------------- */

/* Say what is not as the study says. */
static void differ(struct replay *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void differ(struct replay *r, const char *format, ...)
{
	va_list arguments;

	r->differs = true;
	printf("differs   ");
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static void check_file(struct replay *r, const char *what, const char *path, const char *sha256)
{
	char hash[UPSET_HASH_HEX_SIZE];

	if (sha256 == NULL)
		return;
	(void)upset_hash_file(path, hash, NULL);
	if (strcmp(hash, sha256) != 0)
		differ(r, "%s %s has changed since the campaign", what, path);
}

static bool is_same_file(const char *path, const char *absolute)
{
	char *real = realpath(path, NULL), *other = realpath(absolute, NULL);
	bool same = real != NULL && other != NULL && strcmp(real, other) == 0;

	free(real);
	free(other);
	return same;
}

/* By the name it had: that lies on its stack. */
static int find_program(struct replay *r, struct upset_error *error)
{
	const struct replay_record *record = &r->record;

	if (upset_target_find(record->campaign.arguments[0], &r->program, NULL) != 0 ||
		!is_same_file(r->program, record->campaign.program)) {
		free(r->program);
		r->program = strdup(record->campaign.program);
	}
	if (r->program == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	return upset_process_check_program(r->program, record->campaign.sysroot, error);
}

static int open_input(struct replay *r, struct upset_error *error)
{
	int fd = STDIN_FILENO;

	for (size_t i = 0; i < r->record.campaign.input_count; i++) {
		const struct campaign_record_input *input = &r->record.campaign.inputs[i];

		check_file(r, "input", input->path, input->sha256);
		if (input->position != 0)
			continue;
		fd = open(input->path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return upset_error_set(error, errno,
				"cannot read the campaign's standard input %s: %s", input->path,
				strerror(errno));
	}
	r->subject.target.in_fd = upset_input_open(fd, error);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return r->subject.target.in_fd < 0 ? r->subject.target.in_fd : 0;
}

static int prepare(struct replay *r, struct upset_error *error)
{
	struct replay_record *record = &r->record;
	unsigned int column;
	int rc = 0;

	if (upset_faults_parse(record->faults, &r->experiment.faults, &column, error) != 0)
		return upset_error_set(error, EIO,
			"the study is damaged: experiment %" PRId64 " has no fault", r->number);
	r->subject.engine = upset_engine_find(record->campaign.engine);
	if (r->subject.engine == NULL)
		return upset_error_set(error, EIO, "the study is damaged: there is no engine '%s'",
			record->campaign.engine);
	if (chdir(record->campaign.folder) != 0)
		rc = upset_error_set(error, errno, "cannot enter the campaign's folder %s: %s",
			record->campaign.folder, strerror(errno));
	if (rc == 0)
		rc = find_program(r, error);
	if (rc != 0)
		return rc;
	check_file(r, "program", r->program, record->campaign.program_sha256);
	r->subject.target.isa = upset_process_isa(r->program);
	r->subject.target.sysroot = record->campaign.sysroot;
	r->subject.target.program = r->program;
	r->subject.target.arguments = record->campaign.arguments;
	r->subject.target.environment = record->campaign.environment;
	r->subject.target.sandbox = record->campaign.no_sandbox ? NULL : &record->campaign.limits;
	r->subject.stop = &upset_stop;
	r->run.subject = &r->subject;
	r->run.rules = &record->campaign.rules;
	return open_input(r, error);
}

/* --- comparing with the study ----------------------------------------------------------------- */

static const char *end_name(enum upset_end end)
{
	return end == UPSET_END_HUNG ? "hung" : end == UPSET_END_SIGNALED ? "signaled" : "exited";
}

static int compare_golden(struct replay *r, struct upset_error *error)
{
	const struct replay_record *record = &r->record;
	const struct upset_trial *golden = &r->run.golden;
	char out[UPSET_HASH_HEX_SIZE], err[UPSET_HASH_HEX_SIZE];
	int rc = upset_run_hash_outputs(golden, out, err, error);

	if (rc != 0)
		return rc;
	if (strcmp(end_name(golden->result.seen.end), record->campaign.golden_end) != 0 ||
		golden->result.seen.status != record->campaign.golden_status)
		differ(r, "the golden run's end: it %s with %" PRId64, record->campaign.golden_end,
			record->campaign.golden_status);
	if (!golden->result.threaded &&
		golden->result.instructions != record->campaign.golden_instructions)
		differ(r, "the golden run's instructions: they were %" PRIu64,
			record->campaign.golden_instructions);
	if (!record->campaign.rules.ignore_stdout && record->campaign.rules.check == NULL &&
		strcmp(out, record->campaign.stdout_sha256) != 0)
		differ(r, "the golden run's standard output");
	if (!record->campaign.rules.ignore_stderr && record->campaign.rules.check == NULL &&
		strcmp(err, record->campaign.stderr_sha256) != 0)
		differ(r, "the golden run's standard error");
	return 0;
}

static const char *state_name(enum upset_injection_state state)
{
	static const char *const names[] = {
		[UPSET_INJECTION_NOT_REACHED] = "not-reached",
		[UPSET_INJECTION_DONE] = "done",
		[UPSET_INJECTION_REFUSED] = "refused",
		[UPSET_INJECTION_IMPOSSIBLE] = "impossible",
	};

	return names[state];
}

static void compare_value(struct replay *r, const char *name, const uint8_t *value,
	unsigned int bits, const char *was)
{
	char text[2 * sizeof(r->experiment.injections->old_value) + 3] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	if (out == NULL || was == NULL)
		return;
	upset_experiment_print_value(out, value, bits);
	(void)fclose(out);
	if (strcmp(text, was) != 0)
		differ(r, "the value %s: it was %s", name, was);
}

static void compare_injection(struct replay *r, size_t number)
{
	static const char *const names[REPLAY_VALUES] = {"before", "after", "read"};
	const struct upset_injection *i = &r->experiment.injections[number];
	const struct replay_injection *was = &r->record.injections[number];
	const uint8_t *values[REPLAY_VALUES] = {i->old_value, i->new_value, i->read_back};

	if (strcmp(state_name(i->state), was->state) != 0) {
		differ(r, "what became of fault %zu: it was %s", number, was->state);
		return;
	}
	if (was->reached && i->address != was->address)
		differ(r, "the address: it was 0x%" PRIx64, was->address);
	for (int v = 0; v < REPLAY_VALUES; v++)
		compare_value(r, names[v], values[v], i->bits, was->values[v]);
}

static void compare_experiment(struct replay *r)
{
	const struct upset_experiment *e = &r->experiment;
	const struct replay_record *record = &r->record;
	const char *cause = upset_cause_name(e->cause);

	for (size_t i = 0; i < e->faults.count && i < record->injection_count; i++)
		compare_injection(r, i);
	if (strcmp(upset_outcome_name(e->outcome), record->outcome) != 0 ||
		strcmp(cause, record->cause != NULL ? record->cause : "") != 0)
		differ(r, "the outcome: it was %s (%s)", record->outcome,
			record->cause != NULL ? record->cause : "");
	if (record->end != NULL && (strcmp(end_name(e->trial.result.seen.end), record->end) != 0 ||
					   (e->trial.result.seen.end != UPSET_END_HUNG &&
						   e->trial.result.seen.status != record->status)))
		differ(r, "the end: it was %s with %" PRId64, record->end, record->status);
}

/* --- where the runs part ---------------------------------------------------------------------- */

/* Why they are not compared; NULL: they are. */
static const char *why_not(const struct replay *r)
{
	if (r->steps == 0)
		return "";
	if (r->experiment.outcome == UPSET_OUTCOME_NOT_INJECTED)
		return "";
	if (r->subject.engine->trace == NULL)
		return "where the runs part is told under engine qemu only";
	if (r->run.golden.result.threaded || r->experiment.trial.result.threaded)
		return "the program has threads, and they take turns in another way each time: "
		       "where the runs part is not told";
	return NULL;
}

static unsigned int first_fault(const struct upset_experiment *e)
{
	unsigned int first = 0;

	for (unsigned int i = 1; i < e->faults.count; i++) {
		const struct upset_injection *a = &e->injections[first], *b = &e->injections[i];

		if (b->state == UPSET_INJECTION_DONE &&
			(a->state != UPSET_INJECTION_DONE || b->insn < a->insn))
			first = i;
	}
	return first;
}

static int trace(struct replay *r, struct upset_error *error)
{
	const struct upset_experiment *e = &r->experiment;
	const char *why = why_not(r);
	struct upset_trace_request request = {.fault = first_fault(e), .steps = (uint64_t)r->steps};
	int rc;

	if (why != NULL) {
		if (why[0] != '\0')
			printf("          %s\n", why);
		return 0;
	}
	request.insn = e->injections[request.fault].insn;
	(void)fflush(stdout);
	rc = upset_trial_trace(&r->subject, &r->run.golden, &e->faults, &request, &r->trace, error);
	if (rc == 0)
		replay_trace_tell(&r->trace, request.insn, &r->run.golden.result, &e->trial.result);
	return rc;
}

/* --- all -------------------------------------------------------------------------------------- */

static int load(struct replay *r, struct upset_error *error)
{
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, r->study, error);

	if (rc == 0)
		rc = replay_record_load(&r->record, store, r->campaign, r->number, error);
	upset_store_close(store);
	return rc;
}

static int run(struct replay *r, struct upset_error *error)
{
	int rc = load(r, error);

	if (rc == 0)
		rc = prepare(r, error);
	if (rc == 0)
		rc = upset_campaign_begin(&r->run, error);
	if (rc == 0)
		rc = upset_experiment_run(
			&r->experiment, &r->subject, r->run.rules, &r->run.golden, error);
	if (rc != 0)
		return rc;
	upset_experiment_tell(&r->experiment, &r->run.golden);
	rc = trace(r, error);
	if (rc == 0)
		rc = compare_golden(r, error);
	if (rc == 0)
		compare_experiment(r);
	return rc;
}

int upset_replay_main(const struct upset_command *command, int argc, char **argv)
{
	struct replay r = {.steps = STEPS_DEFAULT,
		.subject = {.target = {.in_fd = -1}},
		.run = {.golden = UPSET_TRIAL_NONE},
		.experiment = {.trial = UPSET_TRIAL_NONE}};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	struct upset_error error = {0};
	int result = parse(command, &r, &rest, argc, argv);

	if (result < 0) {
		upset_signals_catch_stop();
		upset_signals_catch_failed_writes();
		if (run(&r, &error) != 0)
			result = upset_report_error(&error);
		else
			result = r.differs ? UPSET_EXIT_GATE : UPSET_EXIT_DONE;
	}
	free(rest.items);
	if (r.subject.target.in_fd >= 0)
		(void)close(r.subject.target.in_fd);
	upset_trace_fini(&r.trace);
	upset_experiment_fini(&r.experiment);
	upset_campaign_end(&r.run);
	replay_record_fini(&r.record);
	free(r.program);
	return result;
}
