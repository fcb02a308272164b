/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals of timers.  They are sent to the calling thread by the machine's own
 * means, and QEMU delivers them as any other: when they are not blocked, before the
 * next instruction.  While they are blocked they wait in the machine's queue.
 */
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib.h>
#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/timers_internal.h"

enum { SIGNALS = 64, QUEUED_MOST = 256 };

/* Signals that wait to be delivered. */
struct queue {
	siginfo_t infos[QUEUED_MOST];
	unsigned int count;
};

bool signals_read_set(uint64_t address, sigset_t *host)
{
	uint64_t bits;

	if (!guest_read(address, &bits, sizeof(bits)))
		return false;
	(void)sigemptyset(host);
	for (int signal = 1; signal <= SIGNALS; signal++) {
		int number = qemu_plugin_host_signal(signal);

		if ((bits >> (signal - 1) & 1) && number > 0)
			(void)sigaddset(host, number);
	}
	return true;
}

bool signals_is_pending(int signal)
{
	sigset_t set;

	return sigpending(&set) == 0 && sigismember(&set, signal) == 1;
}

bool signals_is_caught(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && (action.sa_flags & SA_SIGINFO) != 0 &&
	       action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL;
}

bool signals_restarts(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && (action.sa_flags & SA_RESTART) != 0;
}

static void send(const siginfo_t *info)
{
	siginfo_t copy = *info;

	(void)syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), info->si_signo, &copy);
}

/* Take those of @set that wait out of the machine's queue; they are blocked. */
static void take(const sigset_t *set, struct queue *queue)
{
	const struct timespec now = {0};

	queue->count = 0;
	while (queue->count < QUEUED_MOST &&
		sigtimedwait(set, &queue->infos[queue->count], &now) > 0)
		queue->count++;
}

static void put_back(const struct queue *queue)
{
	for (unsigned int i = 0; i < queue->count; i++)
		send(&queue->infos[i]);
}

bool signals_is_queued(const struct timer *t, uint64_t more)
{
	static struct queue queue;
	bool found = false;
	sigset_t set;

	if (!signals_is_pending(t->signal))
		return false;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, t->signal);
	take(&set, &queue);
	for (unsigned int i = 0; i < queue.count; i++) {
		siginfo_t *info = &queue.infos[i];

		if (info->si_code != SI_TIMER || info->si_timerid != t->info.si_timerid)
			continue;
		found = true;
		info->si_overrun += (int)more;
	}
	put_back(&queue);
	return found;
}

void signals_raise(struct timer *t, uint64_t times)
{
	if (t->info.si_code == SI_TIMER) {
		if (signals_is_queued(t, times)) {
			t->count += times;
			return;
		}
		t->overrun_before = t->count;
		t->count = times - 1;
		t->info.si_overrun = (int)t->count;
	}
	send(&t->info);
}

/* --- copies ----------------------------------------------------------------------------------- */

static struct queue kept;

/* A new process has none waiting. */
void signals_before_copy(void)
{
	sigset_t set;

	kept.count = 0;
	if (sigpending(&set) != 0)
		return;
	/* Ends of other copies, which are not the program's. */
	(void)sigdelset(&set, SIGCHLD);
	take(&set, &kept);
}

void signals_after_copy(void)
{
	put_back(&kept);
}
