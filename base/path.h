/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files. */
#ifndef UPSET_BASE_PATH_H
#define UPSET_BASE_PATH_H

#include <stdbool.h>
#include <string.h>

/* Whether @path is @folder or lies below it, by its name alone; both are absolute. */
static inline bool upset_path_is_below(const char *path, const char *folder)
{
	const size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

#endif
