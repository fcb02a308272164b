/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls under the injector: those of a program's only thread come here
 * before and after they are made, and go on to what knows about them.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/injector.h"

static struct call current; /* of the thread, while there is one */

bool call_read_memory(struct thread *t, uint64_t address, void *value, size_t size)
{
	const struct upset_inject_state state = injector_state(t);

	return address != 0 && state.read_memory(state.context, address, value, size);
}

void call_write_memory(struct thread *t, uint64_t address, const void *value, size_t size)
{
	const struct upset_inject_state state = injector_state(t);

	if (address != 0 && size > 0)
		(void)state.write_memory(state.context, address, value, size);
}

void injector_after_syscall(struct thread *t, int64_t number, int64_t result)
{
	if (!injector_is_single() || injector.child)
		return;
	current.number = number;
	clock_after(t, &current, result);
	random_after(t, &current, result);
	permit_after(&current, result);
}

static void refuse(int64_t number)
{
	char why[sizeof(injector.shm->why)];

	if (injector.copy) {
		atomic_store(&injector.run->left_out, 1);
		_exit(0);
	}
	(void)snprintf(why, sizeof(why), "%lld", (long long)number);
	carrier_stop(why);
}

/* A handler of a signal that an instruction may raise sees the registers as they are then. */
static void note_handler(struct thread *t, uint64_t signal, uint64_t action)
{
	uint64_t handler = 0;

	if (action == 0 || !call_read_memory(t, action, &handler, sizeof(handler)) || handler <= 1)
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

	(void)id, (void)a6, (void)a7, (void)a8;
	if (!injector_is_single() || injector.child)
		return false;
	current = (struct call){number, a1, a2, a3, a4, a5};
	clock_before(t, &current);
	if (injector.mode == UPSET_INJECTOR_CARRY && !permit_allows(t, &current))
		refuse(number);
	if (injector.mode == UPSET_INJECTOR_TRACE)
		trace_output(t, number, a1, a2, a3);
	if (forever_begins(t, &current) &&
		(injector.copy || injector.mode == UPSET_INJECTOR_EXPERIMENT))
		injector_hang();
	if (number == SYS_rt_sigaction)
		note_handler(t, a1, a2);
	if ((number == SYS_exit_group || number == SYS_exit) && injector.shm->watched)
		injector.run->state = injector_hash_state(t);
	return clock_answer(t, &current, (int64_t *)result);
}
