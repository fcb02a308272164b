/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upset doctor --selftest: see selftest.h.  The program is cli/selftest_program.S,
 * which lies in upset itself and is written to a folder of its own.
 */
#include "cli/selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign/trial.h"
#include "cli/signals.h"
#include "fault/fault.h"
#include "sandbox/sandbox.h"

enum { GOLDEN_STATUS = 41, ENGINES_MAX = 4 };

extern const char upset_selftest_program[], upset_selftest_program_end[];

/* --- what is known ---------------------------------------------------------------------------- */

/* Where a fault comes, in both ways to say so. */
static const struct trigger {
	const char *insn, *place;
} at_state = {"insn=6", "pc=state"}, at_operand = {"insn=22", "pc=operand"},
  at_five = {"insn=23", "pc=five_more"};

static const struct known {
	const char *model, *where;
	const char *fault, *duration; /* what stands before and behind the trigger */
	const struct trigger *trigger;
	const char *before, *after; /* values, hexadecimal */
	int change;		    /* of the exit status */
} all_known[] = {
	{"flip", "general register", "flip:1-2 rbx", "", &at_state, "5", "3", -2},
	{"flip", "rip", "flip:5 rip", "", &at_state, "401040", "401060", 2},
	{"flip", "flag", "flip zf", "", &at_state, "1", "0", -1},
	{"flip", "xmm", "flip:1 xmm1", "", &at_state, "5", "7", 2},
	{"flip", "ymm", "flip:1,129 ymm2", "", &at_state, "5", "200000000000000000000000000000007",
		4},
	{"flip", "x87", "flip:62 st0", "", &at_state, "4001a000000000000000",
		"4001e000000000000000", 2},
	{"flip", "memory", "flip:2 mem[value,1]", "", &at_state, "5", "1", -4},
	{"flip", "operand", "flip:1 operand[1]", "", &at_operand, "5", "7", 2},
	{"flip", "code", "flip:17 code[five_more]", "", &at_state, "5c783", "7c783", 2},
	{"stuck0", "general register", "stuck0:2 rbx", " for 10", &at_state, "5", "1", -8},
	{"stuck0", "rip", "stuck0:6 rip", "", &at_state, "401040", "401000", 1},
	{"stuck0", "flag", "stuck0 zf", "", &at_state, "1", "0", -1},
	{"stuck0", "xmm", "stuck0:2 xmm1", "", &at_state, "5", "1", -4},
	{"stuck0", "ymm", "stuck0:2,130 ymm2", "", &at_state, "5", "1", -4},
	{"stuck0", "x87", "stuck0:61 st0", "", &at_state, "4001a000000000000000",
		"40018000000000000000", -1},
	{"stuck0", "memory", "stuck0:2 mem[value]", " forever", &at_state, "5", "1", -4},
	{"stuck0", "operand", "stuck0:2 operand[1]", "", &at_operand, "5", "1", -4},
	{"stuck0", "code", "stuck0:18 code[five_more]", "", &at_state, "5c783", "1c783", -4},
	{"stuck1", "general register", "stuck1:1 rbx", " for 10", &at_state, "5", "7", 4},
	{"stuck1", "rip", "stuck1:5 rip", "", &at_state, "401040", "401060", 2},
	{"stuck1", "flag", "stuck1 cf", "", &at_state, "0", "1", 8},
	{"stuck1", "xmm", "stuck1:1 xmm1", "", &at_state, "5", "7", 2},
	{"stuck1", "ymm", "stuck1:1,129 ymm2", "", &at_state, "5",
		"200000000000000000000000000000007", 4},
	{"stuck1", "x87", "stuck1:62 st0", "", &at_state, "4001a000000000000000",
		"4001e000000000000000", 2},
	{"stuck1", "memory", "stuck1:1 mem[value]", " forever", &at_state, "5", "7", 2},
	{"stuck1", "operand", "stuck1:1 operand[1]", "", &at_operand, "5", "7", 2},
	{"stuck1", "code", "stuck1:17 code[five_more]", "", &at_state, "5c783", "7c783", 2},
	{"set", "general register", "set:0x25 rbx", "", &at_state, "5", "25", 32},
	{"set", "rip", "set:0x401020 rip", "", &at_state, "401040", "401020", 32},
	{"set", "flag", "set:1 cf", "", &at_state, "0", "1", 8},
	{"set", "xmm", "set:0x25 xmm1", "", &at_state, "5", "25", 32},
	{"set", "ymm", "set:0x200000000000000000000000000000025 ymm2", "", &at_state, "5",
		"200000000000000000000000000000025", 34},
	{"set", "x87", "set:0x40049400000000000000 st0", "", &at_state, "4001a000000000000000",
		"40049400000000000000", 32},
	{"set", "memory", "set:0x25 mem[value]", "", &at_state, "5", "25", 32},
	{"set", "operand", "set:0x25 operand[1]", "", &at_operand, "5", "25", 32},
	{"set", "code", "set:0x25c783 code[five_more]", "", &at_state, "5c783", "25c783", 32},
	{"skip", "-", "skip", "", &at_five, "4010bd", "4010c0", -5},
};

enum { KNOWN = sizeof(all_known) / sizeof(all_known[0]) };

/* --- the program ------------------------------------------------------------------------------ */

static char folder[4096], program[4096 + 16];

/* Safe in signal handlers. */
static void remove_program(void)
{
	(void)unlink(program);
	(void)rmdir(folder);
}

/* The first signal ends the test, a second one this process; nothing is left behind. */
static void on_signal(int number)
{
	if (atomic_exchange(&upset_stop.reason, number) == 0)
		return;
	remove_program();
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction old, action = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
	}
}

static int write_program(struct upset_error *error)
{
	size_t size = (size_t)(upset_selftest_program_end - upset_selftest_program);
	int fd = open(program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	bool written = fd >= 0 && write(fd, upset_selftest_program, size) == (ssize_t)size;
	int code = errno;

	/* Nothing can be executed that is open for writing. */
	if (fd >= 0 && close(fd) == 0 && written)
		return 0;
	return upset_error_set(error, written ? EIO : code,
		"cannot write the program of the test to %s: %s", program, strerror(code));
}

static int make_program(struct upset_error *error)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || parent[0] != '/')
		parent = "/tmp";
	if ((size_t)snprintf(folder, sizeof(folder), "%s/upset-doctor.XXXXXX", parent) >=
		sizeof(folder))
		return upset_error_set(error, ENAMETOOLONG, "the name in TMPDIR is too long");
	if (mkdtemp(folder) == NULL)
		return upset_error_set(error, errno,
			"cannot make a folder in %s: %s; name another one in TMPDIR", parent,
			strerror(errno));
	(void)snprintf(program, sizeof(program), "%s/program", folder);
	return write_program(error);
}

/* --- one fault -------------------------------------------------------------------------------- */

struct selftest {
	struct upset_subject subject; /* its engine changes */
	struct upset_trial golden[ENGINES_MAX];
	bool usable[ENGINES_MAX];
	FILE *notes;
	bool wrong;
};

/* A value as all_known has it. */
static void print_value(const uint8_t *value, char text[2 * 64 + 1])
{
	size_t n = 63;

	while (n > 0 && value[n] == 0)
		n--;
	text += sprintf(text, "%x", value[n]);
	while (n-- > 0)
		text += sprintf(text, "%02x", value[n]);
}

static bool differs(const uint8_t *value, const char *wanted, const char *what, char *note)
{
	char text[2 * 64 + 1];

	print_value(value, text);
	if (strcmp(text, wanted) == 0)
		return false;
	(void)sprintf(note, "%s is 0x%s, not 0x%s", what, text, wanted);
	return true;
}

/* What is wrong with how a fault was carried out, into @note; or "". */
static void judge(const struct known *k, const struct upset_trial *trial,
	const struct upset_injection *i, char note[512])
{
	int status = (GOLDEN_STATUS + k->change) & 255;

	note[0] = '\0';
	if (i->state == UPSET_INJECTION_NOT_REACHED)
		(void)sprintf(note, "the trigger did not come");
	else if (i->state == UPSET_INJECTION_IMPOSSIBLE)
		(void)snprintf(note, 512, "%s", i->reason);
	else if (differs(i->old_value, k->before, "the value before", note) ||
		 differs(i->new_value, k->after, "the value after", note) ||
		 differs(i->read_back, k->after, "what was read back", note))
		return;
	else if (i->state != UPSET_INJECTION_DONE)
		(void)sprintf(note, "it was refused");
	else if (trial->result.seen.end != UPSET_END_EXITED)
		(void)sprintf(note, "it did not exit, which it should with %d", status);
	else if (trial->result.seen.status != status)
		(void)sprintf(
			note, "the exit status is %d, not %d", trial->result.seen.status, status);
}

static int inject(struct selftest *t, size_t engine, const struct known *k, const char *trigger,
	char note[512], struct upset_error *error)
{
	struct upset_injection injection = {0};
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_faults faults = {0};
	unsigned int column;
	char text[256];
	int rc;

	(void)snprintf(text, sizeof(text), "%s @ %s%s", k->fault, trigger, k->duration);
	rc = upset_faults_parse(text, &faults, &column, error);
	if (rc == 0)
		rc = upset_trial_run(
			&trial, &t->subject, &faults, NULL, &injection, &t->golden[engine], error);
	if (rc == 0)
		judge(k, &trial, &injection, note);
	else if (rc != -EINTR)
		(void)snprintf(note, 512, "%s", error->message);
	if (rc == 0 ? note[0] != '\0' : rc != -EINTR) {
		fprintf(t->notes, "%s: %s: %s\n", t->subject.engine->name, text, note);
		t->wrong = true;
	}
	upset_trial_end(&trial);
	upset_faults_free(&faults);
	return rc == -EINTR ? rc : 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* A cell of the table: both triggers under one engine; -EINTR. */
static int test_cell(struct selftest *t, size_t engine, const struct known *k, const char **cell,
	struct upset_error *error)
{
	static const char *const words[2][2] = {{"ok", "WRONG (pc)"}, {"WRONG (insn)", "WRONG"}};
	const char *const triggers[] = {k->trigger->insn, k->trigger->place};
	bool wrong[2] = {false, false};

	for (int i = 0; i < 2; i++) {
		struct upset_error own = {0};
		char note[512] = "";

		if (inject(t, engine, k, triggers[i], note, &own) != 0)
			return upset_error_set(error, EINTR, "interrupted");
		wrong[i] = note[0] != '\0';
	}
	*cell = words[wrong[0]][wrong[1]];
	return 0;
}

/* The next cell of a line. */
static void print_cell(FILE *out, const char *cell, bool last)
{
	fprintf(out, last ? " %s\n" : " %-12s", cell);
}

static int test_row(struct selftest *t, const struct known *k,
	const struct upset_engine *const *engines, size_t count, FILE *out,
	struct upset_error *error)
{
	bool possible = strcmp(k->where, "ymm") != 0 || __builtin_cpu_supports("avx");
	int rc = 0;

	fprintf(out, "%-7s %-17s", k->model, k->where);
	for (size_t e = 0; rc == 0 && e < count; e++) {
		const char *cell = "-";

		t->subject.engine = engines[e];
		if (t->usable[e] && possible)
			rc = test_cell(t, e, k, &cell, error);
		print_cell(out, cell, e + 1 == count);
	}
	(void)fflush(out);
	return rc;
}

static int test_all(struct selftest *t, const struct upset_engine *const *engines, size_t count,
	FILE *out, struct upset_error *error)
{
	int rc = 0;

	fprintf(out, "%-7s %-17s", "model", "location");
	for (size_t e = 0; e < count; e++)
		print_cell(out, engines[e]->name, e + 1 == count);
	for (size_t i = 0; rc == 0 && i < KNOWN; i++)
		rc = test_row(t, &all_known[i], engines, count, out, error);
	return rc;
}

/* Whether an engine can run here, and runs the program as it is without faults. */
static int begin(struct selftest *t, const struct upset_engine *engine, size_t e)
{
	static const struct upset_faults none = {0};
	struct upset_error error = {0};
	struct upset_engine_info info;
	int rc;

	if (engine->probe(upset_isa_at(0), &info) != 0) {
		fprintf(t->notes, "%s is not usable: %s\n", engine->name, info.detail);
		return 0;
	}
	t->subject.engine = engine;
	rc = upset_trial_run(&t->golden[e], &t->subject, &none, NULL, NULL, NULL, &error);
	t->usable[e] = rc == 0 && t->golden[e].result.seen.end == UPSET_END_EXITED &&
		       t->golden[e].result.seen.status == GOLDEN_STATUS;
	if (rc == -EINTR || t->usable[e])
		return rc;
	t->wrong = true;
	fprintf(t->notes, "%s: without a fault: %s\n", engine->name,
		rc != 0 ? error.message : "the program ends in another way");
	return 0;
}

static int run(struct selftest *t, const struct upset_engine *const *engines, size_t count,
	FILE *out, struct upset_error *error)
{
	int rc = make_program(error);
	bool any = false;

	for (size_t e = 0; rc == 0 && e < count; e++) {
		if (begin(t, engines[e], e) != 0)
			rc = upset_error_set(error, EINTR, "interrupted");
		any |= t->usable[e];
	}
	t->wrong |= !any;
	return rc == 0 ? test_all(t, engines, count, out, error) : rc;
}

int upset_selftest(const struct upset_engine *const *engines, size_t count, FILE *out,
	struct upset_error *error)
{
	char *const arguments[] = {program, NULL}, *const environment[] = {NULL};
	struct upset_error no_sandbox = {0};
	char *notes = NULL;
	size_t size;
	struct selftest t = {
		.subject = {.target = {.isa = upset_isa_at(0),
				    .program = program,
				    .arguments = arguments,
				    .environment = environment,
				    .in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC)},
			.stop = &upset_stop},
		.notes = open_memstream(&notes, &size),
	};
	int rc;

	for (size_t e = 0; e < ENGINES_MAX; e++)
		t.golden[e] = UPSET_TRIAL_NONE;
	if (upset_sandbox_probe(&no_sandbox) == 0)
		t.subject.target.sandbox = &upset_sandbox_default_limits;
	catch_signals();
	rc = t.notes == NULL || t.subject.target.in_fd < 0
		     ? upset_error_set(error, errno, "cannot begin the test: %s", strerror(errno))
		     : run(&t, engines, count, out, error);
	remove_program();
	for (size_t e = 0; e < ENGINES_MAX; e++)
		upset_trial_end(&t.golden[e]);
	if (t.subject.target.in_fd >= 0)
		(void)close(t.subject.target.in_fd);
	if (t.notes != NULL && fclose(t.notes) == 0 && rc == 0) {
		fprintf(out, "\n%s", notes);
		if (!t.wrong)
			fprintf(out, "every fault did what it should, by insn= and by pc=\n");
		rc = t.wrong;
	}
	free(notes);
	return rc;
}
