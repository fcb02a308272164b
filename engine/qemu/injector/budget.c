/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a thread may go, and how far threads have come: see budget.h. */
#include "engine/qemu/injector/budget.h"

#include <unistd.h>

#include "engine/lookahead.h"
#include "engine/qemu/guest/timers.h"

void injector_plan(struct thread *t)
{
	uint64_t now = injector_executed(t), next = now + INJECTOR_FAR_AWAY;

	if (injector.shm->limit != 0)
		next = injector.shm->limit;
	if (timers_next() < next)
		next = timers_next() > now ? timers_next() : now;
	if (injector.mode->next != NULL && injector.mode->next(t) < next)
		next = injector.mode->next(t);
	t->repeats = injector_repeated(t);
	t->target = next;
	t->since = now;
	t->given = t->left = next - now;
}

bool injector_is_alone(const struct thread *t)
{
	return !atomic_load(&injector.handles) &&
	       timers_next() > injector_executed(t) + UPSET_LOOKAHEAD_INSNS;
}

void injector_end(void)
{
	uint64_t most = atomic_load(&injector.run->instructions), repeats = injector.run->repeats;

	if (injector.child)
		return;
	for (unsigned int i = 0; i < atomic_load(&injector.threads); i++) {
		const struct thread *t = injector_thread(i);

		if (t == NULL)
			continue;
		if (injector_executed(t) > most)
			most = injector_executed(t);
		if (injector_repeated(t) > repeats)
			repeats = injector_repeated(t);
	}
	atomic_store(&injector.run->instructions, most);
	injector.run->repeats = repeats;
	injector.run->slept_ns = timers_slept_ns();
	if (injector.mode->end != NULL)
		injector.mode->end();
}

void injector_hang(void)
{
	atomic_store(&injector.run->hung, 1);
	injector_end();
	_exit(124);
}

void injector_check_limits(const struct thread *t)
{
	const struct upset_injector *shm = injector.shm;

	if ((shm->limit != 0 && injector_executed(t) >= shm->limit) ||
		(shm->limit_repeats != 0 && injector_repeated(t) >= shm->limit_repeats))
		injector_hang();
}
