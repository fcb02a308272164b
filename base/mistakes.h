/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several mistakes in one error: as many as its message has room for, and how many more. */
#ifndef UPSET_BASE_MISTAKES_H
#define UPSET_BASE_MISTAKES_H

#include <stddef.h>

#include "base/error.h"

/* Begin with {.error = ...}, in which nothing is wrong yet; it may be NULL. */
struct upset_mistakes {
	struct upset_error *error;
	size_t count, told;
};

/* Add one, which makes the error -EINVAL. */
void upset_mistakes_add(struct upset_mistakes *mistakes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* No more come.  0: there were none; -EINVAL. */
int upset_mistakes_end(struct upset_mistakes *mistakes);

#endif
