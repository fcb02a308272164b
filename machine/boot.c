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
#include "machine/still.h"
#include "sandbox/sandbox.h"

enum {
	POLL_MS = 200, /* at most between looks at whether to stop */
	STILL_SECONDS = 5,
	STILL_LOOKS = STILL_SECONDS * 1000 / POLL_MS,
	RESULT_MOST = 64,
	MESSAGE_MOST = 4096,
};

struct runner {
	const struct upset_machine_boot *boot;
	struct upset_machine_ending *ending;
	struct upset_error *error;
	int read_fds[2], write_fds[2]; /* pipes: the serial lines; -1: closed */
	int messages_fd;	       /* a file: the emulator's own */
	pid_t pid, keeper;
	int status_fd;	 /* of a sandbox; -1: none */
	int write_error; /* of passing on what was said */
	struct machine_still still;
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

/* What the lines said in vain is lost, so that the machine is to be ended. */
static void pass_on(struct runner *r, const char *bytes, size_t size)
{
	while (r->boot->out_fd >= 0 && size > 0 && r->write_error == 0 &&
		upset_stop_reason(r->boot->stop) == 0) {
		ssize_t n = write(r->boot->out_fd, bytes, size);

		if (n < 0 && errno == EAGAIN)
			(void)poll(&(struct pollfd){.fd = r->boot->out_fd, .events = POLLOUT}, 1,
				POLL_MS);
		else if (n < 0 && errno != EINTR)
			r->write_error = errno;
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
	/* It is a text. */
	for (size_t i = 0; i < size; i++)
		lines[kept + i] = bytes[i] != '\0' ? bytes[i] : ' ';
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

static void take_lines(struct runner *r)
{
	struct pollfd fds[2] = {
		{.fd = r->read_fds[0], .events = POLLIN}, {.fd = r->read_fds[1], .events = POLLIN}};
	const int ready = poll(fds, 2, POLL_MS);

	if (ready == 0)
		machine_still_look(&r->still, r->pid);
	if (ready <= 0)
		return;
	r->still = (struct machine_still){0};
	if (fds[0].fd >= 0 && fds[0].revents != 0)
		take_output(r);
	if (fds[1].fd >= 0 && fds[1].revents != 0)
		take_result(r);
}

/* Until both lines are closed, as they are when the emulator has ended, or it is to be ended. */
static void watch(struct runner *r)
{
	while (r->read_fds[0] >= 0 || r->read_fds[1] >= 0) {
		r->ending->number = upset_stop_reason(r->boot->stop);
		if (r->ending->number != 0 || r->write_error != 0 ||
			r->still.looks >= STILL_LOOKS) {
			(void)kill(r->keeper > 0 ? r->keeper : r->pid, SIGKILL);
			return;
		}
		take_lines(r);
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

/* A line that tells why the emulator ended, not what it warned of. */
static bool is_reason(const char *line, const char *name)
{
	return strncmp(line, name, strlen(name)) == 0 && strstr(line, "warning: ") == NULL;
}

/* What the emulator @name said last under its name, without that, or else its first line; "". */
static void find_message(const struct runner *r, const char *name, char text[MESSAGE_MOST])
{
	const ssize_t n = pread(r->messages_fd, text, MESSAGE_MOST - 1, 0);
	char *found = text, *rest = text, *line;

	text[n > 0 ? n : 0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (is_reason(line, name))
			found = line + strlen(name) + strspn(line + strlen(name), ": ");
	}
	memmove(text, found, strlen(found) + 1);
}

/* Why it was ended before it was over: 0, if it was not. */
static int judge_ended(struct runner *r, enum upset_obstacle obstacle)
{
	char limit[UPSET_REASON_SIZE];

	if (r->write_error != 0)
		return upset_error_set(r->error, r->write_error,
			"cannot pass on what the machine says: %s; it was switched off",
			strerror(r->write_error));
	if (r->still.looks >= STILL_LOOKS)
		return upset_error_set(r->error, EIO,
			"the machine stood still for %d seconds, as one that was halted does, and "
			"was switched off",
			STILL_SECONDS);
	if (obstacle == UPSET_OBSTACLE_NONE)
		return 0;
	upset_ending_explain_limit(obstacle, r->boot->limits, limit, sizeof(limit));
	return upset_error_set(r->error, EIO, "the emulator was ended: %s; %s", limit,
		upset_ending_advice(obstacle));
}

static int judge(struct runner *r, const char *name, int status, enum upset_obstacle obstacle)
{
	char message[MESSAGE_MOST];
	int rc;

	if (r->ending->number != 0) {
		r->ending->how = UPSET_MACHINE_STOPPED;
		return 0;
	}
	rc = judge_ended(r, obstacle);
	if (rc != 0)
		return rc;
	read_result(r);
	find_message(r, name, message);
	(void)snprintf(r->ending->message, sizeof(r->ending->message), "%.255s", message);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && message[0] != '\0')
		return upset_error_set(
			r->error, EIO, "the emulator refused the machine: %s", r->ending->message);
	return upset_error_set(r->error, EIO, "the emulator ended by %s %d%s%s",
		WIFSIGNALED(status) ? "signal" : "exit status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		message[0] != '\0' ? ": " : "", r->ending->message);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Whether the emulator will be able to read the file @path. */
static int check_path(struct runner *r, const char *path, const char *what)
{
	char *real = realpath(path, NULL);
	const bool hidden = real != NULL && r->boot->limits != NULL && upset_sandbox_hides(real);
	const int code = real == NULL || access(path, R_OK) != 0 ? errno : 0;

	free(real);
	if (code != 0)
		return upset_error_set(r->error, code, "cannot read the %s of the machine, %s: %s",
			what, path, strerror(code));
	if (hidden)
		return upset_error_set(r->error, ENOTSUP,
			"the %s of the machine, %s, is not seen in a sandbox, as nothing below "
			"/mnt, /dev and /run is; move it, or boot with --no-sandbox",
			what, path);
	return 0;
}

static int check_file(struct runner *r, const char *name, const char *what)
{
	char *path = name == NULL ? NULL : upset_machine_path(r->boot->folder, name);
	int rc = 0;

	if (name != NULL && path == NULL)
		return upset_error_set(r->error, ENOMEM, "out of memory");
	if (path != NULL)
		rc = check_path(r, path, what);
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
	const char *slash = strrchr(line[0], '/');
	enum upset_obstacle obstacle;
	int rc = open_lines(r), status;

	if (rc == 0)
		rc = start(r, line);
	if (rc != 0)
		return rc;
	watch(r);
	status = finish(r, &obstacle);
	return judge(r, slash != NULL ? slash + 1 : line[0], status, obstacle);
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
