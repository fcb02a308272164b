/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment that programs get. */
#ifndef UPSET_API_ENVIRONMENT_H
#define UPSET_API_ENVIRONMENT_H

#include "base/error.h"
#include "upset/program.h"

/*
 * What @program is to get when it does not say all of it itself: see struct upset_program.
 * Sorted, since the order moves the program's stack, too.  0, -EINVAL, -ENOMEM; free with
 * upset_environment_free() in any case.
 */
int upset_environment_make(
	char ***environment, const struct upset_program *program, struct upset_error *error);
void upset_environment_free(char **environment);

#endif
