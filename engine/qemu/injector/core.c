/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process, its threads, and how it gives up: see core.h. */
#include "engine/qemu/injector/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/qemu/guest/guest.h"

enum { THREADS_MAX = 32768 };

struct injector injector;

static struct thread *threads[THREADS_MAX];

void injector_give_up(const char *why)
{
	if (injector.run != NULL)
		atomic_store(&injector.run->left_out, 1);
	if (injector.run != NULL && !injector.copy)
		(void)snprintf(injector.shm->why, sizeof(injector.shm->why), "%s", why);
	fprintf(stderr, "upset: %s\n", why);
	_exit(125);
}

struct thread *injector_thread(unsigned int vcpu_index)
{
	return vcpu_index < THREADS_MAX ? threads[vcpu_index] : NULL;
}

struct thread *injector_new_thread(unsigned int vcpu_index)
{
	struct thread *t = calloc(1, sizeof(*t));

	if (t == NULL || vcpu_index >= THREADS_MAX)
		injector_give_up("out of memory");
	t->number = atomic_fetch_add(&injector.threads, 1);
	if (t->number > 0 && !injector.child)
		atomic_store(&injector.run->threaded, 1);
	t->index = vcpu_index;
	threads[vcpu_index] = t;
	return t;
}

/* --- what engine/qemu/guest is told ----------------------------------------------------------- */

uint64_t guest_executed(unsigned int vcpu)
{
	return injector_executed(injector_thread(vcpu));
}

bool guest_is_alone(void)
{
	return injector_is_single() && !injector.child;
}
