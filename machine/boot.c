/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a machine: see boot.h.  What its lines say is passed on, looked at, and kept in part. */
#include "machine/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wait.h"
#include "engine/ending.h"
#include "machine/emulator.h"
#include "machine/make.h"
#include "sandbox/sandbox.h"

enum {
	POLL_MS = 200, /* at most between looks at whether to stop */
	RESULT_MOST = 64,
	MESSAGE_MOST = 512,
};

struct runner {
	const struct upset_machine_boot *boot;
	struct upset_machine_ending *ending;
	struct upset_error *error;
	int read_fds[2], write_fds[2]; /* pipes: the serial lines; -1: closed */
	int messages_fd;	       /* a file: the emulator's own */
	pid_t pid, keeper;
	int status_fd; /* of a sandbox; -1: none */
	char result[RESULT_MOST];
	size_t line_bytes, result_bytes; /* in use of ending->lines, result */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* --- what the lines say ----------------------------------------------------------------------- */

static void pass_on(const struct runner *r, const char *bytes, size_t size)
{
	while (r->boot->out_fd >= 0 && size > 0) {
		ssize_t n = write(r->boot->out_fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return;
		bytes += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
}

/* Keep the end of all that was said. */
static void keep(struct runner *r, const char *bytes, size_t size)
{
	const size_t room = UPSET_MACHINE_LINES_MOST - 1;
	char *lines = r->ending->lines;
	size_t kept = r->line_bytes;

	if (size >= room) {
		bytes += size - room;
		size = room;
	}
	if (kept + size > room) {
		memmove(lines, lines + (kept + size - room), room - size);
		kept = room - size;
	}
	memcpy(lines + kept, bytes, size);
	r->line_bytes = kept + size;
	lines[r->line_bytes] = '\0';
}

static void take_output(struct runner *r)
{
	char bytes[4096];
	ssize_t n = read(r->read_fds[0], bytes, sizeof(bytes));

	if (n > 0) {
		pass_on(r, bytes, (size_t)n);
		keep(r, bytes, (size_t)n);
	} else if (n == 0 || errno != EINTR) {
		close_fd(&r->read_fds[0]);
	}
}

static void take_result(struct runner *r)
{
	char bytes[RESULT_MOST];
	ssize_t n = read(r->read_fds[1], bytes, sizeof(bytes));

	for (ssize_t i = 0; i < n; i++) {
		if (r->result_bytes + 1 < RESULT_MOST)
			r->result[r->result_bytes++] = bytes[i];
	}
	if (n == 0 || (n < 0 && errno != EINTR))
		close_fd(&r->read_fds[1]);
}

/* "exit 3", "signal 11", "start 2"; what is no such line is nothing. */
static void read_result(struct runner *r)
{
	char word[16], newline;
	int number;

	r->ending->how = UPSET_MACHINE_OFF;
	if (r->boot->machine->result == UPSET_MACHINE_RESULT_NONE ||
		sscanf(r->result, "%15[a-z] %d%c", word, &number, &newline) != 3 || newline != '\n')
		return;
	r->ending->how = strcmp(word, "exit") == 0     ? UPSET_MACHINE_EXIT
			 : strcmp(word, "signal") == 0 ? UPSET_MACHINE_SIGNAL
						       : UPSET_MACHINE_NOT_BEGUN;
	r->ending->number = number;
	(void)snprintf(r->ending->step, sizeof(r->ending->step), "%s", word);
}

/* --- the emulator's process ------------------------------------------------------------------- */

static int open_lines(struct runner *r)
{
	for (int i = 0; i < 2; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0)
			return upset_error_set(
				r->error, errno, "cannot make a pipe: %s", strerror(errno));
		r->read_fds[i] = ends[0];
		r->write_fds[i] = ends[1];
	}
	r->messages_fd = memfd_create("upset-machine", MFD_CLOEXEC);
	if (r->messages_fd < 0)
		return upset_error_set(r->error, errno, "cannot make a file: %s", strerror(errno));
	return 0;
}

static int start(struct runner *r, char *const *line)
{
	const int fds[3] = {r->write_fds[0], r->write_fds[1], r->messages_fd};

	r->pid = r->boot->limits == NULL
			 ? fork()
			 : upset_sandbox_fork(r->boot->limits, &r->keeper, &r->status_fd, r->error);
	if (r->pid == 0) {
		machine_emulator_become(line, fds);
		_exit(127);
	}
	for (int i = 0; i < 2; i++)
		close_fd(&r->write_fds[i]);
	if (r->pid > 0)
		return 0;
	return upset_error_set(r->error, r->boot->limits == NULL ? errno : -(int)r->pid,
		"cannot start the emulator: %s", strerror(errno));
}

/* Until both lines are closed, as they are when the emulator has ended. */
static void watch(struct runner *r)
{
	while (r->read_fds[0] >= 0 || r->read_fds[1] >= 0) {
		struct pollfd fds[2] = {{.fd = r->read_fds[0], .events = POLLIN},
			{.fd = r->read_fds[1], .events = POLLIN}};
		const int reason = upset_stop_reason(r->boot->stop);

		if (reason != 0) {
			r->ending->number = reason;
			(void)kill(r->keeper > 0 ? r->keeper : r->pid, SIGKILL);
			return;
		}
		if (poll(fds, 2, POLL_MS) <= 0)
			continue;
		if (fds[0].fd >= 0 && fds[0].revents != 0)
			take_output(r);
		if (fds[1].fd >= 0 && fds[1].revents != 0)
			take_result(r);
	}
}

/* Its wait status, and which limit was reached. */
static int finish(struct runner *r, enum upset_obstacle *obstacle)
{
	struct upset_sandbox_ending ending;
	int status = 0;

	*obstacle = UPSET_OBSTACLE_NONE;
	if (r->status_fd < 0) {
		(void)upset_wait(r->pid, &status, 0);
		return status;
	}
	upset_sandbox_end(r->keeper, r->status_fd, &ending);
	r->status_fd = -1;
	*obstacle = ending.obstacle;
	return ending.status;
}

/* The first line of what the emulator said, without its name. */
static void first_message(const struct runner *r, char text[MESSAGE_MOST])
{
	ssize_t n = pread(r->messages_fd, text, MESSAGE_MOST - 1, 0);
	const char *colon;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	colon = strstr(text, ": ");
	if (colon != NULL && strncmp(text, "qemu", 4) == 0)
		memmove(text, colon + 2, strlen(colon + 2) + 1);
}

static int judge(struct runner *r, int status, enum upset_obstacle obstacle)
{
	char message[MESSAGE_MOST], limit[UPSET_REASON_SIZE];

	if (r->ending->number != 0) {
		r->ending->how = UPSET_MACHINE_STOPPED;
		return 0;
	}
	if (obstacle != UPSET_OBSTACLE_NONE) {
		upset_ending_explain_limit(obstacle, r->boot->limits, limit, sizeof(limit));
		return upset_error_set(r->error, EIO, "the emulator was ended: %s; %s", limit,
			upset_ending_advice(obstacle));
	}
	read_result(r);
	first_message(r, message);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && message[0] != '\0')
		return upset_error_set(
			r->error, EIO, "the emulator refused the machine: %s", message);
	return upset_error_set(r->error, EIO, "the emulator ended by %s %d%s%s",
		WIFSIGNALED(status) ? "signal" : "exit status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		message[0] != '\0' ? ": " : "", message);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int check_file(struct runner *r, const char *name, const char *what)
{
	char *path = name == NULL ? NULL : upset_machine_path(r->boot->folder, name);
	int rc = 0;

	if (name != NULL && path == NULL)
		return upset_error_set(r->error, ENOMEM, "out of memory");
	if (path != NULL && access(path, R_OK) != 0)
		rc = upset_error_set(r->error, errno, "cannot read the %s of the machine, %s: %s",
			what, path, strerror(errno));
	free(path);
	return rc;
}

static int check_files(struct runner *r)
{
	const struct upset_machine *m = r->boot->machine;
	int rc = check_file(r, m->kernel, "kernel");

	if (rc == 0)
		rc = check_file(r, m->initrd, "initrd");
	for (size_t i = 0; rc == 0 && i < m->disks.count; i++)
		rc = check_file(r, m->disks.items[i], "disk");
	return rc == 0 ? upset_machine_check_memory(m, r->boot->folder, r->error) : rc;
}

static int run(struct runner *r, char *const *line)
{
	enum upset_obstacle obstacle;
	int rc = open_lines(r), status;

	if (rc == 0)
		rc = start(r, line);
	if (rc != 0)
		return rc;
	watch(r);
	status = finish(r, &obstacle);
	return judge(r, status, obstacle);
}

int upset_machine_boot(const struct upset_machine_boot *boot, struct upset_machine_ending *ending,
	struct upset_error *error)
{
	struct runner r = {.boot = boot,
		.ending = ending,
		.error = error,
		.read_fds = {-1, -1},
		.write_fds = {-1, -1},
		.messages_fd = -1,
		.keeper = -1,
		.status_fd = -1};
	char *folder = realpath(boot->folder, NULL), **line = NULL;
	int rc;

	*ending = (struct upset_machine_ending){0};
	if (folder == NULL)
		return upset_error_set(
			error, errno, "cannot find %s: %s", boot->folder, strerror(errno));
	rc = check_files(&r);
	if (rc == 0)
		rc = machine_emulator_line(&line, folder, boot->machine, error);
	if (rc == 0)
		rc = run(&r, line);
	for (int i = 0; i < 2; i++) {
		close_fd(&r.read_fds[i]);
		close_fd(&r.write_fds[i]);
	}
	close_fd(&r.messages_fd);
	machine_emulator_free(line);
	free(folder);
	return rc;
}
