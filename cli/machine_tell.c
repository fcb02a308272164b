/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of machines, and of one that was booted: see machine.h. */
#include "cli/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/signals.h"
#include "report/format.h"

enum { LINES_TOLD = 3, LINE_MOST = 1024, SHELL_SIGNALS = 128, NAME_WIDTH = 11 };

/* --- boot ------------------------------------------------------------------------------------- */

/* What a kernel that gives up says; a list of calls follows. */
static const char *find_panic(const char *lines)
{
	static const char panic[] = "Kernel panic";
	const char *found = NULL;

	while ((lines = strstr(lines, panic)) != NULL)
		found = lines++;
	return found;
}

/* As the end of a sentence the last lines of what was said, or the one that says most. */
static void say_lines(const char *lines, char *text, size_t size)
{
	char part[UPSET_MACHINE_LINES_MOST], *at = part, *line, *told[LINES_TOLD] = {NULL};
	const char *panic = find_panic(lines);
	size_t n = 0, used;

	(void)snprintf(part, sizeof(part), "%s", panic != NULL ? panic : lines);
	while ((line = strsep(&at, "\r\n")) != NULL && (panic == NULL || n == 0)) {
		if (line[0] != '\0')
			told[n++ % LINES_TOLD] = line;
	}
	used = (size_t)snprintf(text, size, n == 0 ? "; it had said nothing" : "; it had said%s: ",
		panic != NULL ? "" : " at last");
	for (size_t i = n < LINES_TOLD ? 0 : n - LINES_TOLD; i < n && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", told[i % LINES_TOLD],
			i + 1 < n ? " / " : "");
}

static int tell_failed(const struct upset_machine_ending *ending, const char *what)
{
	char lines[LINE_MOST];

	say_lines(ending->lines, lines, sizeof(lines));
	upset_say("%s%s", what, lines);
	return UPSET_EXIT_FAILED;
}

static int tell_ended_early(const struct upset_machine_ending *ending)
{
	char what[512];

	(void)snprintf(what, sizeof(what), "the machine ended before its program did%s%s",
		ending->message[0] != '\0' ? "; its emulator said: " : "", ending->message);
	return tell_failed(ending, what);
}

static int tell_not_begun(const struct upset_machine_ending *ending)
{
	char what[128];

	if (strcmp(ending->step, "start") == 0)
		(void)snprintf(what, sizeof(what),
			"the program cannot be started in the machine: %s",
			strerror(ending->number));
	else
		(void)snprintf(what, sizeof(what), "the machine's first process failed at '%s': %s",
			ending->step, strerror(ending->number));
	return tell_failed(ending, what);
}

static int tell_ending(
	const struct upset_machine *machine, const struct upset_machine_ending *ending)
{
	switch (ending->how) {
	case UPSET_MACHINE_EXIT:
		return ending->number;
	case UPSET_MACHINE_SIGNAL:
		upset_say("signal %d (%s) ended the program", ending->number,
			strsignal(ending->number));
		return SHELL_SIGNALS + ending->number;
	case UPSET_MACHINE_NOT_BEGUN:
		return tell_not_begun(ending);
	case UPSET_MACHINE_STOPPED:
		upset_say("interrupted; the machine was switched off");
		return UPSET_EXIT_FAILED;
	case UPSET_MACHINE_OFF:
		break;
	}
	if (machine->result == UPSET_MACHINE_RESULT_NONE)
		return UPSET_EXIT_DONE;
	return tell_ended_early(ending);
}

int upset_machine_tell_boot(const char *folder, const struct upset_limits *limits)
{
	struct upset_machine machine;
	struct upset_machine_ending ending = {0};
	struct upset_error error = {0};
	const struct upset_machine_boot boot = {.folder = folder,
		.machine = &machine,
		.out_fd = STDOUT_FILENO,
		.limits = limits,
		.stop = &upset_stop};
	int result = upset_machine_read(&machine, folder, &error);

	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	if (result == 0)
		result = upset_machine_boot(&boot, &ending, &error);
	if (result == 0)
		result = tell_ending(&machine, &ending);
	else if (ending.lines[0] != '\0')
		result = tell_failed(&ending, error.message);
	else
		result = upset_report_error(&error);
	upset_machine_fini(&machine);
	return result;
}

/* --- show ------------------------------------------------------------------------------------- */

static void tell_line(const char *name, const char *value)
{
	char clean[4096];

	if (value == NULL)
		return;
	upset_text_clean(value, strlen(value), clean, sizeof(clean));
	(void)printf("%-*s %s\n", NAME_WIDTH, name, clean);
}

/* A file with its size and hash, which also go into that of the machine. */
static int tell_file(const char *folder, const char *name, const char *file, struct upset_hash *all,
	struct upset_error *error)
{
	char hash[UPSET_HASH_HEX_SIZE], size[32], *path;
	uint64_t bytes;
	int rc;

	if (file == NULL)
		return 0;
	path = upset_machine_path(folder, file);
	rc = path == NULL ? -ENOMEM : upset_hash_file(path, hash, &bytes);
	if (rc != 0) {
		rc = upset_error_set(error, rc == -EINVAL ? ENOTSUP : -rc,
			"cannot read the %s of the machine, %s: %s", name,
			path != NULL ? path : file, strerror(-rc));
	} else {
		upset_format_bytes(bytes, size, sizeof(size));
		tell_line(name, file);
		(void)printf("%-*s %s, SHA-256 %s\n", NAME_WIDTH, "", size, hash);
		upset_hash_update(all, hash, sizeof(hash));
	}
	free(path);
	return rc;
}

static void tell_words(const struct upset_machine *m)
{
	char memory[32];

	upset_machine_memory_print(m->memory_bytes, memory);
	tell_line("arch", m->arch->name);
	tell_line("board", m->board);
	tell_line("processor", m->processor);
	tell_line("memory", memory);
	tell_line("append", m->append);
	for (size_t i = 0; i < m->devices.count; i++)
		tell_line("device", m->devices.items[i]);
	tell_line("region", upset_machine_region_name(m->region));
	tell_line("result", upset_machine_result_name(m->result));
}

static int tell_files(const struct upset_machine *m, const char *folder, struct upset_hash *all,
	struct upset_error *error)
{
	int rc = tell_file(folder, "kernel", m->kernel, all, error);

	if (rc == 0)
		rc = tell_file(folder, "vmlinux", m->vmlinux, all, error);
	if (rc == 0)
		rc = tell_file(folder, "initrd", m->initrd, all, error);
	for (size_t i = 0; rc == 0 && i < m->disks.count; i++)
		rc = tell_file(folder, "disk", m->disks.items[i], all, error);
	return rc;
}

/* Two machines have the same hash when they say the same and have the same files. */
static int tell_machine(
	const struct upset_machine *m, const char *folder, struct upset_error *error)
{
	struct upset_hash *all = upset_hash_new();
	char *text = upset_machine_print(m), hash[UPSET_HASH_HEX_SIZE];
	int rc;

	if (all == NULL || text == NULL) {
		rc = upset_error_set(error, ENOMEM, "out of memory");
	} else {
		upset_hash_update(all, text, strlen(text));
		tell_words(m);
		rc = tell_files(m, folder, all, error);
	}
	if (rc == 0) {
		upset_hash_finish(all, hash);
		(void)printf("%-*s SHA-256 %s\n", NAME_WIDTH, "machine", hash);
	}
	upset_hash_free(all);
	free(text);
	return rc;
}

int upset_machine_tell(const char *folder)
{
	struct upset_machine machine;
	struct upset_error error = {0};
	int rc = upset_machine_read(&machine, folder, &error);

	if (rc == 0)
		rc = tell_machine(&machine, folder, &error);
	upset_machine_fini(&machine);
	return rc == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}
