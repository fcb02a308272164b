/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers under the injector: the same in each run. */
#include <sys/syscall.h>

#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/injector.h"

static uint64_t given; /* words so far */

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static void give_randoms(struct thread *t, uint64_t address, uint64_t size)
{
	while (size > 0) {
		size_t n = size < sizeof(uint64_t) ? size : sizeof(uint64_t);
		uint64_t z = ++given * 0x9e3779b97f4a7c15ULL;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
		z ^= z >> 31;
		call_write_memory(t, address, &z, n);
		address += n;
		size -= n;
	}
}

void random_after(struct thread *t, const struct call *call, int64_t result)
{
	if (call->number == SYS_getrandom && result > 0)
		give_randoms(t, call->a1, (uint64_t)result);
}
