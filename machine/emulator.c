/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator: see emulator.h.  Time is executed instructions, begins on one day, and goes on at
 * once where the processor waits; random numbers come from one seed: each run is the same.
 */
#include "machine/emulator.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "machine/disk.h"
#include "machine/parts.h"

enum { WORDS_USUAL = 64, WORDS_EACH = 4 };

struct line {
	char **words;
	size_t count, room;
	bool failed;
};

static void add(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct line *l, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (l->count + 1 < l->room && vasprintf(&l->words[l->count], format, arguments) >= 0)
		l->count++;
	else
		l->failed = true;
	va_end(arguments);
}

/* A path in the folder, absolute, with its commas doubled, as QEMU's lists of words want it. */
static void add_disk(struct line *l, const char *path, const char *format, size_t number)
{
	char *doubled = malloc(2 * strlen(path) + 1), *to = doubled;

	for (const char *from = path; doubled != NULL && *from != '\0'; from++) {
		if (*from == ',')
			*to++ = ',';
		*to++ = *from;
	}
	if (doubled == NULL) {
		l->failed = true;
		return;
	}
	*to = '\0';
	/* What is written stays in a file of the sandbox; where that has no room the disk fails. */
	add(l, "-drive");
	add(l, "file=%s,format=%s,if=none,id=disk%zu,snapshot=on,werror=report,rerror=report",
		doubled, format, number);
	add(l, "-device");
	add(l, "virtio-blk-pci,drive=disk%zu", number);
	free(doubled);
}

static int add_disks(struct line *l, const char *folder, const struct upset_machine_words *disks,
	struct upset_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < disks->count; i++) {
		char *path = upset_machine_path(folder, disks->items[i]);
		const char *format;

		l->failed |= path == NULL;
		if (path != NULL)
			rc = machine_disk_format(path, &format, error);
		if (path != NULL && rc == 0)
			add_disk(l, path, format, i);
		free(path);
	}
	return rc;
}

static void add_file(struct line *l, const char *option, const char *folder, const char *name)
{
	if (name == NULL)
		return;
	add(l, "%s", option);
	add(l, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' ? "" : "/", name);
}

static void add_fixed(struct line *l)
{
	static const char *const words[] = {"-nodefaults", "-no-user-config", "-display", "none",
		"-no-reboot", "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-rtc",
		"base=2000-01-01T00:00:00,clock=vm", "-seed", "1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		add(l, "%s", words[i]);
}

static void add_lines(struct line *l)
{
	static const char *const names[] = {"output", "result"};
	static const int fds[] = {MACHINE_OUTPUT_FD, MACHINE_RESULT_FD};

	for (int i = 0; i < 2; i++) {
		add(l, "-add-fd");
		add(l, "fd=%d,set=%d", fds[i], i + 1);
		add(l, "-chardev");
		add(l, "file,id=%s,path=/dev/fdset/%d,append=on", names[i], i + 1);
		add(l, "-serial");
		add(l, "chardev:%s", names[i]);
	}
}

static int add_machine(struct line *l, const char *folder, const struct upset_machine *m,
	struct upset_error *error)
{
	int rc;

	add(l, "-M");
	add(l, "%s", m->board);
	add(l, "-cpu");
	add(l, "%s", m->processor);
	add(l, "-m");
	add(l, "%" PRIu64 "K", m->memory_bytes >> 10);
	add_file(l, "-kernel", folder, m->kernel);
	add_file(l, "-initrd", folder, m->initrd);
	if (m->append != NULL) {
		add(l, "-append");
		add(l, "%s", m->append);
	}
	rc = add_disks(l, folder, &m->disks, error);
	for (size_t i = 0; i < m->devices.count; i++) {
		add(l, "-device");
		add(l, "%s", m->devices.items[i]);
	}
	return rc;
}

int machine_emulator_line(
	char ***line, const char *folder, const struct upset_machine *m, struct upset_error *error)
{
	struct line l = {.room = WORDS_USUAL + WORDS_EACH * (m->disks.count + m->devices.count)};
	char emulator[PATH_MAX], firmware[PATH_MAX];
	int rc = upset_machine_find_emulator(m->arch, emulator, error);

	*line = NULL;
	if (rc == 0)
		rc = upset_machine_find_part(m->arch, "firmware", firmware, error);
	if (rc != 0)
		return rc;
	l.words = calloc(l.room, sizeof(*l.words));
	if (l.words == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	add(&l, "%s", emulator);
	add(&l, "-L");
	add(&l, "%s", firmware);
	add_fixed(&l);
	add_lines(&l);
	rc = add_machine(&l, folder, m, error);
	*line = l.words;
	return l.failed ? upset_error_set(error, ENOMEM, "out of memory") : rc;
}

void machine_emulator_free(char **line)
{
	for (char **word = line; word != NULL && *word != NULL; word++)
		free(*word);
	free(line);
}

void machine_emulator_become(char *const *line, const int fds[3])
{
	/* Of what a sandbox has a copy of; by the name alone QEMU would take /var/tmp for it. */
	static char *const environment[] = {(char *)(uintptr_t) "TMPDIR=/tmp/.", NULL};
	const int persona = personality(0xffffffff), in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int moved[3];

	if (persona >= 0)
		(void)personality((unsigned long)persona | ADDR_NO_RANDOMIZE);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	for (int i = 0; i < 3; i++)
		moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, MACHINE_RESULT_FD + 1);
	if (in >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(moved[0], MACHINE_OUTPUT_FD) >= 0 &&
		dup2(moved[1], MACHINE_RESULT_FD) >= 0 && dup2(moved[2], STDOUT_FILENO) >= 0 &&
		dup2(moved[2], STDERR_FILENO) >= 0)
		(void)execve(line[0], line, environment);
	(void)dprintf(STDERR_FILENO, "cannot execute %s: %s\n", line[0], strerror(errno));
}
