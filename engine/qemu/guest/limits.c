/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's limits on descriptors, sizes of files and processes.  Soft limits
 * are the process's; hard ones are remembered only, so that upset can lift all of
 * them while it needs more.
 */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"

static struct {
	int resource;
	bool known;
	struct rlimit program; /* as it sees them */
	rlim_t hard;	       /* of the process */
} limits[] = {{.resource = RLIMIT_NOFILE}, {.resource = RLIMIT_FSIZE}, {.resource = RLIMIT_NPROC}};

enum { LIMITS = sizeof(limits) / sizeof(limits[0]) };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int lifted;
static __thread unsigned int lifted_here; /* by this thread */

/* The soft limits: the program's, or as high as they can be. */
static void apply(void)
{
	for (int i = 0; i < LIMITS; i++) {
		struct rlimit to = {limits[i].program.rlim_cur, limits[i].hard};

		if (lifted > 0)
			to.rlim_cur = to.rlim_max;
		if (limits[i].known)
			(void)setrlimit(limits[i].resource, &to);
	}
}

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/* Other threads are not there, nor what they lifted. */
static void in_child(void)
{
	lifted = lifted_here;
	apply();
	pthread_mutex_unlock(&lock);
}

void apart_begin_limits(void)
{
	for (int i = 0; i < LIMITS; i++) {
		limits[i].known = getrlimit(limits[i].resource, &limits[i].program) == 0;
		limits[i].hard = limits[i].program.rlim_max;
	}
	(void)pthread_atfork(before_fork, in_parent, in_child);
}

void apart_lift_limits(void)
{
	pthread_mutex_lock(&lock);
	lifted_here++;
	if (lifted++ == 0)
		apply();
	pthread_mutex_unlock(&lock);
}

void apart_put_back_limits(void)
{
	pthread_mutex_lock(&lock);
	lifted_here--;
	if (--lifted == 0)
		apply();
	pthread_mutex_unlock(&lock);
}

/* --- what the program asks for ---------------------------------------------------------------- */

/* Set limit @i to @to, unless it is NULL; *from is what it was. */
static int64_t change(int i, const struct rlimit *to, struct rlimit *from)
{
	int64_t result = 0;

	pthread_mutex_lock(&lock);
	*from = limits[i].program;
	if (to != NULL && to->rlim_cur > to->rlim_max) {
		result = -EINVAL;
	} else if (to != NULL && to->rlim_max > limits[i].program.rlim_max) {
		result = -EPERM;
	} else if (to != NULL) {
		limits[i].program = *to;
		apply();
	}
	pthread_mutex_unlock(&lock);
	return result;
}

/* RLIM_INFINITY is all ones in either width. */
static bool read_limit(uint64_t address, struct rlimit *limit, bool narrow)
{
	uint32_t words[2];

	if (!narrow)
		return guest_read(address, limit, sizeof(*limit));
	if (!guest_read(address, words, sizeof(words)))
		return false;
	limit->rlim_cur = words[0] == UINT32_MAX ? RLIM_INFINITY : words[0];
	limit->rlim_max = words[1] == UINT32_MAX ? RLIM_INFINITY : words[1];
	return true;
}

static bool write_limit(uint64_t address, const struct rlimit *limit, bool narrow)
{
	const rlim_t most = UINT32_MAX;
	const uint32_t words[2] = {(uint32_t)(limit->rlim_cur < most ? limit->rlim_cur : most),
		(uint32_t)(limit->rlim_max < most ? limit->rlim_max : most)};

	return narrow ? guest_write(address, words, sizeof(words))
		      : guest_write(address, limit, sizeof(*limit));
}

static int64_t answer(int i, uint64_t new_limit, uint64_t old_limit, bool narrow)
{
	struct rlimit to, from;
	int64_t result;

	if (new_limit != 0 && !read_limit(new_limit, &to, narrow))
		return -EFAULT;
	result = change(i, new_limit != 0 ? &to : NULL, &from);
	if (result == 0 && old_limit != 0 && !write_limit(old_limit, &from, narrow))
		return -EFAULT;
	return result;
}

/* What it executes has its hard limits, too. */
static void make_final(void)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < LIMITS; i++) {
		if (limits[i].known && limits[i].program.rlim_max < limits[i].hard)
			(void)setrlimit(limits[i].resource, &limits[i].program);
	}
	pthread_mutex_unlock(&lock);
}

static int find(uint64_t resource)
{
	for (int i = 0; i < LIMITS; i++) {
		if (limits[i].known && limits[i].resource == (int)resource)
			return i;
	}
	return -1;
}

bool apart_answer_limits(const struct call *call, int self, int64_t *result)
{
	bool whole = call->number == SYS_prlimit64 && (call->a1 == 0 || (int)call->a1 == self);
	const bool narrow = guest_abi()->word_bytes < sizeof(rlim_t);
	int i = find(whole ? call->a2 : call->a1);

	if (call->number == SYS_execve || call->number == SYS_execveat)
		make_final();
	if (i < 0)
		return false;
	if (whole)
		*result = answer(i, call->a3, call->a4, false);
	else if (call->number == SYS_setrlimit)
		*result = answer(i, call->a2, 0, narrow);
	else if (call->number == SYS_getrlimit)
		*result = answer(i, 0, call->a2, narrow);
	else
		return false;
	return true;
}
