/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls under the injector: those of a program's only thread come here
 * before and after they are made, and go on to what knows about them.
 */
#include "engine/qemu/injector/syscalls.h"

#include <signal.h>
#include <sys/syscall.h>

#include "engine/qemu/guest/guest.h"
#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/state.h"

static struct call current; /* of the thread, while there is one */

void injector_after_syscall(
	qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, int64_t result)
{
	(void)id, (void)vcpu_index;
	number = upset_abi_canonical(guest_abi(), number);
	if (number == SYS_mmap || number == SYS_mremap)
		atomic_store(&injector.mapped, true);
	guest_after(number, result);
	if (injector.mode->after_call != NULL && guest_is_alone())
		injector.mode->after_call(&current, result);
}

/* A handler of a signal that an instruction may raise sees the registers as they are then. */
static void note_handler(uint64_t signal, uint64_t action)
{
	uint64_t handler = 0;

	if (!guest_read(action, &handler, guest_abi()->word_bytes) || handler <= 1)
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
	const struct call call = guest_call(number, a1, a2, a3, a4, a5, a6, vcpu_index);
	bool answered;

	(void)id, (void)a7, (void)a8;
	if (!guest_is_alone())
		return guest_answer(&call, (int64_t *)result);
	current = call;
	number = call.number;
	if (injector.mode->before_call != NULL &&
		injector.mode->before_call(t, &current, (int64_t *)result))
		return true;
	if (number == SYS_rt_sigaction)
		note_handler(a1, a2);
	if ((number == SYS_exit_group || number == SYS_exit) && injector.shm->watched)
		injector.run->state = injector_hash_state(t);
	answered = guest_answer(&current, (int64_t *)result);
	if (injector.shm->limit_slept_ns != 0 && timers_slept_ns() > injector.shm->limit_slept_ns)
		injector_hang();
	/* The clock may have gone on, and timers may have been set. */
	injector_plan(t);
	return answered;
}
