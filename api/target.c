/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the program and naming the study: see target.h. */
#include "api/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/*
 * The same file has the same name however PATH leads to it: the name lies on the program's
 * stack.  NULL: no memory.
 */
static char *in_folder(const char *folder, size_t length, const char *name)
{
	char *given = length > 0 ? strndup(folder, length) : strdup("."), *real, *path = NULL;

	if (given == NULL)
		return NULL;
	real = realpath(given, NULL);
	if (asprintf(&path, "%s/%s", real != NULL ? real : given, name) < 0)
		path = NULL;
	free(real);
	free(given);
	return path;
}

int upset_target_find(const char *name, char **path, struct upset_error *error)
{
	const char *at = getenv("PATH");

	*path = NULL;
	if (strchr(name, '/') != NULL) {
		*path = strdup(name);
		return *path != NULL ? 0 : upset_error_set(error, ENOMEM, "out of memory");
	}
	while (at != NULL && *name != '\0') {
		size_t length = strcspn(at, ":");

		*path = in_folder(at, length, name);
		if (*path == NULL)
			return upset_error_set(error, ENOMEM, "out of memory");
		if (is_program(*path))
			return 0;
		free(*path);
		*path = NULL;
		at = at[length] == ':' ? at + length + 1 : NULL;
	}
	return upset_error_set(
		error, ENOENT, "no program '%s' on PATH; name its file, such as ./%s", name, name);
}

int upset_target_study(
	const char *program, const char *output, char **study, struct upset_error *error)
{
	const char *slash = strrchr(program, '/');
	int length;

	if (output != NULL)
		length = asprintf(study, "%s", output);
	else
		length = asprintf(study, "%s.upset", slash != NULL ? slash + 1 : program);
	if (length < 0) {
		*study = NULL;
		return upset_error_set(error, ENOMEM, "out of memory");
	}
	return 0;
}

bool upset_target_same_file(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}
