/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sandboxes from the kernel's namespaces: see sandbox.h.  The caller makes the
 * keeper, process 1 of a process namespace; the keeper sets everything up and
 * makes the program's process, which waits until its parent has found it.
 *
 * The C library has no fork() into namespaces, and without it the keeper could
 * begin in a copy of memory in which another thread holds the allocator's lock.
 * So a helper that fork() made, which has one thread and no such lock, makes the
 * keeper as a child of the caller, and ends.
 */
#include "sandbox/sandbox.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/read.h"
#include "sandbox/setup.h"

enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC,
	KEEPER = CLONE_PARENT | SIGCHLD,
	LOOK_EVERY_NS = 5 * 1000 * 1000,
};

const struct upset_sandbox_limits upset_sandbox_default_limits = {
	.memory_bytes = 4ULL << 30,
	.file_bytes = 64ULL << 20,
	.cpu_seconds = 600,
	.processes = 512,
};

/* --- users ------------------------------------------------------------------------------------ */

/* The user stays who it is; others do not exist. */
static int map_user(struct sandbox_setup *s, uid_t uid, gid_t gid)
{
	char text[64];

	(void)sandbox_write_file("/proc/self/setgroups", "deny");
	(void)snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
	if (sandbox_write_file("/proc/self/uid_map", text) != 0)
		return sandbox_failed(s, "a user namespace");
	(void)snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
	return sandbox_write_file("/proc/self/gid_map", text) == 0
		       ? 0
		       : sandbox_failed(s, "a user namespace");
}

/* --- limits and privileges -------------------------------------------------------------------- */

static void limit(int resource, uint64_t value)
{
	struct rlimit old;

	if (value == 0 || getrlimit(resource, &old) != 0)
		return;
	if (old.rlim_max != RLIM_INFINITY && value > old.rlim_max)
		value = old.rlim_max;
	(void)setrlimit(resource, &(struct rlimit){value, value});
}

static void set_limits(const struct upset_sandbox_limits *limits)
{
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	limit(RLIMIT_DATA, limits->memory_bytes);
	limit(RLIMIT_FSIZE, limits->file_bytes);
	limit(RLIMIT_CPU, limits->cpu_seconds);
	limit(RLIMIT_NPROC, limits->processes);
}

/* Nothing that the namespaces' owner may do. */
static int drop_privileges(struct sandbox_setup *s)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECUREBITS,
			SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
				SECBIT_NO_SETUID_FIXUP_LOCKED,
			0, 0, 0) != 0 ||
		syscall(SYS_capset, &header, none) != 0)
		return sandbox_failed(s, "giving privileges up");
	return 0;
}

/* --- processes -------------------------------------------------------------------------------- */

/* Often: so by system calls alone. */
static uint64_t count_processes(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t count = 0;
	long n;

	while (folder >= 0 && (n = syscall(SYS_getdents64, folder, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);

			count += isdigit((unsigned char)entry->d_name[0]) != 0;
			at += entry->d_reclen;
		}
	}
	if (folder >= 0)
		(void)close(folder);
	return count;
}

/*
 * Wait for the end of the program.  The kernel's limit on a user's processes does
 * not hold for root: so the keeper ends them when there are too many, for which
 * it must get its turn.
 */
static int await(pid_t program, uint64_t processes)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
	const struct sched_param first = {.sched_priority = 1}, usual = {0};
	sigset_t child;
	int status = 0;
	pid_t pid;

	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	do {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0 && pid != program)
			;
		if (pid < 0 && errno == ECHILD)
			_exit(1);
		if (processes != 0 && count_processes() > processes + 1)
			(void)kill(-1, SIGKILL);
		if (pid != program)
			(void)sigtimedwait(&child, NULL, &pause);
	} while (pid != program);
	(void)sched_setscheduler(0, SCHED_OTHER, &usual);
	return status;
}

static void keep(const struct sandbox_setup *s, pid_t program, int status_fd)
	__attribute__((noreturn));

/* Tell the program's status, end everything, tell what became of files. */
static void keep(const struct sandbox_setup *s, pid_t program, int status_fd)
{
	char files[UPSET_HASH_HEX_SIZE];
	int status = await(program, s->limits->processes);

	if (write(status_fd, &status, sizeof(status)) != sizeof(status))
		_exit(1);
	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	if (!sandbox_changes(s->covered, s->copies, files))
		_exit(0);
	_exit(write(status_fd, files, sizeof(files)) != sizeof(files));
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Whoever waits for the end of a file waits for the program alone. */
static void close_all_but(int status_fd, const struct sandbox_setup *s)
{
	int kept[1 + 2 * SANDBOX_LAYERS] = {status_fd};
	size_t n = 1;
	int next = 0;

	for (unsigned int i = 0; i < s->copies; i++) {
		kept[n++] = s->covered[i].upper_fd;
		kept[n++] = s->covered[i].lower_fd;
	}
	qsort(kept, n, sizeof(kept[0]), by_number);
	for (size_t i = 0; i < n; i++) {
		if (kept[i] > next)
			(void)syscall(SYS_close_range, next, kept[i] - 1, 0);
		next = kept[i] + 1;
	}
	(void)syscall(SYS_close_range, next, ~0U, 0);
}

static void close_layers(const struct sandbox_setup *s)
{
	for (unsigned int i = 0; i < s->copies; i++) {
		(void)close(s->covered[i].upper_fd);
		(void)close(s->covered[i].lower_fd);
	}
}

/* In the keeper: the program's process returns 0, the keeper never. */
static int begin(struct sandbox_setup *s, uid_t uid, gid_t gid, int pipes[2][2])
{
	pid_t program;
	char go;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)close(pipes[0][0]);
	(void)close(pipes[1][1]);
	if ((s->new_user && map_user(s, uid, gid) != 0) || sandbox_set_up_files(s) != 0)
		return -1;
	program = fork();
	if (program < 0)
		return sandbox_failed(s, "a process");
	if (program > 0) {
		if (write(pipes[0][1], &s->report, sizeof(s->report)) != sizeof(s->report))
			_exit(1);
		close_all_but(pipes[0][1], s);
		keep(s, program, pipes[0][1]);
	}
	close_layers(s);
	(void)close(pipes[0][1]);
	/* Groups of processes reach across namespaces. */
	(void)setsid();
	set_limits(s->limits);
	if (read(pipes[1][0], &go, 1) != 1 || drop_privileges(s) != 0)
		_exit(127);
	(void)close(pipes[1][0]);
	return 0;
}

/* The only child of the keeper, by its number outside; -1: none. */
static pid_t child_of(pid_t keeper)
{
	char path[64], text[32] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)keeper, (int)keeper);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) <= 0)
		text[0] = '\0';
	(void)close(fd);
	return text[0] == '\0' ? -1 : (pid_t)strtol(text, NULL, 10);
}

static int refuse(const struct sandbox_report *report, struct upset_error *error)
{
	return upset_error_set(error, ENOSYS,
		"no sandbox is possible here: %s: %s; --no-sandbox runs without one",
		report->code == 0 ? "its first process ended" : report->what,
		strerror(report->code == 0 ? EIO : report->code));
}

/* In the helper, and in the keeper and the program's process, which return. */
static int make_keeper(struct sandbox_setup *s, uid_t uid, gid_t gid, int pipes[2][2])
{
	pid_t keeper;

	/* Who may do it at once need not become another user, which makes less possible. */
	keeper = (pid_t)syscall(SYS_clone, NAMESPACES | KEEPER, NULL, NULL, NULL, NULL);
	if (keeper < 0 && errno == EPERM) {
		s->new_user = true;
		keeper = (pid_t)syscall(
			SYS_clone, NAMESPACES | CLONE_NEWUSER | KEEPER, NULL, NULL, NULL, NULL);
	}
	if (keeper == 0) {
		s->report.from = FROM_KEEPER;
		if (begin(s, uid, gid, pipes) == 0)
			return 0;
	} else if (keeper < 0) {
		(void)sandbox_failed(s, "namespaces");
	}
	s->report.keeper = keeper;
	_exit(write(pipes[0][1], &s->report, sizeof(s->report)) != sizeof(s->report));
}

/*
 * What the helper and the keeper say, in any order: false when one did not.
 * *@keeper: -1 when there is none.
 */
static bool hear(int fd, pid_t *keeper, struct sandbox_report *report)
{
	bool begun = false;

	*keeper = -1;
	*report = (struct sandbox_report){0};
	while (!begun || *keeper < 0) {
		struct sandbox_report next;

		if (!upset_read_whole(fd, &next, sizeof(next)))
			return false;
		if (next.from == FROM_HELPER)
			*keeper = next.keeper;
		begun |= next.from == FROM_KEEPER;
		if (next.code != 0)
			*report = next;
		if (next.from == FROM_HELPER && next.code != 0)
			return true;
	}
	return true;
}

static pid_t find_program(int pipes[2][2], pid_t *keeper, struct upset_error *error)
{
	struct sandbox_report report;
	pid_t program = -1;

	if (!hear(pipes[0][0], keeper, &report))
		return refuse(&(struct sandbox_report){0}, error);
	if (report.code == 0)
		program = child_of(*keeper);
	if (report.code == 0 && program < 0)
		report = (struct sandbox_report){.code = ESRCH, .what = "finding its process"};
	if (report.code == 0 && write(pipes[1][1], "", 1) != 1)
		report = (struct sandbox_report){.code = errno, .what = "starting its process"};
	return report.code == 0 ? program : refuse(&report, error);
}

static void close_all(int pipes[2][2])
{
	for (int i = 0; i < 4; i++)
		(void)close(pipes[i / 2][i % 2]);
}

static void await_end(pid_t pid, struct rusage *usage)
{
	while (wait4(pid, NULL, 0, usage) < 0 && errno == EINTR)
		;
}

static pid_t fork_keeper(struct sandbox_setup *s, int pipes[2][2], pid_t *keeper, int *status_fd,
	struct upset_error *error)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t program, helper = fork();

	if (helper == 0)
		return make_keeper(s, uid, gid, pipes);
	if (helper < 0) {
		(void)sandbox_failed(s, "a process");
		close_all(pipes);
		return refuse(&s->report, error);
	}
	(void)close(pipes[0][1]);
	(void)close(pipes[1][0]);
	program = find_program(pipes, keeper, error);
	await_end(helper, NULL);
	(void)close(pipes[1][1]);
	*status_fd = pipes[0][0];
	if (program < 0) {
		(void)close(*status_fd);
		if (*keeper > 0) {
			(void)kill(*keeper, SIGKILL);
			await_end(*keeper, NULL);
		}
		*keeper = *status_fd = -1;
	}
	return program;
}

pid_t upset_sandbox_fork(const struct upset_sandbox_limits *limits, pid_t *keeper, int *status_fd,
	struct upset_error *error)
{
	struct sandbox_setup s = {.limits = limits};
	int pipes[2][2]; /* to the caller, from the caller */

	*keeper = *status_fd = -1;
	if (getcwd(s.folder, sizeof(s.folder)) == NULL)
		return upset_error_set(
			error, errno, "cannot find the working folder: %s", strerror(errno));
	if (pipe2(pipes[0], O_CLOEXEC) != 0)
		return upset_error_set(error, errno, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(pipes[1], O_CLOEXEC) != 0) {
		(void)close(pipes[0][0]);
		(void)close(pipes[0][1]);
		return upset_error_set(error, errno, "cannot make a pipe: %s", strerror(errno));
	}
	return fork_keeper(&s, pipes, keeper, status_fd, error);
}

void upset_sandbox_end(pid_t keeper, int status_fd, int *status, char files[UPSET_HASH_HEX_SIZE],
	struct rusage *usage)
{
	/* Killed with everything else, it tells nothing. */
	if (!upset_read_whole(status_fd, status, sizeof(*status)))
		*status = SIGKILL;
	if (!upset_read_whole(status_fd, files, UPSET_HASH_HEX_SIZE))
		files[0] = '\0';
	(void)close(status_fd);
	await_end(keeper, usage);
}

int upset_sandbox_probe(struct upset_error *error)
{
	char files[UPSET_HASH_HEX_SIZE];
	int status, status_fd = -1;
	pid_t keeper = -1;
	pid_t pid = upset_sandbox_fork(&upset_sandbox_default_limits, &keeper, &status_fd, error);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return pid;
	upset_sandbox_end(keeper, status_fd, &status, files, NULL);
	return 0;
}
