/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation and locks in the shared memory: see shm.h. */
#include "engine/qemu/shm.h"

#include <sched.h>
#include <stddef.h>

upset_ref upset_shm_alloc(struct upset_shm *shm, uint64_t bytes)
{
	uint64_t size = (bytes + 63) & ~63ULL;
	uint64_t ref = atomic_fetch_add(&shm->top, size);

	if (size < bytes || ref + size > UPSET_SHM_BYTES) {
		atomic_fetch_sub(&shm->top, size);
		return 0;
	}
	return ref;
}

void upset_shm_lock(atomic_uint *lock)
{
	unsigned int tries = 0;

	while (atomic_exchange_explicit(lock, 1, memory_order_acquire) != 0) {
		if (++tries % 64 == 0)
			(void)sched_yield();
	}
}

void upset_shm_unlock(atomic_uint *lock)
{
	atomic_store_explicit(lock, 0, memory_order_release);
}

int upset_shm_is_counting(const struct upset_shm *shm)
{
	unsigned int n = atomic_load(&shm->thread_slots);

	if (atomic_load(&shm->counting) != 0)
		return 1;
	for (unsigned int i = 0; i < n && shm->calls != 0; i++) {
		const struct upset_shm_thread *t = upset_shm_at(shm, shm->threads[i]);

		if (atomic_load(&t->following) != 0)
			return 1;
	}
	return 0;
}
