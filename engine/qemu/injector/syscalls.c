/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls under the injector: those of a program's only thread come here
 * before and after they are made, and go on to what knows about them.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/injector.h"

static struct call current; /* of the thread, while there is one */

uint64_t guest_executed(unsigned int vcpu)
{
	return injector_executed(injector_thread(vcpu));
}

bool guest_is_alone(void)
{
	return injector_is_single() && !injector.child;
}

void injector_after_syscall(int64_t number, int64_t result)
{
	guest_after(number, result);
	if (guest_is_alone())
		permit_after(&current, result);
}

static void refuse(int64_t number)
{
	char why[sizeof(injector.shm->why)];

	if (injector.copy) {
		atomic_store(&injector.run->left_out, 1);
		_exit(0);
	}
	(void)snprintf(why, sizeof(why), "system call %lld", (long long)number);
	carrier_stop(why);
}

/* A handler of a signal that an instruction may raise sees the registers as they are then. */
static void note_handler(uint64_t signal, uint64_t action)
{
	uint64_t handler = 0;

	if (action == 0 || !guest_read(action, &handler, sizeof(handler)) || handler <= 1)
		return;
	if (signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
		signal == SIGTRAP)
		atomic_store(&injector.handles, true);
}

bool injector_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result)
{
	struct thread *t = injector_thread(vcpu_index);
	bool answered;

	(void)id, (void)a7, (void)a8;
	if (!guest_is_alone())
		return guest_answer(&(struct call){number, a1, a2, a3, a4, a5, a6, vcpu_index},
			(int64_t *)result);
	current = (struct call){number, a1, a2, a3, a4, a5, a6, vcpu_index};
	if (injector.mode == UPSET_INJECTOR_CARRY && !permit_allows(&current))
		refuse(number);
	if (injector.mode == UPSET_INJECTOR_TRACE)
		trace_output(t, number, a1, a2, a3);
	if (forever_begins(&current) &&
		(injector.copy || injector.mode == UPSET_INJECTOR_EXPERIMENT))
		injector_hang();
	if (number == SYS_rt_sigaction)
		note_handler(a1, a2);
	if ((number == SYS_exit_group || number == SYS_exit) && injector.shm->watched)
		injector.run->state = injector_hash_state(t);
	if (injector.mode == UPSET_INJECTOR_CARRY && permit_answer(&current, (int64_t *)result))
		return true;
	answered = guest_answer(&current, (int64_t *)result);
	if (injector.shm->limit_slept_ns != 0 && timers_slept_ns() > injector.shm->limit_slept_ns)
		injector_hang();
	/* The clock may have gone on, and timers may have been set. */
	injector_plan(t);
	return answered;
}
