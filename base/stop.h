/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How work that takes long is told to end: by who asked for it, or by a step on the way. */
#ifndef UPSET_BASE_STOP_H
#define UPSET_BASE_STOP_H

#include <stdatomic.h>
#include <stddef.h>

struct upset_stop {
	atomic_int reason;	       /* not 0: end, such as the number of a signal */
	const struct upset_stop *also; /* end, too, when that one says so; or NULL */
};

/* Why to end; 0: go on.  NULL never ends.  From any thread and in signal handlers. */
static inline int upset_stop_reason(const struct upset_stop *stop)
{
	for (; stop != NULL; stop = stop->also) {
		int reason = atomic_load(&stop->reason);

		if (reason != 0)
			return reason;
	}
	return 0;
}

#endif
