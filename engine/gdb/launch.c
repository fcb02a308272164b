/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU with the program: see launch.h. */
#include "engine/gdb/launch.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/gdb/connect.h"
#include "engine/qemu/driver.h"

enum { WAIT_MS = 10 };

static const uint64_t start_ns = UINT64_C(60) * 1000000000;

/* --- the socket ------------------------------------------------------------------------------- */

/* Nobody else is to connect. */
static int make_folder(struct gdb_launch *launch, struct upset_error *error)
{
	(void)snprintf(launch->folder, sizeof(launch->folder), "/tmp/upset-XXXXXX");
	if (mkdtemp(launch->folder) != NULL)
		return 0;
	launch->folder[0] = '\0';
	return upset_error_set(
		error, EIO, "cannot make a folder in /tmp for a socket: %s", strerror(errno));
}

/*
 * Where QEMU is to open it.  What is made in a sandbox's /tmp nobody else sees, but what others
 * have in the machine's is there, too: so the name is one that they do not guess.
 */
static int name_socket(struct gdb_launch *launch, bool in_sandbox, char path[GDB_SOCKET_BYTES],
	struct upset_error *error)
{
	uint64_t number;
	int rc;

	if (in_sandbox) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return upset_error_set(error, EIO,
				"cannot get random bytes to name a socket: %s", strerror(errno));
		(void)snprintf(path, GDB_SOCKET_BYTES, "/tmp/upset-stub-%016" PRIx64, number);
		return 0;
	}
	rc = make_folder(launch, error);
	(void)snprintf(path, GDB_SOCKET_BYTES, "%s/stub", launch->folder);
	return rc;
}

/* The way to @path from here. */
static void find_socket(struct gdb_launch *launch, bool in_sandbox, const char *path)
{
	if (in_sandbox)
		(void)snprintf(launch->socket, sizeof(launch->socket), "/proc/%d/root%s",
			(int)launch->process.pid, path);
	else
		(void)snprintf(launch->socket, sizeof(launch->socket), "%s", path);
}

/* Nobody is to come any more, and the program is not to find it. */
static void remove_socket(struct gdb_launch *launch)
{
	if (launch->socket[0] != '\0')
		(void)unlink(launch->socket);
	if (launch->folder[0] != '\0')
		(void)rmdir(launch->folder);
	launch->socket[0] = launch->folder[0] = '\0';
}

/* It is there soon after QEMU has begun. */
static int wait_for_socket(
	const struct gdb_launch *launch, const struct upset_stop *stop, struct upset_error *error)
{
	struct pollfd end = {.fd = launch->process.end_fd, .events = POLLIN};
	const uint64_t deadline = upset_now_ns() + start_ns;

	do {
		int fd = gdb_connect_unix(launch->socket);

		if (fd >= 0)
			return fd;
		if (upset_stop_reason(stop) != 0)
			return upset_error_set(error, EINTR, "interrupted");
		if (poll(&end, 1, WAIT_MS) > 0)
			return upset_error_set(error, EIO,
				"QEMU did not start the program; what it said is above");
	} while (upset_now_ns() < deadline);
	return upset_error_set(
		error, EIO, "QEMU does not open its stub; is the machine overloaded?");
}

/* --- a QEMU ----------------------------------------------------------------------------------- */

int gdb_launch_start(struct gdb_launch *launch, const struct upset_target *target,
	const int child_fds[2], const struct upset_stop *stop, struct upset_error *error)
{
	const bool in_sandbox = target->sandbox != NULL;
	char qemu[PATH_MAX], path[GDB_SOCKET_BYTES];
	const struct qemu_launch with = {.qemu = qemu,
		.gdb = path,
		.target = target,
		.out_fd = child_fds[0],
		.err_fd = child_fds[1],
		.shm_fd = -1,
		.socket_fd = -1};
	int rc;

	*launch = (struct gdb_launch){.process = QEMU_PROCESS_NONE};
	rc = qemu_find_for(target->isa->qemu, qemu, error);
	if (rc == 0)
		rc = qemu_check_limits(error);
	if (rc == 0)
		rc = name_socket(launch, in_sandbox, path, error);
	if (rc == 0)
		rc = qemu_process_start(&launch->process, &with, error);
	if (rc != 0)
		return rc;
	find_socket(launch, in_sandbox, path);
	rc = wait_for_socket(launch, stop, error);
	/* Nothing is left, however this process ends. */
	if (rc >= 0)
		remove_socket(launch);
	return rc;
}

void gdb_launch_end(struct gdb_launch *launch, struct upset_sandbox_ending *ending)
{
	*ending = (struct upset_sandbox_ending){0};
	if (launch->process.end_fd >= 0) {
		(void)kill(launch->process.pid, SIGKILL);
		qemu_process_end(&launch->process, ending);
	}
	remove_socket(launch);
}
