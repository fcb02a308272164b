/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that make, set and read timers, answered without the machine's. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <glib.h>
#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/timers_internal.h"

enum { POSIX_FIRST = TIMERS_INTERVAL, POSIX_END = TIMERS_INTERVAL + 32, SIGNALS = 64 };

/* As the kernel has it, for 64-bit programs. */
struct event {
	uint64_t value;
	int32_t signal, notify, thread;
};

/* --- alarm and interval timers ---------------------------------------------------------------- */

static int64_t set_alarm(const struct guest_call *call)
{
	struct timer *t = &timers[ITIMER_REAL];
	uint64_t before =
		timer_remaining(t, guest_executed(call->vcpu)) / MICROSECOND_NS * MICROSECOND_NS;
	uint64_t seconds = (uint32_t)call->a[0];
	uint64_t expiry = timer_now(t, guest_executed(call->vcpu)) + seconds * SECOND_NS;

	if (timer_remaining(t, guest_executed(call->vcpu)) > 0 && before == 0)
		before = MICROSECOND_NS;
	timer_set(t, seconds == 0 ? TIMERS_NEVER : expiry, 0);
	/* Rounded to the nearest, but never to nothing. */
	if (before > 0 && before < SECOND_NS)
		return 1;
	return (int64_t)((before + SECOND_NS / 2) / SECOND_NS);
}

static bool write_interval(const struct timer *t, uint64_t address, uint64_t executed)
{
	uint64_t remaining = timer_remaining(t, executed);

	if (remaining > 0 && remaining < MICROSECOND_NS)
		remaining = MICROSECOND_NS;
	return guest_write_time(address, MICROSECOND_NS, t->interval) &&
	       guest_write_time(address + 2 * guest_time_bytes(), MICROSECOND_NS, remaining);
}

/* Both times of a setting. */
static bool is_there(uint64_t address)
{
	unsigned char bytes[4 * sizeof(uint64_t)];

	return guest_read(address, bytes, 4 * guest_time_bytes());
}

static int64_t set_interval_timer(const struct guest_call *call)
{
	uint64_t interval = 0, value = 0;
	struct timer *t;

	if (call->a[0] >= TIMERS_INTERVAL)
		return -EINVAL;
	t = &timers[call->a[0]];
	if (call->a[1] != 0 && !is_there(call->a[1]))
		return -EFAULT;
	if (call->a[1] != 0 && (!guest_read_time(call->a[1], MICROSECOND_NS, &interval) ||
				       !guest_read_time(call->a[1] + 2 * guest_time_bytes(),
					       MICROSECOND_NS, &value)))
		return -EINVAL;
	if (call->a[2] != 0 && !write_interval(t, call->a[2], guest_executed(call->vcpu)))
		return -EFAULT;
	timer_set(t, value == 0 ? TIMERS_NEVER : timer_now(t, guest_executed(call->vcpu)) + value,
		value == 0 ? 0 : interval);
	return 0;
}

static int64_t get_interval_timer(const struct guest_call *call)
{
	if (call->a[0] >= TIMERS_INTERVAL)
		return -EINVAL;
	return write_interval(&timers[call->a[0]], call->a[1], guest_executed(call->vcpu))
		       ? 0
		       : -EFAULT;
}

/* --- settings of the other two kinds ---------------------------------------------------------- */

static int64_t write_setting(const struct timer *t, uint64_t address, uint64_t executed)
{
	return guest_write_time(address, 1, t->interval) &&
			       guest_write_time(address + 2 * guest_time_bytes(), 1,
				       timer_remaining(t, executed))
		       ? 0
		       : -EFAULT;
}

static struct itimerspec to_spec(uint64_t interval, uint64_t value)
{
	return (struct itimerspec){
		.it_interval = {(time_t)(interval / SECOND_NS), (long)(interval % SECOND_NS)},
		.it_value = {(time_t)(value / SECOND_NS), (long)(value % SECOND_NS)}};
}

static int64_t change_setting(
	struct timer *t, uint64_t executed, bool absolute, uint64_t from, uint64_t old)
{
	uint64_t interval, value, now = timer_now(t, executed), expiry;
	struct itimerspec spec;

	if (!is_there(from))
		return -EFAULT;
	if (!guest_read_time(from, 1, &interval) ||
		!guest_read_time(from + 2 * guest_time_bytes(), 1, &value))
		return -EINVAL;
	if (old != 0 && write_setting(t, old, executed) != 0)
		return -EFAULT;
	expiry = value == 0 ? TIMERS_NEVER : value + now;
	if (absolute && value != 0) {
		uint64_t offset = timer_offset_ns(t->clock);

		/* One that has passed already expires at once. */
		expiry = value > offset ? value - offset : 0;
		expiry = expiry > now ? expiry : now;
	}
	timer_set(t, expiry, value == 0 && t->kind != TIMER_FD ? 0 : interval);
	if (t->real) {
		value = value == 0 ? 0 : expiry - now + (expiry == now);
		spec = to_spec(interval, value);
		(void)timer_settime(t->host, 0, &spec, NULL);
	}
	return 0;
}

/* --- timers with numbers ---------------------------------------------------------------------- */

static struct timer *posix_timer(uint64_t number)
{
	struct timer *t;

	if ((uint32_t)number >= POSIX_END - POSIX_FIRST)
		return NULL;
	t = &timers[POSIX_FIRST + (uint32_t)number];
	return t->kind == TIMER_NONE ? NULL : t;
}

/* Others are made by the machine, which may not have them. */
bool timers_follow(int clock)
{
	return !timers_are_real() &&
	       (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
		       clock == CLOCK_TAI || timer_is_of_cpu(clock));
}

static bool take_numbers(struct event *event, const int32_t numbers[3])
{
	event->signal = numbers[0];
	event->notify = numbers[1];
	event->thread = numbers[2];
	return true;
}

static bool read_event(uint64_t address, uint64_t number, struct event *event)
{
	int32_t numbers[3];

	if (address == 0) {
		*event = (struct event){.value = number, .signal = SIGALRM, .notify = SIGEV_SIGNAL};
		return true;
	}
	return guest_read_words(address, &event->value, 1) &&
	       guest_read(address + guest_abi()->word_bytes, numbers, sizeof(numbers)) &&
	       take_numbers(event, numbers);
}

static bool is_event_right(const struct event *event)
{
	if (event->notify == SIGEV_NONE)
		return true;
	if (event->notify != SIGEV_SIGNAL && event->notify != SIGEV_THREAD &&
		event->notify != (SIGEV_SIGNAL | SIGEV_THREAD_ID))
		return false;
	return event->signal > 0 && event->signal <= SIGNALS;
}

static int64_t make_posix_timer(const struct guest_call *call)
{
	uint32_t number = 0;
	struct event event;
	struct timer *t;
	int signal;

	while (number < POSIX_END - POSIX_FIRST && posix_timer(number) != NULL)
		number++;
	if (number == POSIX_END - POSIX_FIRST)
		return -EAGAIN;
	if (!read_event(call->a[1], number, &event))
		return -EFAULT;
	if (!is_event_right(&event))
		return -EINVAL;
	signal = event.notify == SIGEV_NONE ? 0 : qemu_plugin_host_signal(event.signal);
	if (!guest_write(call->a[2], &number, sizeof(number)))
		return -EFAULT;
	t = &timers[POSIX_FIRST + number];
	*t = (struct timer){.kind = signal == 0 ? TIMER_SILENT : TIMER_SIGNAL,
		.of_cpu = timer_is_of_cpu((int)call->a[0]),
		.clock = (int)call->a[0],
		.expiry = TIMERS_NEVER,
		.signal = signal};
	t->info.si_signo = signal;
	t->info.si_code = SI_TIMER;
	t->info.si_timerid = (int)number;
	t->info.si_value.sival_ptr = (void *)(uintptr_t)event.value;
	return 0;
}

static int64_t get_overrun(const struct timer *t)
{
	if (t->real)
		return timer_getoverrun(t->host);
	return (int32_t)(t->kind == TIMER_SIGNAL && signals_is_queued(t, 0) ? t->overrun_before
									    : t->count);
}

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_nsec;
}

static int64_t get_posix_timer(struct timer *t, const struct guest_call *call)
{
	struct itimerspec spec;

	if (!t->real)
		return write_setting(t, call->a[1], guest_executed(call->vcpu));
	(void)timer_gettime(t->host, &spec);
	return guest_write_time(call->a[1], 1, ns_of(&spec.it_interval)) &&
			       guest_write_time(call->a[1] + 2 * guest_time_bytes(), 1,
				       ns_of(&spec.it_value))
		       ? 0
		       : -EFAULT;
}

static int64_t delete_posix_timer(struct timer *t)
{
	if (t->real)
		(void)timer_delete(t->host);
	*t = (struct timer){0};
	return 0;
}

/* One that is not known here is the machine's, or none. */
static bool posix_call(const struct guest_call *call, int64_t *result)
{
	struct timer *t = posix_timer(call->a[0]);

	if (t == NULL)
		return false;
	switch (call->number) {
	case SYS_timer_settime:
		*result = call->a[2] == 0
				  ? -EINVAL
				  : change_setting(t, guest_executed(call->vcpu),
					    call->a[1] & TIMER_ABSTIME, call->a[2], call->a[3]);
		return true;
	case SYS_timer_gettime:
		*result = get_posix_timer(t, call);
		return true;
	case SYS_timer_getoverrun:
		*result = get_overrun(t);
		return true;
	default:
		*result = delete_posix_timer(t);
		return true;
	}
}

/* --- timers that are descriptors -------------------------------------------------------------- */

static bool descriptor_call(const struct guest_call *call, int64_t *result)
{
	struct timer *t = timer_of_fd((int)call->a[0]);

	if (t == NULL)
		return false;
	if (call->number == SYS_timerfd_gettime) {
		*result = write_setting(t, call->a[1], guest_executed(call->vcpu));
		return true;
	}
	if (call->a[1] & ~(uint64_t)(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		*result = -EINVAL;
	else
		*result = change_setting(t, guest_executed(call->vcpu),
			call->a[1] & TFD_TIMER_ABSTIME, call->a[2], call->a[3]);
	if (*result == 0)
		timer_fd_clear((int)call->a[0]);
	return true;
}

static bool answer(const struct guest_call *call, int64_t *result)
{
	switch (call->number) {
	case SYS_alarm:
		*result = set_alarm(call);
		return true;
	case SYS_setitimer:
		*result = set_interval_timer(call);
		return true;
	case SYS_getitimer:
		*result = get_interval_timer(call);
		return true;
	case SYS_timer_create:
		if (!timers_follow((int)call->a[0]))
			return false;
		*result = make_posix_timer(call);
		return true;
	case SYS_timerfd_settime:
	case SYS_timerfd_gettime:
		return descriptor_call(call, result);
	default:
		return false;
	}
}

bool timer_call(const struct guest_call *call, int64_t *result)
{
	int64_t value = 0;
	bool done = false;

	if (call->number == SYS_timer_settime || call->number == SYS_timer_gettime ||
		call->number == SYS_timer_getoverrun || call->number == SYS_timer_delete)
		done = posix_call(call, &value);
	else if (!timers_are_real())
		done = answer(call, &value);
	*result = value;
	return done;
}
