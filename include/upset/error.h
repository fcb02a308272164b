/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * How a function says what went wrong, and how a caller says when to stop. */
#ifndef UPSET_ERROR_H
#define UPSET_ERROR_H

#include "upset/export.h"

UPSET_BEGIN_DECLS

/**
 * What went wrong.  Functions return 0 or a negative errno value and fill one of
 * these when they fail; begin with `struct upset_error error = {0}`, or
 * `upset_error error{}`, since the first error stays.  NULL may be passed for it.
 */
struct upset_error {
	int code;	   /**< errno value; 0 while nothing is wrong */
	char message[512]; /**< what, where, and what to do; one line, no newline */
};

/** Something by which work that takes long is told to end.  Opaque. */
struct upset_stop;

/** A new one, by which nothing was stopped yet; NULL: no memory. */
UPSET_API struct upset_stop *upset_stop_new(void);

/**
 * Stop what was given @p stop, soon; it returns -EINTR, and what it has put into a
 * study stays there.  From any thread, and in signal handlers.
 */
UPSET_API void upset_stop_now(struct upset_stop *stop);

/** Free @p stop, which no work uses any more; NULL is fine. */
UPSET_API void upset_stop_free(struct upset_stop *stop);

UPSET_END_DECLS

#endif
