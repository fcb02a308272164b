/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's watch over a sandbox until its program ends.  Inside sandbox/ only. */
#ifndef UPSET_SANDBOX_WATCH_H
#define UPSET_SANDBOX_WATCH_H

#include <stdint.h>
#include <sys/types.h>

#include "upset/program.h"

/* As the keeper tells it. */
struct sandbox_end {
	int status; /* wait status */
	enum upset_obstacle obstacle;
	uint64_t written_bytes; /* by system calls of it and of those that it waited for; 0: not
				   known */
	uint64_t cpu_seconds;	/* of it and those, rounded up */
};

/* In process 1 of a process namespace: wait for the end of @program, a child, and see to @limits.
 */
struct sandbox_end sandbox_await(pid_t program, const struct upset_limits *limits);

#endif
