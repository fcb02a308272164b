/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors that are timers.  They are the machine's own, so that everything can
 * wait for them, but never set, until it is time for them to become readable.
 * Besides: which descriptors nothing outside of the process can make ready.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "engine/qemu/guest/timers_internal.h"

enum { FIRST = TIMERS_MOST - 32, PATH_BYTES = 64, LINE_BYTES = 128 };

static struct {
	bool inner;
	uint8_t timer; /* its number in timers[]; 0: none */
} known[TIMERS_FDS];

static bool is_in_range(int64_t fd)
{
	return fd >= 0 && fd < TIMERS_FDS;
}

struct timer *timer_of_fd(int fd)
{
	return is_in_range(fd) && known[fd].timer != 0 ? &timers[known[fd].timer] : NULL;
}

bool timers_has_fd(int fd)
{
	return !timers_are_real() && timer_of_fd(fd) != NULL;
}

/* A set of descriptors is what those in it are. */
static bool is_inner_set(int fd)
{
	char path[PATH_BYTES], line[LINE_BYTES];
	bool inner = true;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *number = strstr(line, "tfd:");
		long member = number == NULL ? -1 : strtol(number + strlen("tfd:"), NULL, 10);

		if (number != NULL)
			inner = inner && is_in_range(member) && known[member].inner;
	}
	(void)fclose(file);
	return inner;
}

static bool is_set_of_descriptors(int fd)
{
	char path[PATH_BYTES], target[LINE_BYTES];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return strcmp(target, "anon_inode:[eventpoll]") == 0;
}

bool timer_fd_is_inner(int fd)
{
	if (is_in_range(fd) && known[fd].inner)
		return true;
	return is_set_of_descriptors(fd) && is_inner_set(fd);
}

/* --- timers ----------------------------------------------------------------------------------- */

static int fd_of(const struct timer *t)
{
	for (int fd = 0; fd < TIMERS_FDS; fd++) {
		if (known[fd].timer == t - timers)
			return fd;
	}
	return -1;
}

static void make_readable(int fd)
{
	const struct itimerspec past = {.it_value = {.tv_nsec = 1}};
	struct pollfd one = {.fd = fd, .events = POLLIN};

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL) == 0)
		(void)poll(&one, 1, -1);
}

void timer_fd_expire(const struct timer *t)
{
	int fd = fd_of(t);

	if (fd >= 0)
		make_readable(fd);
}

void timer_fd_clear(int fd)
{
	const struct itimerspec never = {0};

	(void)timerfd_settime(fd, 0, &never, NULL);
}

static void forget(int64_t fd)
{
	struct timer *t;

	if (!is_in_range(fd))
		return;
	t = timer_of_fd((int)fd);
	known[fd].inner = false;
	known[fd].timer = 0;
	if (t != NULL && fd_of(t) < 0)
		*t = (struct timer){0};
}

static void begin(int64_t fd, uint64_t clock)
{
	unsigned int i = FIRST;

	while (i < TIMERS_MOST && timers[i].kind != TIMER_NONE)
		i++;
	/* Too many: this one is the machine's. */
	if (!is_in_range(fd) || i == TIMERS_MOST)
		return;
	timers[i] = (struct timer){.kind = TIMER_FD, .clock = (int)clock, .expiry = TIMERS_NEVER};
	known[fd].timer = (uint8_t)i;
	known[fd].inner = true;
}

static void duplicate(int64_t from, int64_t to)
{
	if (from == to)
		return;
	forget(to);
	if (is_in_range(from) && is_in_range(to))
		known[to] = known[from];
}

static void note_pair(uint64_t address)
{
	int fds[2];

	if (!guest_read(address, fds, sizeof(fds)))
		return;
	for (unsigned int i = 0; i < 2; i++) {
		if (is_in_range(fds[i]))
			known[fds[i]].inner = true;
	}
}

void timer_fds_after(const struct guest_call *call, int64_t result)
{
	if (result < 0)
		return;
	switch (call->number) {
	case SYS_close:
		forget((int64_t)call->a[0]);
		break;
	case SYS_close_range:
		for (uint64_t fd = call->a[0]; call->a[2] == 0 && fd <= call->a[1]; fd++) {
			if (!is_in_range((int64_t)fd))
				break;
			forget((int64_t)fd);
		}
		break;
	case SYS_dup:
	case SYS_dup2:
	case SYS_dup3:
		duplicate((int64_t)call->a[0], result);
		break;
	case SYS_fcntl:
		if (call->a[1] == F_DUPFD || call->a[1] == F_DUPFD_CLOEXEC)
			duplicate((int64_t)call->a[0], result);
		break;
	case SYS_timerfd_create:
		begin(result, call->a[0]);
		break;
	case SYS_eventfd:
	case SYS_eventfd2:
	case SYS_signalfd:
	case SYS_signalfd4:
		if (is_in_range(result))
			known[result].inner = true;
		break;
	case SYS_pipe:
	case SYS_pipe2:
		note_pair(call->a[0]);
		break;
	case SYS_socketpair:
		note_pair(call->a[3]);
		break;
	default:
		break;
	}
}

/* Copies would share them with the process that they are copies of. */
void timer_fds_after_copy(void)
{
	for (int fd = 0; fd < TIMERS_FDS; fd++) {
		const struct timer *t = timer_of_fd(fd);
		int flags = t == NULL ? 0 : fcntl(fd, F_GETFL), own;

		if (t == NULL)
			continue;
		own = timerfd_create(
			t->clock, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
		if (own < 0)
			continue;
		(void)dup3(own, fd, fcntl(fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0);
		(void)close(own);
		if (t->count > 0)
			make_readable(fd);
	}
}

void timer_fds_give_up(uint64_t executed)
{
	for (unsigned int i = FIRST; i < TIMERS_MOST; i++) {
		struct timer *t = &timers[i];
		int fd = t->kind == TIMER_FD ? fd_of(t) : -1;
		uint64_t ns = fd < 0 ? 0 : timer_remaining(t, executed);
		const struct itimerspec spec = {.it_interval = {(time_t)(t->interval / SECOND_NS),
							(long)(t->interval % SECOND_NS)},
			.it_value = {(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)}};

		/* One that is readable already stays so. */
		if (fd >= 0 && ns > 0 && t->count == 0)
			(void)timerfd_settime(fd, 0, &spec, NULL);
		*t = (struct timer){0};
	}
}
