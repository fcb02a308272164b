/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file knows what of a system call: see guest.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/internal.h"
#include "engine/qemu/guest/timers.h"

static const struct upset_abi *abi;
static _Thread_local struct call current; /* that the thread makes */
static _Thread_local bool answered;	  /* by its timers */

static struct guest_call as_timers_have_it(const struct call *call)
{
	return (struct guest_call){call->number,
		{call->a1, call->a2, call->a3, call->a4, call->a5, call->a6}, call->vcpu};
}

bool guest_begin(const char *isa, int argc, char **argv)
{
	uint64_t since_ns = 0;

	abi = upset_abi_find(isa);
	if (abi == NULL)
		return false;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "since=", 6) == 0)
			since_ns = strtoull(argv[i] + 6, NULL, 10);
	}
	numbers_begin(since_ns);
	machine_begin();
	random_begin();
	qemu_plugin_set_ticks_cb(clock_ticks);
	return true;
}

const struct upset_abi *guest_abi(void)
{
	return abi;
}

/* Arguments that lie in memory are put where others are. */
static void read_arguments(struct call *call, uint64_t address, unsigned int count)
{
	uint64_t words[6] = {0};

	if (!guest_read_words(address, words, count))
		memset(words, 0, sizeof(words));
	call->a1 = words[0], call->a2 = words[1], call->a3 = words[2];
	call->a4 = words[3], call->a5 = words[4], call->a6 = words[5];
}

/* Make @call what it would be on the host. */
static void take_form(struct call *call)
{
	unsigned int count = call->number == SYS_mmap ? 6 : 5;
	int64_t number;

	switch (call->form) {
	case UPSET_ABI_SIZED:
		call->a2 = call->a3;
		break;
	case UPSET_ABI_IN_MEMORY:
		read_arguments(call, call->a1, count);
		break;
	case UPSET_ABI_OF_SOCKETS:
		number = upset_abi_socket_call(call->a1, &count);
		if (number < 0)
			break;
		call->number = number;
		read_arguments(call, call->a2, count);
		break;
	default:
		break;
	}
}

struct call guest_call(int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
	uint64_t a5, uint64_t a6, unsigned int vcpu)
{
	struct call call = {upset_abi_canonical(abi, number), a1, a2, a3, a4, a5, a6, vcpu,
		upset_abi_time_bytes(abi, number), (uint8_t)upset_abi_form(abi, number), number};

	take_form(&call);
	if (call.number == SYS_open)
		call.a2 = upset_abi_open_flags(abi, a2);
	if (call.number == SYS_openat || (call.number == SYS_fcntl && a2 == F_SETFL))
		call.a3 = upset_abi_open_flags(abi, a3);
	return call;
}

uint64_t guest_time_bytes(void)
{
	return current.time_bytes;
}

bool guest_answer(const struct call *call, int64_t *result)
{
	struct guest_call of_timers;

	current = *call;
	answered = false;
	if (apart_answer(call, result))
		return true;
	if (!guest_is_alone())
		return false;
	if (clock_answer(call, result) || machine_answer(call, result) ||
		files_answer(call, result))
		return true;
	of_timers = as_timers_have_it(call);
	answered = timers_filter(&of_timers, result);
	if (!answered)
		clock_before(call);
	return answered;
}

void guest_after(int64_t number, int64_t result)
{
	struct guest_call of_timers;

	/* The call that began the thread was made by another one. */
	if (upset_abi_canonical(abi, current.own) != number)
		return;
	numbers_after(&current, result);
	files_after(&current, result);
	if (!guest_is_alone())
		return;
	machine_after(&current, result);
	if (!answered)
		clock_after(&current, result);
	of_timers = as_timers_have_it(&current);
	timers_after(&of_timers, result);
	random_after(&current, result);
}
