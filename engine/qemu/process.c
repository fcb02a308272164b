/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that is QEMU with the program: see process.h. */
#include "engine/qemu/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/read.h"
#include "base/wait.h"

int qemu_process_share(
	size_t size, const char *what, void **memory, int *fd, struct upset_error *error)
{
	*memory = MAP_FAILED;
	*fd = memfd_create("upset", MFD_CLOEXEC);
	if (*fd < 0 || ftruncate(*fd, (off_t)size) != 0)
		return upset_error_set(error, errno, "cannot make memory for %s: %s%s", what,
			strerror(errno),
			errno == EFBIG ? "; the limit on file sizes (ulimit -f) must be lifted"
				       : "");
	*memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, *fd, 0);
	if (*memory == MAP_FAILED)
		return upset_error_set(error, errno, "cannot map memory for %s: %s%s", what,
			strerror(errno),
			errno == ENOMEM ? "; a limit on address space (ulimit -v) must be lifted"
					: "");
	return 0;
}

/* --- starting --------------------------------------------------------------------------------- */

static void run_child(const struct qemu_launch *launch, char *const *command_line, int failed)
	__attribute__((noreturn));

/* In the child, between fork and exec: system calls only. */
static void run_child(const struct qemu_launch *launch, char *const *command_line, int failed)
{
	int code;

	qemu_become(launch, command_line);
	code = errno;
	if (write(failed, &code, sizeof(code)) != sizeof(code))
		_exit(126);
	_exit(127);
}

/* As fork(). */
static int divide(
	struct qemu_process *p, const struct upset_limits *sandbox, struct upset_error *error)
{
	int code;

	if (sandbox != NULL) {
		p->pid = upset_sandbox_fork(sandbox, &p->keeper, &p->end_fd, error);
		return p->pid < 0 ? p->pid : 0;
	}
	p->pid = fork();
	if (p->pid < 0)
		return upset_error_set(error, errno, "cannot start a process: %s", strerror(errno));
	if (p->pid == 0)
		return 0;
	p->end_fd = pidfd_open(p->pid, 0);
	if (p->end_fd >= 0)
		return 0;
	code = errno;
	(void)kill(p->pid, SIGKILL);
	(void)upset_wait(p->pid, NULL, 0);
	return upset_error_set(error, code, "cannot watch a process: %s", strerror(code));
}

int qemu_process_start(
	struct qemu_process *p, const struct qemu_launch *launch, struct upset_error *error)
{
	char **command_line = qemu_command_line(launch);
	struct upset_sandbox_ending ending;
	int failed[2], code, rc;
	bool runs;

	*p = QEMU_PROCESS_NONE;
	if (command_line == NULL || pipe2(failed, O_CLOEXEC) != 0) {
		free(command_line);
		return upset_error_set(error, ENOMEM, "no resources to start QEMU");
	}
	rc = divide(p, launch->target->sandbox, error);
	if (rc == 0 && p->pid == 0)
		run_child(launch, command_line, failed[1]);
	(void)close(failed[1]);
	free(command_line);
	runs = rc == 0 && !upset_read_whole(failed[0], &code, sizeof(code));
	(void)close(failed[0]);
	if (rc != 0 || runs)
		return rc;
	qemu_process_end(p, &ending);
	return upset_error_set(error, code, "cannot execute %s: %s", launch->qemu, strerror(code));
}

/* --- the end ---------------------------------------------------------------------------------- */

void qemu_process_end(struct qemu_process *p, struct upset_sandbox_ending *ending)
{
	*ending = (struct upset_sandbox_ending){0};
	if (p->keeper > 0) {
		upset_sandbox_end(p->keeper, p->end_fd, ending);
	} else {
		while (wait4(p->pid, &ending->status, 0, &ending->usage) < 0 && errno == EINTR)
			;
		(void)close(p->end_fd);
	}
	*p = QEMU_PROCESS_NONE;
}
