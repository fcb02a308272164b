/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset inject: one experiment, told in full. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "campaign/outcome.h"
#include "cli/commands.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "engine/engine.h"
#include "engine/input.h"
#include "engine/process.h"
#include "fault/fault.h"
#include "sandbox/sandbox.h"
#include "symbols/symbols.h"

/* Where instructions are counted they decide what hangs, and time is for what waits for ever. */
enum { HANG_FACTOR = 10, HANG_LEAST_NS = 1000000000, HANG_COUNTED_FACTOR = 60 };

const char upset_inject_notes[] =
	"A fault is MODEL:BITS LOCATION @ TRIGGER, as in\n"
	"  flip:17 rax @ pc=main #2            stuck0:3 mem[table+8] @ insn=1000 for 50\n"
	"  set:0x1f xmm3 @ pc=libm.so.6!exp    skip @ pc=check\n"
	"doc/faults.md has the whole form.  The program runs twice in a sandbox, without the\n"
	"fault and with it: no network, no writing but to copies of its folder and of /tmp.\n"
	"The exit status is 0 whatever the outcome, 3 when it could not be run.";

struct inject {
	const char *engine_name, *fault_text, *detected_pattern;
	int64_t detected_exit;
	bool no_sandbox, ignore_stdout, ignore_stderr;
	const struct upset_engine *engine;
	struct upset_faults faults;
	struct upset_injection *injections;
	char *program;
	char **arguments;
	int in_fd;
};

/* --- the command line ----------------------------------------------------------------------- */

/* Say what is wrong with the fault, and point at it. */
static int fault_error(const char *text, unsigned int column, const struct upset_error *error)
{
	upset_say("fault, column %u: %s", column, error->message);
	if (isatty(STDERR_FILENO) && column > 0)
		fprintf(stderr, "  %s\n  %*s^\n", text, (int)column - 1, "");
	return UPSET_EXIT_USAGE;
}

static int parse(const struct upset_command *command, struct inject *j, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"fault", 'f', UPSET_OPTION_TEXT, "FAULT", "what to inject; several with ;",
			&j->fault_text},
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default) or native",
			&j->engine_name},
		{"detected", 0, UPSET_OPTION_TEXT, "TEXT",
			"what the program writes when it has noticed a fault",
			&j->detected_pattern},
		{"detected-exit", 0, UPSET_OPTION_NUMBER, "N",
			"the exit status by which it says so", &j->detected_exit},
		{"ignore-stdout", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard output",
			&j->ignore_stdout},
		{"ignore-stderr", 0, UPSET_OPTION_FLAG, NULL, "do not compare standard error",
			&j->ignore_stderr},
		{"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "let the program do whatever it does",
			&j->no_sandbox},
	};
	struct upset_error error = {0};
	unsigned int column;
	int end, result = upset_options_parse(command, options,
			 sizeof(options) / sizeof(options[0]), argc, argv, true, NULL, &end);

	if (result >= 0)
		return result;
	if (j->fault_text == NULL)
		return upset_usage_error(command, "which fault? Give it with --fault");
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	j->engine = upset_engine_find(j->engine_name);
	if (j->engine == NULL || j->engine->experiment == NULL)
		return upset_usage_error(
			command, "unknown engine '%s': qemu or native", j->engine_name);
	if (upset_faults_parse(j->fault_text, &j->faults, &column, &error) != 0)
		return fault_error(j->fault_text, column, &error);
	j->arguments = argv + end;
	return -1;
}

/* --- running ---------------------------------------------------------------------------------- */

/* A run of the program and what it wrote. */
struct trial {
	struct upset_experiment_result result;
	struct upset_result seen;
	int fds[2];
};

static bool find_symbol(void *context, const char *path, const char *symbol, uint64_t *address)
{
	struct upset_symbols *symbols = upset_symbols_open(path);
	bool found = symbols != NULL && upset_symbols_address(symbols, symbol, address) == 0;

	(void)context;
	upset_symbols_close(symbols);
	return found;
}

static int read_output(int fd, const uint8_t **text, size_t *size, struct upset_error *error)
{
	struct stat info;
	void *map;

	if (fstat(fd, &info) != 0)
		return upset_error_set(error, errno, "cannot read what the program wrote");
	*size = (size_t)info.st_size;
	*text = NULL;
	if (*size == 0)
		return 0;
	map = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return upset_error_set(error, errno, "cannot read what the program wrote");
	*text = map;
	return 0;
}

static void end_trial(struct trial *t)
{
	if (t->seen.out != NULL)
		(void)munmap((void *)(uintptr_t)t->seen.out, t->seen.out_size);
	if (t->seen.err != NULL)
		(void)munmap((void *)(uintptr_t)t->seen.err, t->seen.err_size);
	for (int i = 0; i < 2; i++) {
		if (t->fds[i] >= 0)
			(void)close(t->fds[i]);
	}
}

static uint64_t limit_of(const struct trial *golden)
{
	uint64_t ns = golden->result.host_time_ns * HANG_FACTOR + HANG_LEAST_NS;

	return golden->result.instructions > 0 ? ns * HANG_COUNTED_FACTOR : ns;
}

static int run_trial(const struct inject *j, const struct upset_faults *faults,
	const struct trial *golden, struct trial *t, struct upset_error *error)
{
	const struct upset_experiment_request request = {
		.program = j->program,
		.arguments = j->arguments,
		.environment = environ,
		.faults = faults,
		.in_fd = j->in_fd,
		.out_fd = t->fds[0],
		.err_fd = t->fds[1],
		.sandbox = j->no_sandbox ? NULL : &upset_sandbox_default_limits,
		.limit_ns = golden == NULL ? 0 : limit_of(golden),
		.limit_instructions =
			golden == NULL ? 0 : golden->result.instructions * HANG_FACTOR,
		.find_symbol = find_symbol,
		.stop = &upset_stop,
	};
	int rc;

	if (t->fds[0] < 0 || t->fds[1] < 0)
		return upset_error_set(error, EIO, "no room for what the program writes");
	rc = j->engine->experiment(&request, &t->result, error);
	if (rc == 0 && t->result.end == UPSET_EXPERIMENT_INTERRUPTED)
		rc = upset_error_set(error, EINTR, "interrupted");
	if (rc == 0)
		rc = read_output(t->fds[0], &t->seen.out, &t->seen.out_size, error);
	if (rc == 0)
		rc = read_output(t->fds[1], &t->seen.err, &t->seen.err_size, error);
	t->seen.end = t->result.end;
	t->seen.status = t->result.status;
	t->seen.files = t->result.files;
	return rc;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void print_value(const uint8_t *value, unsigned int bits)
{
	unsigned int n = (bits + 7) / 8;

	printf("0x");
	while (n-- > 0)
		printf("%02x", value[n]);
}

static void print_fault(const struct upset_fault *fault, const struct upset_injection *i)
{
	struct upset_faults one = {(struct upset_fault *)(uintptr_t)fault, 1};
	char *text = upset_faults_print(&one);

	printf("fault     %s\n", text != NULL ? text : "");
	free(text);
	switch (i->state) {
	case UPSET_INJECTION_NOT_REACHED:
		printf("          its trigger did not come\n");
		return;
	case UPSET_INJECTION_IMPOSSIBLE:
		printf("          at 0x%" PRIx64 ": %s\n", i->address, i->reason);
		return;
	default:
		break;
	}
	printf("  at      0x%" PRIx64 "\n  before  ", i->address);
	print_value(i->old_value, i->bits);
	printf("\n  after   ");
	print_value(i->new_value, i->bits);
	printf("\n  read    ");
	print_value(i->read_back, i->bits);
	printf(i->state == UPSET_INJECTION_DONE ? "\n" : ", refused\n");
}

static size_t first_difference(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	size_t i = 0;

	while (i < a_size && i < b_size && a[i] == b[i])
		i++;
	return i;
}

static void print_trial(const char *name, const struct trial *t)
{
	const char *signal_name = sigabbrev_np(t->result.status);

	printf("%-10s", name);
	if (t->result.end == UPSET_EXPERIMENT_HUNG)
		printf("did not end");
	else if (t->result.end == UPSET_EXPERIMENT_SIGNALED)
		printf("killed by signal %d (SIG%s)", t->result.status,
			signal_name != NULL ? signal_name : "?");
	else
		printf("exit status %d", t->result.status);
	if (t->result.instructions > 0)
		printf(", %" PRIu64 " instructions", t->result.instructions);
	printf(", wrote %zu and %zu bytes, %.1f ms\n", t->seen.out_size, t->seen.err_size,
		(double)t->result.host_time_ns / 1e6);
}

static void tell(const struct inject *j, const struct trial *golden, const struct trial *faulty)
{
	const struct upset_outcome_rules rules = {
		.ignore_stdout = j->ignore_stdout,
		.ignore_stderr = j->ignore_stderr,
		.detected_exit = (int)j->detected_exit,
		.detected_pattern = j->detected_pattern,
	};
	enum upset_cause cause;
	enum upset_outcome outcome = upset_outcome_of(
		&rules, &golden->seen, &faulty->seen, j->injections, j->faults.count, &cause);

	for (size_t i = 0; i < j->faults.count; i++)
		print_fault(&j->faults.faults[i], &j->injections[i]);
	print_trial("golden", golden);
	print_trial("faulty", faulty);
	if (cause == UPSET_CAUSE_STDOUT)
		printf("          standard output differs from byte %zu on\n",
			first_difference(golden->seen.out, golden->seen.out_size, faulty->seen.out,
				faulty->seen.out_size));
	printf("outcome   %s (%s)", upset_outcome_name(outcome), upset_cause_name(cause));
	if (upset_cause_fits(cause)[0] != '\0')
		printf(", FITS %s", upset_cause_fits(cause));
	printf("\n");
}

static int run_both(
	struct inject *j, struct trial *golden, struct trial *faulty, struct upset_error *error)
{
	static const struct upset_faults none = {0};
	int rc = upset_target_find(j->arguments[0], &j->program, error);

	if (rc == 0)
		rc = upset_process_check_program(j->program, error);
	if (rc == 0) {
		j->in_fd = upset_input_open(STDIN_FILENO, error);
		rc = j->in_fd < 0 ? j->in_fd : 0;
	}
	if (rc == 0)
		rc = run_trial(j, &none, NULL, golden, error);
	if (rc != 0)
		return rc;
	j->injections = calloc(j->faults.count, sizeof(*j->injections));
	if (j->injections == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	faulty->result.injections = j->injections;
	return run_trial(j, &j->faults, golden, faulty, error);
}

int upset_inject_main(const struct upset_command *command, int argc, char **argv)
{
	struct inject j = {.engine_name = "qemu", .detected_exit = -1, .in_fd = -1};
	struct trial golden = {.fds = {-1, -1}}, faulty = {.fds = {-1, -1}};
	struct upset_error error = {0};
	int result = parse(command, &j, argc, argv);

	if (result < 0) {
		upset_signals_catch_stop();
		for (int i = 0; i < 2; i++) {
			golden.fds[i] = memfd_create("output", MFD_CLOEXEC);
			faulty.fds[i] = memfd_create("output", MFD_CLOEXEC);
		}
		result = UPSET_EXIT_DONE;
		if (run_both(&j, &golden, &faulty, &error) == 0)
			tell(&j, &golden, &faulty);
		else
			result = upset_report_error(&error);
	}
	if (j.in_fd >= 0)
		(void)close(j.in_fd);
	end_trial(&golden);
	end_trial(&faulty);
	upset_faults_free(&j.faults);
	free(j.injections);
	free(j.program);
	return result;
}
