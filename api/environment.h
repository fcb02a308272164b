/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment that programs get in campaigns. */
#ifndef UPSET_API_ENVIRONMENT_H
#define UPSET_API_ENVIRONMENT_H

#include "base/error.h"

/*
 * This process's environment, sorted, without what differs from one terminal or
 * login to the next: it would move the program's stack.  0, -ENOMEM; free with
 * upset_environment_free().
 */
int upset_environment_make(char ***environment, struct upset_error *error);
void upset_environment_free(char **environment);

#endif
