/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset doctor: what is usable here, what is missing, and what to do about it. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "api/target.h"
#include "cli/carry.h"
#include "cli/commands.h"
#include "cli/selftest.h"
#include "engine/engine.h"
#include "machine/parts.h"
#include "profile/bitcount.h"
#include "report/format.h"
#include "sandbox/sandbox.h"

static const char *const engines[] = {"qemu", "native"};

/* One engine, on a line that scripts may read; true when it can run programs. */
static bool examine(const char *name)
{
	const struct upset_engine *engine = upset_engine_find(name);
	struct upset_engine_info info;

	if (engine->probe(upset_isa_at(0), &info) != 0) {
		(void)printf("%s not usable: %s\n", name, info.detail);
		return false;
	}
	(void)printf("%s %s\n", name, info.detail);
	return true;
}

/* Of other instruction sets engine native runs i386 alone. */
static void show_native(void)
{
	const struct upset_engine *engine = upset_engine_find("native");
	struct upset_engine_info info;
	const bool usable = engine->probe(upset_isa_find("i386"), &info) == 0;

	(void)printf("native for i386: %s%s\n", usable ? "" : "not usable: ", info.detail);
}

static void show_sets(void)
{
	struct upset_engine_set set;

	for (unsigned int i = 0; upset_engine_set(i, &set) == 0; i++)
		(void)printf("programs for %s: %s\n", set.name, set.usable ? "usable" : set.detail);
	for (unsigned int i = 0; upset_engine_set(i, &set) == 0; i++)
		(void)printf("emulated processor for %s: %s\n", set.name, set.cpu);
}

/* Whole machines: an emulator, firmware and a kernel for them. */
static void show_machines(void)
{
	const struct upset_machine_arch *arch;

	for (size_t i = 0; (arch = upset_machine_arch(NULL, i)) != NULL; i++) {
		struct upset_error error = {0};
		char path[PATH_MAX];

		if (upset_machine_find_emulator(arch, path, &error) != 0)
			(void)printf("machines for %s: no emulator; make "
				     "QEMU_TARGETS=+%s-softmmu builds one\n",
				arch->name, arch->name);
		else if (upset_machine_find_part(arch, "firmware", path, &error) != 0 ||
			 upset_machine_find_part(arch, "kernel", path, &error) != 0)
			(void)printf("machines for %s: no kernel and firmware; setup/machine.sh "
				     "build/machines/%s %s fetches them\n",
				arch->name, arch->name, arch->name);
		else
			(void)printf("machines for %s: usable\n", arch->name);
	}
}

static void show_processor(void)
{
	cpu_set_t set;

	(void)printf("processor: counting with %s;", upset_simd_name(upset_simd_best()));
	for (enum upset_simd level = UPSET_SIMD_AVX2; level < UPSET_SIMD_COUNT; level++)
		(void)printf(" %s %s%s", upset_simd_name(level),
			upset_simd_available(level) ? "yes" : "no",
			level + 1 < UPSET_SIMD_COUNT ? "," : "\n");
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		(void)printf("cores: %d\n", CPU_COUNT(&set));
}

static void show_ptrace(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (file != NULL && fscanf(file, "%d", &scope) != 1)
		scope = 0;
	if (file != NULL)
		(void)fclose(file);
	if (scope >= 3)
		(void)printf(
			"ptrace: forbidden (kernel.yama.ptrace_scope is %d): engine native needs "
			"it; an administrator must lower it and restart\n",
			scope);
	else
		(void)printf("ptrace: programs may be traced by who starts them\n");
}

static void show_sandbox(void)
{
	struct upset_error error = {0};

	if (upset_sandbox_probe(&error) == 0)
		(void)printf("sandbox: experiments can be kept apart\n");
	else
		(void)printf("sandbox: %s\n", error.message);
}

/* Room for the files that plans take along. */
static void show_carried(void)
{
	const char *base = campaign_carry_base("/");
	struct statvfs info;
	char room[32];

	if (access(base, W_OK | X_OK) != 0 || statvfs(base, &info) != 0) {
		(void)printf(
			"files of plans: %s: %s; name a folder in TMPDIR\n", base, strerror(errno));
		return;
	}
	if (info.f_flag & ST_NOEXEC) {
		(void)printf(
			"files of plans: nothing may be executed in %s; name another folder in "
			"TMPDIR\n",
			base);
		return;
	}
	upset_format_bytes((uint64_t)info.f_bavail * info.f_frsize, room, sizeof(room));
	(void)printf("files of plans: unpacked in %s, which has room for %s\n", base, room);
}

static void show_slurm(void)
{
	static const char *const programs[] = {"sbatch", "squeue", "scontrol"};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		char *path = NULL;
		int rc = upset_target_find(programs[i], &path, NULL);

		free(path);
		if (rc != 0) {
			(void)printf("Slurm: there is no %s, which `upset submit` and its jobs "
				     "need\n",
				programs[i]);
			return;
		}
	}
	(void)printf("Slurm: campaigns can be submitted\n");
}

/* What is usable here; an exit status. */
static int examine_all(void)
{
	size_t usable = 0;

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		usable += examine(engines[i]);
	show_native();
	show_sets();
	show_machines();
	show_processor();
	show_ptrace();
	show_sandbox();
	show_carried();
	show_slurm();
	if (usable > 0)
		return UPSET_EXIT_DONE;
	(void)printf("no engine is usable: nothing can be run\n");
	return UPSET_EXIT_FAILED;
}

static int test_engines(void)
{
	const struct upset_engine *tested[sizeof(engines) / sizeof(engines[0])];
	struct upset_error error = {0};
	int rc;

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		tested[i] = upset_engine_find(engines[i]);
	rc = upset_selftest(tested, sizeof(engines) / sizeof(engines[0]), stdout, &error);
	if (rc < 0)
		return upset_report_error(&error);
	return rc == 0 ? UPSET_EXIT_DONE : UPSET_EXIT_FAILED;
}

int upset_doctor_main(const struct upset_command *command, int argc, char **argv)
{
	bool selftest = false;
	const struct upset_option options[] = {
		{"selftest", 0, UPSET_OPTION_FLAG, NULL,
			"inject faults that are known, and see what they do", &selftest},
	};
	struct upset_list rest = {calloc((size_t)argc, sizeof(char *)), 0};
	int result = rest.items == NULL
			     ? UPSET_EXIT_FAILED
			     : upset_options_parse(command, options, 1, argc, argv, &rest, NULL);

	if (result < 0 && rest.count > 0)
		result = upset_usage_error(command, "takes no arguments");
	free(rest.items);
	if (result >= 0)
		return result;
	return selftest ? test_engines() : examine_all();
}
