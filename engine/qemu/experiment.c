/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments under QEMU: run the program with the injector, answer its
 * questions, wait for the end.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/ending.h"
#include "engine/places.h"
#include "engine/qemu/driver.h"
#include "engine/qemu/injector/layout.h"
#include "engine/qemu/launch.h"
#include "sandbox/sandbox.h"

enum { POLL_MS = 50 };

struct experiment {
	const struct upset_experiment_request *request;
	struct upset_experiment_result *result;
	struct upset_error *error;
	struct qemu_paths paths;
	char *program; /* as the memory map has it */
	struct upset_injector *shm;
	int shm_fd, sockets[2];
	pid_t pid, keeper; /* keeper 0: no sandbox */
	int end_fd;	   /* readable when the program has ended; in a sandbox its status */
	int rc;
};

/* --- what is shared --------------------------------------------------------------------------- */

static int write_faults(struct experiment *e)
{
	char *text;
	int rc = 0;

	if (e->request->faults->count == 0)
		return 0;
	if (e->request->faults->count > UPSET_INJECTOR_FAULTS)
		return upset_error_set(e->error, EINVAL,
			"engine qemu takes up to %d faults in an experiment",
			UPSET_INJECTOR_FAULTS);
	text = upset_faults_print(e->request->faults);
	if (text == NULL)
		return upset_error_set(e->error, ENOMEM, "no memory for faults");
	if (strlen(text) >= sizeof(e->shm->faults))
		rc = upset_error_set(e->error, EINVAL, "the text of the faults is too long");
	else
		memcpy(e->shm->faults, text, strlen(text) + 1);
	free(text);
	return rc;
}

static int share(struct experiment *e)
{
	e->shm_fd = memfd_create("upset", MFD_CLOEXEC);
	if (e->shm_fd < 0 || ftruncate(e->shm_fd, sizeof(*e->shm)) != 0)
		return upset_error_set(
			e->error, errno, "cannot make memory for faults: %s", strerror(errno));
	e->shm = mmap(NULL, sizeof(*e->shm), PROT_READ | PROT_WRITE, MAP_SHARED, e->shm_fd, 0);
	if (e->shm == MAP_FAILED)
		return upset_error_set(
			e->error, errno, "cannot map memory for faults: %s", strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->sockets) != 0)
		return upset_error_set(
			e->error, errno, "cannot make a socket: %s", strerror(errno));
	e->shm->magic = UPSET_INJECTOR_MAGIC;
	e->shm->limit = e->request->limit_instructions;
	return write_faults(e);
}

static void unshare_all(struct experiment *e)
{
	if (e->shm != MAP_FAILED)
		(void)munmap(e->shm, sizeof(*e->shm));
	for (int i = 0; i < 2; i++) {
		if (e->sockets[i] >= 0)
			(void)close(e->sockets[i]);
	}
	if (e->shm_fd >= 0)
		(void)close(e->shm_fd);
	if (e->end_fd >= 0)
		(void)close(e->end_fd);
	free(e->program);
}

/* --- starting --------------------------------------------------------------------------------- */

static int make_process(struct experiment *e)
{
	if (e->request->sandbox != NULL) {
		e->pid = upset_sandbox_fork(e->request->sandbox, &e->keeper, &e->end_fd, e->error);
		return e->pid < 0 ? e->pid : 0;
	}
	e->pid = fork();
	if (e->pid < 0)
		return upset_error_set(
			e->error, errno, "cannot start a process: %s", strerror(errno));
	if (e->pid > 0)
		e->end_fd = pidfd_open(e->pid, 0);
	return 0;
}

static int launch(struct experiment *e)
{
	const struct qemu_launch with = {.qemu = e->paths.qemu,
		.plugin = e->paths.injector,
		.program = e->request->program,
		.arguments = e->request->arguments,
		.environment = e->request->environment,
		.out_fd = e->request->out_fd,
		.err_fd = e->request->err_fd,
		.shm_fd = e->shm_fd,
		.socket_fd = e->sockets[1]};
	char **command_line = qemu_command_line(&with);
	int rc;

	if (command_line == NULL)
		return upset_error_set(e->error, ENOMEM, "no memory to start QEMU");
	rc = make_process(e);
	if (rc == 0 && e->pid == 0) {
		qemu_become(&with, command_line);
		_exit(127);
	}
	free(command_line);
	(void)close(e->sockets[1]);
	e->sockets[1] = -1;
	return rc;
}

/* --- questions -------------------------------------------------------------------------------- */

static int receive(const struct experiment *e, struct upset_injector_question *question)
{
	struct iovec part = {question, sizeof(*question)};
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	const struct cmsghdr *header;
	int fd;

	if (recvmsg(e->sockets[0], &message, MSG_CMSG_CLOEXEC) != sizeof(*question))
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (header == NULL || header->cmsg_type != SCM_RIGHTS ||
		header->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* Answer a question of the injector; false: there was none, or it makes no sense. */
static bool answer(struct experiment *e)
{
	struct upset_injector_question question;
	struct upset_injector_answer answer = {0};
	const struct upset_fault *fault;
	bool found = false;
	int fd = receive(e, &question);
	FILE *maps;

	if (fd < 0)
		return false;
	maps = fdopen(fd, "r");
	if (maps == NULL) {
		(void)close(fd);
		return false;
	}
	if (question.fault >= e->request->faults->count || fseek(maps, 0, SEEK_SET) != 0) {
		(void)fclose(maps);
		return false;
	}
	fault = &e->request->faults->faults[question.fault];
	if (e->rc == 0)
		e->rc = upset_place_find(maps, e->program,
			question.trigger ? &fault->trigger_place : &fault->place, e->request,
			&found, &answer.address, e->error);
	(void)fclose(maps);
	answer.found = found;
	return send(e->sockets[0], &answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* After the end of the program: everything in its sandbox ends, too. */
static void reap(struct experiment *e)
{
	int status = 0;

	if (e->keeper > 0) {
		/* Killed with everything else, it tells nothing. */
		if (read(e->end_fd, &status, sizeof(status)) != sizeof(status))
			status = SIGKILL;
		(void)waitpid(e->keeper, NULL, 0);
	} else {
		while (waitpid(e->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (atomic_load(&e->shm->hung) != 0)
		e->result->end = UPSET_EXPERIMENT_HUNG;
	upset_ending_take_status(e->result, status);
}

static void wait_for_end(struct experiment *e)
{
	struct pollfd fds[2] = {
		{.fd = e->end_fd, .events = POLLIN}, {.fd = e->sockets[0], .events = POLLIN}};
	uint64_t start_ns = upset_now_ns();

	do {
		(void)poll(fds, 2, POLL_MS);
		upset_ending_check_limits(e->request, e->result, start_ns, e->rc != 0, e->pid);
		/* No question, and there will be none. */
		if (fds[1].revents != 0 && ((fds[1].revents & POLLIN) == 0 || !answer(e)))
			fds[1].fd = -1;
	} while ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0);
	reap(e);
	e->result->host_time_ns = upset_now_ns() - start_ns;
	e->result->instructions = atomic_load(&e->shm->instructions);
}

static int run(struct experiment *e)
{
	int rc = qemu_find(&e->paths, e->error);

	if (rc == 0)
		rc = share(e);
	if (rc == 0) {
		e->program = realpath(e->request->program, NULL);
		rc = launch(e);
	}
	if (rc != 0)
		return rc;
	wait_for_end(e);
	for (size_t i = 0; i < e->request->faults->count; i++)
		e->result->injections[i] = e->shm->injections[i];
	return e->rc;
}

int qemu_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	struct experiment e = {.request = request,
		.result = result,
		.error = error,
		.shm = MAP_FAILED,
		.shm_fd = -1,
		.sockets = {-1, -1},
		.end_fd = -1};
	int rc;

	result->end = UPSET_EXPERIMENT_EXITED;
	rc = run(&e);
	unshare_all(&e);
	return rc;
}
