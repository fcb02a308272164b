/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine and the process as the program sees them: as idle as can be, with the
 * numbers of a sandbox, whether it runs in one or not.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/internal.h"

static bool is_child;

static void in_child(void)
{
	is_child = true;
}

void guest_is_copy(void)
{
	is_child = false;
}

int guest_process(void)
{
	return is_child ? getpid() : GUEST_PROCESS;
}

void machine_begin(void)
{
	(void)pthread_atfork(NULL, NULL, in_child);
	qemu_plugin_pass_for(GUEST_PROCESS, GUEST_PARENT);
}

static bool give_sysinfo(const struct call *call, int64_t *result)
{
	/* In words as struct sysinfo: there 4, 5, 10 and 13 are what is not 0. */
	const bool narrow = guest_abi()->word_bytes < sizeof(uint64_t);
	const uint64_t unit = narrow ? 4096 : 1;
	const uint64_t info[16] = {clock_now_ns(call->vcpu, CLOCK_BOOTTIME) / SECOND_NS,
		[4] = MACHINE_MEMORY_BYTES / unit, [5] = MACHINE_MEMORY_BYTES / 2 / unit,
		[10] = GUEST_PROCESS, [13] = unit};

	*result = guest_write_words(call->a1, info, narrow ? 16 : 14) ? 0 : -EFAULT;
	return true;
}

static bool give_times(const struct call *call, int64_t *result)
{
	const uint64_t used = guest_executed(call->vcpu) / CLOCK_TICK_NS;
	const uint64_t times[sizeof(struct tms) / sizeof(clock_t)] = {used};

	*result = (int64_t)(clock_now_ns(call->vcpu, CLOCK_BOOTTIME) / CLOCK_TICK_NS);
	if (call->a1 != 0 && !guest_write_words(call->a1, times, sizeof(times) / sizeof(times[0])))
		*result = -EFAULT;
	return true;
}

static bool give_cpu(const struct call *call, int64_t *result)
{
	const unsigned int first = 0;

	*result = 0;
	if ((call->a1 != 0 && !guest_write(call->a1, &first, sizeof(first))) ||
		(call->a2 != 0 && !guest_write(call->a2, &first, sizeof(first))))
		*result = -EFAULT;
	return true;
}

/* The program makes its group of processes the terminal's. */
static bool set_group(const struct call *call, int64_t *result)
{
	int group;

	if (call->a2 != TIOCSPGRP || !guest_read(call->a3, &group, sizeof(group)) ||
		group != GUEST_PROCESS)
		return false;
	*result = tcsetpgrp((int)call->a1, getpid()) == 0 ? 0 : -errno;
	return true;
}

bool machine_answer(const struct call *call, int64_t *result)
{
	switch (call->number) {
	case SYS_sysinfo:
		return give_sysinfo(call, result);
	case SYS_times:
		return give_times(call, result);
	case SYS_getcpu:
		return give_cpu(call, result);
	case SYS_ioctl:
		return set_group(call, result);
	default:
		return false;
	}
}

void machine_after(const struct call *call, int64_t result)
{
	const int self = GUEST_PROCESS;
	int group;

	if (call->number != SYS_ioctl || result != 0 ||
		(call->a2 != TIOCGPGRP && call->a2 != TIOCGSID) ||
		!guest_read(call->a3, &group, sizeof(group)) || group != getpid())
		return;
	(void)guest_write(call->a3, &self, sizeof(self));
}
