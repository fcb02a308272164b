/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long something is waited for that may go on for ever.  Time in which nobody looked, since
 * everything was stopped, and time in which it got no processor are not its fault.
 */
#ifndef UPSET_BASE_PATIENCE_H
#define UPSET_BASE_PATIENCE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/clock.h"

struct upset_patience {
	uint64_t start_ns, last_ns; /* moved on by what does not count; the last look */
};

static inline void upset_patience_begin(struct upset_patience *p, uint64_t now_ns)
{
	p->start_ns = p->last_ns = now_ns;
}

/* Look at @now_ns: what has passed, of which a second counts between two looks at most. */
static inline uint64_t upset_patience_look(struct upset_patience *p, uint64_t now_ns)
{
	const uint64_t most_ns = 1000000000;

	if (now_ns - p->last_ns > most_ns)
		p->start_ns += now_ns - p->last_ns - most_ns;
	p->last_ns = now_ns;
	return now_ns - p->start_ns;
}

/* For how long process @pid was ready to run and others did; 0: not known. */
static inline uint64_t upset_starved_ns(pid_t pid)
{
	char path[64], text[128], *end = text;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	(void)strtoull(text, &end, 10);
	return strtoull(end, NULL, 10);
}

/* Whether @pid, of which @passed_ns have passed, has had more than @limit_ns (0: any) itself. */
static inline bool upset_is_late(pid_t pid, uint64_t passed_ns, uint64_t limit_ns)
{
	return limit_ns != 0 && passed_ns > limit_ns &&
	       passed_ns - limit_ns > upset_starved_ns(pid);
}

#endif
