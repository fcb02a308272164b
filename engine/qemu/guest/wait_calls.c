/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which system calls wait, for what, and how long. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/guest/waits.h"

enum { FOREVER_S = 1000 * 1000 * 1000 }; /* who waits as long does not mean to come back */

static bool set_deadline(struct wait *w, uint64_t ns)
{
	w->deadline = ns / SECOND_NS >= FOREVER_S ? TIMERS_NEVER : wait_now(w) + ns;
	return true;
}

/* In ms, or for ever. */
static bool set_deadline_ms(struct wait *w, int ms)
{
	return ms < 0 || set_deadline(w, (uint64_t)ms * MILLISECOND_NS);
}

/* A span at @address, if there is one. */
static bool read_deadline(struct wait *w, uint64_t address, uint64_t unit)
{
	uint64_t ns;

	if (address == 0)
		return true;
	w->unit = unit;
	return guest_read_time(address, unit, &ns) && set_deadline(w, ns);
}

static bool read_absolute(struct wait *w, uint64_t address, int clock)
{
	uint64_t ns, now = timers_clock_ns(clock, guest_executed(w->call->vcpu));

	if (address == 0)
		return true;
	w->unit = 1;
	return guest_read_time(address, 1, &ns) && set_deadline(w, ns > now ? ns - now : 0);
}

static bool read_mask(struct wait *w, uint64_t address)
{
	w->masks = address != 0;
	return address == 0 || signals_read_set(address, &w->blocked);
}

static bool wait_for_sleep(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;

	if (w->call->number == SYS_nanosleep) {
		w->remaining = a[1];
		return read_deadline(w, a[0], 1) && a[0] != 0 && wait_for(w, result);
	}
	if (timer_is_of_cpu((int)a[0]) || a[2] == 0)
		return false;
	if (a[1] & TIMER_ABSTIME)
		return read_absolute(w, a[2], (int)a[0]) && wait_for(w, result);
	w->remaining = a[3];
	return read_deadline(w, a[2], 1) && wait_for(w, result);
}

static bool wait_for_signal(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;

	switch (w->call->number) {
	case SYS_pause:
		return wait_for(w, result);
	case SYS_rt_sigsuspend:
		return read_mask(w, a[0]) && w->masks && wait_for(w, result);
	default:
		w->awaits = true;
		w->at_timeout = -EAGAIN;
		return signals_read_set(a[0], &w->awaited) && read_deadline(w, a[2], 1) &&
		       wait_for(w, result);
	}
}

static bool wait_for_word(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;
	int command = (int)a[1] & FUTEX_CMD_MASK;
	int clock = (int)a[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;

	if (command != FUTEX_WAIT && command != FUTEX_WAIT_BITSET)
		return false;
	w->is_futex = true;
	w->at_timeout = -ETIMEDOUT;
	w->restarts = a[3] == 0;
	return (command == FUTEX_WAIT ? read_deadline(w, a[3], 1)
				      : read_absolute(w, a[3], clock)) &&
	       wait_for(w, result);
}

static bool poll_for(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;

	if (a[1] > WAIT_FDS_MOST ||
		(a[1] > 0 && !guest_read(a[0], w->fds, a[1] * sizeof(w->fds[0]))))
		return false;
	w->fd_count = a[1];
	if (w->call->number == SYS_poll)
		return set_deadline_ms(w, (int)a[2]) && wait_for(w, result);
	w->remaining = a[2];
	w->tells_always = true;
	return read_deadline(w, a[2], 1) && read_mask(w, a[3]) && wait_for(w, result);
}

size_t wait_set_bytes(uint64_t fds)
{
	const size_t word = guest_abi()->word_bytes;

	return (fds + word * 8 - 1) / (word * 8) * word;
}

/* The sets of select() as poll() has them. */
static bool read_sets(const struct guest_call *call, struct pollfd *fds, size_t *count)
{
	const short events[3] = {POLLIN, POLLOUT, POLLPRI};
	uint64_t words[3][WAIT_FDS_MOST / 64] = {{0}};
	const size_t bytes = wait_set_bytes(call->a[0]);

	if (call->a[0] > WAIT_FDS_MOST)
		return false;
	for (unsigned int i = 0; i < 3; i++) {
		if (call->a[i + 1] != 0 && bytes > 0 &&
			!guest_read(call->a[i + 1], words[i], bytes))
			return false;
	}
	for (unsigned int fd = 0; fd < call->a[0]; fd++) {
		struct pollfd one = {.fd = (int)fd};

		for (unsigned int i = 0; i < 3; i++) {
			if (words[i][fd / 64] >> fd % 64 & 1)
				one.events = (short)(one.events | events[i]);
		}
		if (one.events != 0)
			fds[(*count)++] = one;
	}
	return true;
}

static bool select_for(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;
	bool has_mask = w->call->number == SYS_pselect6 && a[5] != 0;
	uint64_t mask[2] = {0};

	if (!read_sets(w->call, w->fds, &w->fd_count) ||
		(has_mask && !guest_read_words(a[5], mask, 2)))
		return false;
	w->remaining = a[4];
	w->tells_always = true;
	return read_deadline(w, a[4], w->call->number == SYS_select ? MICROSECOND_NS : 1) &&
	       read_mask(w, mask[0]) && wait_for(w, result);
}

static bool wait_for_events(struct wait *w, int64_t *result)
{
	const uint64_t *a = w->call->a;

	w->fds[0] = (struct pollfd){.fd = (int)a[0], .events = POLLIN};
	w->fd_count = 1;
	if (w->call->number != SYS_epoll_wait && !read_mask(w, a[4]))
		return false;
	if (w->call->number == SYS_epoll_pwait2)
		return read_deadline(w, a[3], 1) && wait_for(w, result);
	return set_deadline_ms(w, (int)a[3]) && wait_for(w, result);
}

/* Read what a timer's descriptor tells. */
static bool read_timer(struct timer *t, const struct guest_call *call, int64_t *result)
{
	if (call->a[2] < sizeof(t->count)) {
		*result = -EINVAL;
	} else if (!guest_write(call->a[1], &t->count, sizeof(t->count))) {
		*result = -EFAULT;
	} else {
		t->count = 0;
		timer_fd_clear((int)call->a[0]);
		*result = (int64_t)sizeof(t->count);
	}
	return true;
}

/* Reading and writing where it may have to wait. */
static bool transfer(struct wait *w, short events, int64_t *result)
{
	const int fd = (int)w->call->a[0];
	struct timer *t = timer_of_fd(fd);
	int flags;

	if (t == NULL && !timers_any())
		return false;
	flags = fcntl(fd, F_GETFL);
	w->fds[0] = (struct pollfd){.fd = fd, .events = events};
	w->fd_count = 1;
	w->restarts = true;
	if (flags >= 0 && !(flags & O_NONBLOCK) && wait_for(w, result))
		return true;
	if (t != NULL && t->count > 0 && w->call->number == SYS_read)
		return read_timer(t, w->call, result);
	return false;
}

bool wait_call(const struct guest_call *call, int64_t *result)
{
	struct pollfd fds[WAIT_FDS_MOST];
	struct wait w = {.call = call, .deadline = TIMERS_NEVER, .fds = fds};

	switch (call->number) {
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
		return wait_for_sleep(&w, result);
	case SYS_pause:
	case SYS_rt_sigsuspend:
	case SYS_rt_sigtimedwait:
		return wait_for_signal(&w, result);
	case SYS_futex:
		return wait_for_word(&w, result);
	case SYS_poll:
	case SYS_ppoll:
		return poll_for(&w, result);
	case SYS_select:
	case SYS_pselect6:
		return select_for(&w, result);
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
	case SYS_epoll_pwait2:
		return wait_for_events(&w, result);
	case SYS_read:
	case SYS_readv:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_accept:
	case SYS_accept4:
		return transfer(&w, POLLIN, result);
	case SYS_write:
	case SYS_writev:
	case SYS_sendto:
	case SYS_sendmsg:
		return transfer(&w, POLLOUT, result);
	default:
		return false;
	}
}
