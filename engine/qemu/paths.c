/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where QEMU and the plugin are: see driver.h. */
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/qemu/driver.h"

static int take_path(char *path, const char *from, int mode)
{
	size_t size = strlen(from) + 1;

	if (size > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(path, from, size);
	return access(path, mode) == 0 ? 0 : -errno;
}

/* The first of: the environment's, the one beside the command, the one of the build. */
static int find_file(
	char *path, const char *variable, const char *beside, const char *built, int mode)
{
	const char *named = getenv(variable);
	char self[PATH_MAX], near[2 * PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (named != NULL)
		return take_path(path, named, mode);
	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		*slash = '\0';
		(void)snprintf(near, sizeof(near), "%s/%s", self, beside);
		if (take_path(path, near, mode) == 0)
			return 0;
	}
	return take_path(path, built, mode);
}

int qemu_find(struct qemu_paths *paths, struct upset_error *error)
{
	if (find_file(paths->qemu, "UPSET_QEMU", "qemu/obj/qemu-x86_64", UPSET_QEMU_PATH, X_OK) !=
		0)
		return upset_error_set(error, ENOENT,
			"no QEMU at %s: build it with `make`, or name one with "
			"UPSET_QEMU",
			paths->qemu);
	if (find_file(paths->plugin, "UPSET_QEMU_PLUGIN", "engine/libupset-qemu.so",
		    UPSET_PLUGIN_PATH, R_OK) != 0)
		return upset_error_set(error, ENOENT,
			"no plugin at %s: build it with `make`, or name one with "
			"UPSET_QEMU_PLUGIN",
			paths->plugin);
	if (find_file(paths->injector, "UPSET_QEMU_INJECTOR", "engine/libupset-injector.so",
		    UPSET_INJECTOR_PATH, R_OK) != 0)
		return upset_error_set(error, ENOENT,
			"no plugin at %s: build it with `make`, or name one with "
			"UPSET_QEMU_INJECTOR",
			paths->injector);
	return 0;
}

/* Run `QEMU --version` with its output going to @out. */
static int run_version(const struct qemu_paths *paths, int out)
{
	char *const arguments[] = {(char *)paths->qemu, (char *)"--version", NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return -rc;
	rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn(&pid, paths->qemu, &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (rc == 0)
		(void)waitpid(pid, NULL, 0);
	return -rc;
}

/* "qemu-x86_64 version 10.0.13 (...)" -> 10.0.13 */
int qemu_version(const struct qemu_paths *paths, char *version, size_t size)
{
	int out = memfd_create("upset-version", MFD_CLOEXEC);
	char text[256] = "";
	const char *start;
	ssize_t n;
	int rc;

	if (out < 0)
		return -errno;
	rc = run_version(paths, out);
	n = pread(out, text, sizeof(text) - 1, 0);
	(void)close(out);
	if (rc != 0 || n <= 0)
		return rc != 0 ? rc : -EPROTO;
	start = strstr(text, "version ");
	if (start == NULL)
		return -EPROTO;
	start += strlen("version ");
	(void)snprintf(version, size, "%.*s", (int)strcspn(start, " \n"), start);
	return 0;
}
