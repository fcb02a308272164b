/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a library function reports what went wrong.  Functions return 0 or
 * -errno and fill one of these; only cli/ prints it, once.
 */
#ifndef UPSET_BASE_ERROR_H
#define UPSET_BASE_ERROR_H

#include "upset/error.h"

/*
 * Fill @error (may be NULL) and return -@code, so that a caller can write
 * `return upset_error_set(error, ENOENT, "...", ...)`.  The first error stays:
 * a second call on a filled object changes nothing but still returns -@code.
 */
int upset_error_set(struct upset_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
