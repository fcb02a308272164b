/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program is linked with: see loader.h. */
#include "engine/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/wait.h"

/* Start @loader so that it says what @program is linked with; *@out: where. */
static int start(
	const char *loader, const char *program, char *const *environment, FILE **out, pid_t *pid)
{
	char *const arguments[] = {(char *)(uintptr_t)loader, (char *)(uintptr_t) "--list",
		(char *)(uintptr_t)program, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	rc = posix_spawn_file_actions_init(&actions);
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		if (rc == 0)
			rc = posix_spawn(pid, loader, &actions, NULL, arguments, environment);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)close(ends[1]);
	*out = rc == 0 ? fdopen(ends[0], "r") : NULL;
	if (*out == NULL)
		(void)close(ends[0]);
	return -rc;
}

/* Of "libm.so.6 => /lib/libm.so.6 (0x7f...)" or "/lib/ld.so (0x...)" the path; others have none. */
static const char *path_in(char *line)
{
	char *path = strchr(line, '/'), *end = path == NULL ? NULL : strstr(path, " (0x");

	if (end == NULL)
		return NULL;
	*end = '\0';
	return path;
}

int upset_loader_list(const char *loader, const char *program, char *const *environment,
	int (*take)(void *context, const char *path), void *context, struct upset_error *error)
{
	char line[PATH_MAX + 128];
	FILE *out = NULL;
	pid_t pid = -1;
	int rc = start(loader, program, environment, &out, &pid), status = -1;

	if (rc != 0)
		return upset_error_set(error, -rc, "cannot start %s: %s", loader, strerror(-rc));
	while (rc == 0 && out != NULL && fgets(line, sizeof(line), out) != NULL) {
		const char *path = path_in(line);

		rc = path != NULL ? take(context, path) : 0;
	}
	if (out != NULL)
		(void)fclose(out);
	(void)upset_wait(pid, &status, 0);
	return rc == 0 && status != 0 ? upset_error_set(error, ENOTSUP,
						"cannot find out what %s is linked with", program)
				      : rc;
}
