/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits that signals do not cut short. */
#ifndef UPSET_BASE_WAIT_H
#define UPSET_BASE_WAIT_H

#include <errno.h>
#include <sys/types.h>
#include <sys/wait.h>

/* waitpid() until the child @pid has something to tell. */
static inline pid_t upset_wait(pid_t pid, int *status, int options)
{
	pid_t found;

	do
		found = waitpid(pid, status, options);
	while (found < 0 && errno == EINTR);
	return found;
}

#endif
