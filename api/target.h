/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the user typed to the program's file and the study's name. */
#ifndef UPSET_API_TARGET_H
#define UPSET_API_TARGET_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Find @name as a shell would, on PATH when there is no slash in it.  0 and
 * *@path (the caller frees it), -ENOENT, -ENOMEM.
 */
int upset_target_find(const char *name, char **path, struct upset_error *error);

/*
 * The study's path: @output, or NAME.upset for a @program NAME when it is NULL.
 * 0 and *@study (the caller frees it), -ENOMEM.
 */
int upset_target_study(
	const char *program, const char *output, char **study, struct upset_error *error);

/* Whether both paths lead to one file, which is there. */
bool upset_target_same_file(const char *a, const char *b);

#endif
