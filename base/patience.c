/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long something is waited for: see patience.h. */
#include "base/patience.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const uint64_t most_ns = 1000000000, ask_every_ns = 50000000;

void upset_patience_begin(struct upset_patience *p, uint64_t now_ns)
{
	*p = (struct upset_patience){.last_ns = now_ns, .asked_ns = now_ns, .asked = true};
}

uint64_t upset_patience_pass(struct upset_patience *p, uint64_t now_ns, unsigned int cost)
{
	uint64_t ns = now_ns - p->last_ns;

	if (ns > most_ns)
		ns = most_ns;
	p->passed_ns += ns / cost;
	p->counted_ns += ns / cost;
	p->last_ns = now_ns;
	return p->passed_ns;
}

void upset_patience_starved(struct upset_patience *p, uint64_t now_ns, uint64_t starved_ns)
{
	uint64_t ns = p->asked && starved_ns > p->starved_ns ? starved_ns - p->starved_ns : 0;

	p->passed_ns -= ns < p->counted_ns ? ns : p->counted_ns;
	p->asked_ns = now_ns;
	p->counted_ns = 0;
	p->starved_ns = starved_ns;
	p->asked = true;
}

uint64_t upset_patience_look(struct upset_patience *p, pid_t pid, uint64_t now_ns)
{
	(void)upset_patience_pass(p, now_ns, 1);
	if (!p->asked || now_ns - p->asked_ns >= ask_every_ns)
		upset_patience_starved(p, now_ns, upset_starved_ns(pid));
	return p->passed_ns;
}

uint64_t upset_patience_look_slowly(struct upset_patience *p, uint64_t now_ns, unsigned int cost)
{
	p->asked = false;
	return upset_patience_pass(p, now_ns, cost);
}

uint64_t upset_starved_ns(pid_t pid)
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
