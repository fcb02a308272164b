/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that somebody may have meant who wrote another one. */
#ifndef UPSET_BASE_NEAREST_H
#define UPSET_BASE_NEAREST_H

#include <stddef.h>

/* Of @count names, @stride bytes apart, the one most like @word; NULL: none is like it. */
const char *upset_nearest(const char *word, const void *names, size_t count, size_t stride);

/* How unlike @word @name is, which may also have it within; 0: not at all; SIZE_MAX: too much. */
size_t upset_nearest_distance(const char *word, const char *name);

#endif
