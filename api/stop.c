/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects by which callers stop work: see upset/error.h. */
#include <stdlib.h>

#include "base/stop.h"
#include "upset/error.h"

/* No signal's number: what ends on a signal is no stopped run. */
enum { STOPPED = -1 };

struct upset_stop *upset_stop_new(void)
{
	return calloc(1, sizeof(struct upset_stop));
}

void upset_stop_now(struct upset_stop *stop)
{
	atomic_store(&stop->reason, STOPPED);
}

void upset_stop_free(struct upset_stop *stop)
{
	free(stop);
}
