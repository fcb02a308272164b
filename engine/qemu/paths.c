/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where QEMU and the plugin are: see driver.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/wait.h"
#include "engine/parts.h"
#include "engine/qemu/driver.h"
#include "engine/qemu/libraries.h"

#define LIBEXEC UPSET_PART_LIBEXEC

static const struct upset_part plugin_part = {"UPSET_QEMU_PLUGIN", "engine/libupset-qemu.so",
	LIBEXEC "libupset-qemu.so", "plugin", "make", R_OK};
static const struct upset_part injector_part = {"UPSET_QEMU_INJECTOR",
	"engine/libupset-injector.so", LIBEXEC "libupset-injector.so", "plugin", "make", R_OK};

/* UPSET_QEMU names the one for x86-64, UPSET_QEMU_aarch64 that for AArch64. */
int qemu_find_for(const char *target, char *path, struct upset_error *error)
{
	bool host = strcmp(target, "x86_64") == 0;
	char variable[64], built[64], installed[64], what[64], command[64];
	const struct upset_part part = {variable, built, installed, what, command, X_OK};

	(void)snprintf(
		variable, sizeof(variable), "UPSET_QEMU%s%s", host ? "" : "_", host ? "" : target);
	(void)snprintf(built, sizeof(built), "qemu/obj/qemu-%s", target);
	(void)snprintf(installed, sizeof(installed), LIBEXEC "qemu-%s", target);
	(void)snprintf(what, sizeof(what), "QEMU%s%s", host ? "" : " for ", host ? "" : target);
	(void)snprintf(command, sizeof(command), host ? "make" : "make QEMU_TARGETS=+%s", target);
	return upset_part_find(path, &part, error);
}

int qemu_find(struct qemu_paths *paths, const struct upset_isa *isa, struct upset_error *error)
{
	int rc = qemu_find_for(isa->qemu, paths->qemu, error);

	if (rc == 0)
		rc = upset_part_find(paths->plugin, &plugin_part, error);
	if (rc == 0)
		rc = upset_part_find(paths->injector, &injector_part, error);
	return rc;
}

/* Start `QEMU --version` in a process group of its own, where Ctrl-C does not reach it. */
static int start_version(
	const struct qemu_paths *paths, const posix_spawn_file_actions_t *actions, pid_t *pid)
{
	char *arguments[QEMU_LOADER_ARGUMENTS + 3] = {NULL};
	size_t n = qemu_load(arguments);
	posix_spawnattr_t attributes;
	int rc = posix_spawnattr_init(&attributes);

	if (rc != 0)
		return rc;
	arguments[n++] = (char *)(uintptr_t)paths->qemu;
	arguments[n] = (char *)"--version";
	rc = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	if (rc == 0)
		rc = posix_spawn(pid, arguments[0], actions, &attributes, arguments, environ);
	(void)posix_spawnattr_destroy(&attributes);
	return rc;
}

/* Run it with its output going to @out. */
static int run_version(const struct qemu_paths *paths, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return -rc;
	rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (rc == 0)
		rc = start_version(paths, &actions, &pid);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (rc == 0)
		(void)upset_wait(pid, NULL, 0);
	return -rc;
}

/* "qemu-x86_64 version 10.0.13 (...)" -> 10.0.13 */
int qemu_version(const struct qemu_paths *paths, char *version, size_t size)
{
	char text[256] = "";
	const char *start;
	int out[2], rc;
	ssize_t n;

	/* What it says fits into a pipe, which no limit on file sizes affects. */
	if (pipe2(out, O_CLOEXEC) != 0)
		return -errno;
	rc = run_version(paths, out[1]);
	(void)close(out[1]);
	n = read(out[0], text, sizeof(text) - 1);
	(void)close(out[0]);
	if (rc != 0 || n <= 0)
		return rc != 0 ? rc : -EPROTO;
	start = strstr(text, "version ");
	if (start == NULL)
		return -EPROTO;
	start += strlen("version ");
	(void)snprintf(version, size, "%.*s", (int)strcspn(start, " \n"), start);
	return 0;
}
