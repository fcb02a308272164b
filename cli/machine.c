/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset machine: make one, show it, boot it. */
#include "cli/machine.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/environment.h"
#include "api/target.h"
#include "base/nearest.h"
#include "cli/limit_options.h"
#include "cli/signals.h"
#include "engine/process.h"

const char upset_machine_notes[] =
	"new    makes the folder -o FOLDER, with Debian's kernel, PROGRAM and what it is\n"
	"       linked with; or with what --kernel and --initrd name\n"
	"boot   `upset machine boot FOLDER` boots it; its exit status is the program's, 3\n"
	"       when that did not run\n"
	"show   `upset machine show FOLDER` says what it is, with hashes\n"
	"Options from --limit-memory on are of boot, those before of new.";

enum { NEW_LISTS = 4 };

struct machine {
	struct upset_machine_asked asked;
	struct upset_program program;
	const char *output, *arch, *memory, *region;
	struct upset_list disks, devices, files, variables;
	struct upset_limit_texts limits;
	bool no_sandbox;
};

/* Options of new, and behind them those of boot. */
#define OPTIONS(m)                                                                                 \
	{                                                                                          \
		{"output", 'o', UPSET_OPTION_TEXT, "FOLDER", "the folder to make", &(m)->output},  \
			{"arch", 'a', UPSET_OPTION_TEXT, "NAME", "x86_64 (the default)",           \
				&(m)->arch},                                                       \
			{"kernel", 'k', UPSET_OPTION_TEXT, "FILE", "this kernel, not Debian's",    \
				&(m)->asked.kernel},                                               \
			{"vmlinux", 0, UPSET_OPTION_TEXT, "FILE", "its symbols and lines, kept",   \
				&(m)->asked.vmlinux},                                              \
			{"initrd", 0, UPSET_OPTION_TEXT, "FILE", "these files, and no program",    \
				&(m)->asked.initrd},                                               \
			{"append", 0, UPSET_OPTION_TEXT, "TEXT", "the kernel's command line",      \
				&(m)->asked.append},                                               \
			{"disk", 0, UPSET_OPTION_LIST, "FILE", "a disk, which stays as it is",     \
				&(m)->disks},                                                      \
			{"device", 0, UPSET_OPTION_LIST, "WORDS", "a device, as QEMU names it",    \
				&(m)->devices},                                                    \
			{"memory", 'm', UPSET_OPTION_TEXT, "SIZE", "default: 128M, or more",       \
				&(m)->memory},                                                     \
			{"processor", 0, UPSET_OPTION_TEXT, "WORDS", "QEMU's -cpu; default: max",  \
				&(m)->asked.processor},                                            \
			{"board", 0, UPSET_OPTION_TEXT, "WORDS", "QEMU's -M; default: pc",         \
				&(m)->asked.board},                                                \
			{"add", 0, UPSET_OPTION_LIST, "FILE", "a file that the program needs",     \
				&(m)->files},                                                      \
			{"env", 0, UPSET_OPTION_LIST, "VARIABLE",                                  \
				"its variable: NAME=VALUE, or NAME as it is here",                 \
				&(m)->variables},                                                  \
			{"env-all", 0, UPSET_OPTION_FLAG, NULL,                                    \
				"all that are here but terminals' and schedulers'",                \
				&(m)->program.all_variables},                                      \
			{"region", 0, UPSET_OPTION_TEXT, "NAME",                                   \
				"what is looked at: program (default) or marks", &(m)->region},    \
			UPSET_LIMIT_OPTIONS(&(m)->limits),                                         \
		{                                                                                  \
			"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "boot it without one",           \
				&(m)->no_sandbox                                                   \
		}                                                                                  \
	}

enum { NEW_OPTIONS = 15 };

/* --- new -------------------------------------------------------------------------------------- */

static int check_new(const struct upset_command *command, struct machine *m, bool program)
{
	struct upset_machine_asked *a = &m->asked;

	a->arch = upset_machine_arch(m->arch != NULL ? m->arch : "x86_64", 0);
	if (m->output == NULL)
		return upset_usage_error(command, "new: where to? Name a folder with -o");
	if (a->arch == NULL)
		return upset_usage_error(
			command, "there are no machines for '%s', but for x86_64", m->arch);
	if (program && a->initrd != NULL)
		return upset_usage_error(command, "choose one of --initrd and a program");
	if (!program && a->initrd == NULL && a->kernel == NULL)
		return upset_usage_error(
			command, "new: which program? Name it after --, or files with --initrd");
	if (!program && (m->files.count > 0 || m->variables.count > 0 || m->program.all_variables))
		return upset_usage_error(command, "--add, --env and --env-all need a program");
	if (m->memory != NULL && upset_machine_memory_parse(m->memory, &a->memory_bytes) != 0)
		return upset_usage_error(command,
			"--memory takes a size from 1M, such as 128M, not '%s'", m->memory);
	if (m->region != NULL && upset_machine_region_parse(m->region, &a->region) != 0)
		return upset_usage_error(
			command, "--region is program or marks, not '%s'", m->region);
	return -1;
}

/* Of the file that is found for it: what the machine's instruction set is not does not run there.
 */
static int find_program(struct machine *m, struct upset_machine_program *program, char *path,
	char *folder, struct upset_error *error)
{
	char *found = NULL;
	const struct upset_isa *isa;
	int rc = upset_target_find(m->program.arguments[0], &found, error);

	if (rc == 0)
		rc = upset_process_check_program(found, NULL, error);
	isa = rc == 0 ? upset_process_isa(found) : NULL;
	if (rc == 0 && strcmp(isa->qemu, m->asked.arch->name) != 0)
		rc = upset_error_set(error, ENOEXEC, "'%s' is a program for %s, the machine for %s",
			found, isa->name, m->asked.arch->name);
	if (rc == 0 && (realpath(found, path) == NULL || getcwd(folder, PATH_MAX) == NULL))
		rc = upset_error_set(error, errno, "cannot find %s: %s", found, strerror(errno));
	free(found);
	program->path = path;
	program->folder = folder;
	program->arguments = m->program.arguments;
	program->files = m->files.items;
	program->file_count = m->files.count;
	return rc;
}

static int make(struct machine *m, struct upset_error *error)
{
	struct upset_machine_program program = {0};
	char path[PATH_MAX], folder[PATH_MAX], **environment = NULL;
	int rc = 0;

	m->asked.disks = m->disks.items;
	m->asked.disk_count = m->disks.count;
	m->asked.devices = m->devices.items;
	m->asked.device_count = m->devices.count;
	m->asked.stop = &upset_stop;
	m->program.variables = (char *const *)(uintptr_t)m->variables.items;
	if (m->program.arguments[0] != NULL) {
		rc = find_program(m, &program, path, folder, error);
		if (rc == 0)
			rc = upset_environment_make(&environment, &m->program, error);
		program.environment = environment;
		m->asked.program = &program;
	}
	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	if (rc == 0)
		rc = upset_machine_make(m->output, &m->asked, error);
	upset_environment_free(environment);
	return rc;
}

static int run_new(const struct upset_command *command, struct machine *m, int argc, char **argv)
{
	const struct upset_option options[] = OPTIONS(m);
	struct upset_error error = {0};
	int end,
		result = upset_options_parse(command, options, NEW_OPTIONS, argc, argv, NULL, &end);

	if (result < 0)
		result = check_new(command, m, end < argc);
	if (result >= 0)
		return result;
	m->program.arguments = argv + end;
	return make(m, &error) == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
}

/* --- boot and show ---------------------------------------------------------------------------- */

static int parse_folder(const struct upset_command *command, struct upset_list *rest, int result)
{
	if (result >= 0)
		return result;
	if (rest->count == 0)
		return upset_usage_error(command, "which machine? Name its folder");
	return rest->count == 1 ? -1 : upset_usage_error(command, "too many arguments");
}

/* Limits are the sandbox's. */
static int check_boot(
	const struct upset_command *command, struct machine *m, struct upset_limits *asked)
{
	const struct upset_limit_texts *l = &m->limits;

	if (m->no_sandbox &&
		(l->memory != NULL || l->file != NULL || l->cpu != NULL || l->processes != NULL))
		return upset_usage_error(
			command, "choose one of --no-sandbox and limits, which are the sandbox's");
	return upset_limits_parse(command, &m->limits, asked);
}

static int run_boot(const struct upset_command *command, struct machine *m, int argc, char **argv)
{
	const struct upset_option options[] = OPTIONS(m);
	const size_t count = sizeof(options) / sizeof(options[0]) - NEW_OPTIONS;
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	struct upset_limits asked = {0}, limits;
	int result = rest.items == NULL
			     ? UPSET_EXIT_FAILED
			     : parse_folder(command, &rest,
				       upset_options_parse(command, options + NEW_OPTIONS, count,
					       argc, argv, &rest, NULL));

	if (result < 0)
		result = check_boot(command, m, &asked);
	limits = upset_sandbox_limits_for(&asked, &asked);
	if (result < 0)
		result = upset_machine_tell_boot(rest.items[0], m->no_sandbox ? NULL : &limits);
	free(rest.items);
	return result;
}

static int run_show(const struct upset_command *command, struct machine *m, int argc, char **argv)
{
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	int result =
		rest.items == NULL
			? UPSET_EXIT_FAILED
			: parse_folder(command, &rest,
				  upset_options_parse(command, NULL, 0, argc, argv, &rest, NULL));

	(void)m;
	if (result < 0)
		result = upset_machine_tell(rest.items[0]);
	free(rest.items);
	return result;
}

/* --- which of them ---------------------------------------------------------------------------- */

static const struct verb {
	const char *name;
	int (*run)(const struct upset_command *command, struct machine *m, int argc, char **argv);
} verbs[] = {{"new", run_new}, {"boot", run_boot}, {"show", run_show}};

/* Without a verb there is nothing but --help. */
static int run_none(const struct upset_command *command, struct machine *m, int argc, char **argv)
{
	const struct upset_option options[] = OPTIONS(m);
	const size_t count = sizeof(options) / sizeof(options[0]);
	const char *nearest;
	int end, result = upset_options_parse(command, options, count, argc, argv, NULL, &end);

	if (result >= 0)
		return result;
	if (end == argc)
		return upset_usage_error(command, "what to do? new, boot or show");
	nearest =
		upset_nearest(argv[end], verbs, sizeof(verbs) / sizeof(verbs[0]), sizeof(verbs[0]));
	return upset_usage_error(command, "'%s' is none of new, boot and show%s%s%s", argv[end],
		nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
}

static int run_verb(const struct upset_command *command, struct machine *m, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(command, m, argc - 1, argv + 1);
	}
	return run_none(command, m, argc, argv);
}

int upset_machine_main(const struct upset_command *command, int argc, char **argv)
{
	struct machine m = {0};
	struct upset_list *const lists[NEW_LISTS] = {&m.disks, &m.devices, &m.files, &m.variables};
	bool failed = false;
	int result = UPSET_EXIT_FAILED;

	for (size_t i = 0; i < NEW_LISTS; i++) {
		lists[i]->items = calloc((size_t)argc + 1, sizeof(char *));
		failed |= lists[i]->items == NULL;
	}
	if (!failed)
		result = run_verb(command, &m, argc, argv);
	for (size_t i = 0; i < NEW_LISTS; i++)
		free(lists[i]->items);
	return result;
}
