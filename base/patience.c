/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long something is waited for: see patience.h. */
#include "base/patience.h"

#include <dirent.h>
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

static uint64_t growth(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

void upset_patience_starved(struct upset_patience *p, uint64_t now_ns, struct upset_turns turns)
{
	/* A program that has more threads than there are processors keeps them waiting itself. */
	uint64_t most = growth(growth(p->turns.ran_ns, turns.ran_ns), p->counted_ns),
		 ns = growth(p->turns.starved_ns, turns.starved_ns);

	if (p->asked)
		p->passed_ns -= ns < most ? ns : most;
	p->asked_ns = now_ns;
	p->counted_ns = 0;
	p->turns = turns;
	p->asked = true;
}

uint64_t upset_patience_look(struct upset_patience *p, pid_t pid, uint64_t now_ns)
{
	(void)upset_patience_pass(p, now_ns, 1);
	if (!p->asked || now_ns - p->asked_ns >= ask_every_ns)
		upset_patience_starved(p, now_ns, upset_turns_of(pid));
	return p->passed_ns;
}

uint64_t upset_patience_look_slowly(struct upset_patience *p, uint64_t now_ns, unsigned int cost)
{
	p->asked = false;
	return upset_patience_pass(p, now_ns, cost);
}

/* Add those of the thread @tid, in the folder of the process's threads. */
static void add_turns(int folder, const char *tid, struct upset_turns *turns)
{
	char path[64], text[128], *end = text;
	uint64_t starved_ns;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%.32s/schedstat", tid);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	turns->ran_ns += strtoull(text, &end, 10);
	starved_ns = strtoull(end, NULL, 10);
	if (starved_ns > turns->starved_ns)
		turns->starved_ns = starved_ns;
}

struct upset_turns upset_turns_of(pid_t pid)
{
	struct upset_turns turns = {0};
	const struct dirent *entry;
	char path[64];
	DIR *threads;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (threads != NULL && (entry = readdir(threads)) != NULL) {
		if (entry->d_name[0] != '.')
			add_turns(dirfd(threads), entry->d_name, &turns);
	}
	if (threads != NULL)
		(void)closedir(threads);
	return turns;
}
