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
#include <unistd.h>

#include "base/read.h"
#include "sandbox/setup.h"
#include "sandbox/watch.h"

enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC,
	KEEPER = CLONE_PARENT | SIGCHLD,
	CPU_GRACE_SECONDS = 1, /* for who does not care for SIGXCPU */
	MORE = 2,	       /* than the golden run needed */
	MORE_CPU = 100,	       /* as much as a hang is waited for */
};

const struct upset_limits upset_sandbox_default_limits = {
	.memory_bytes = 4ULL << 30,
	.file_bytes = 64ULL << 20,
	.cpu_seconds = 600,
	.processes = 512,
};

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct upset_limits upset_sandbox_limits_for(
	const struct upset_limits *asked, const struct upset_limits *needed)
{
	const struct upset_limits *least = &upset_sandbox_default_limits;
	struct upset_limits limits = *asked;

	if (limits.processes == 0)
		limits.processes = least->processes;
	if (needed == NULL)
		return limits;
	if (limits.memory_bytes == 0)
		limits.memory_bytes = greater(least->memory_bytes, MORE * needed->memory_bytes);
	if (limits.file_bytes == 0)
		limits.file_bytes = greater(least->file_bytes, MORE * needed->file_bytes);
	if (limits.cpu_seconds == 0)
		limits.cpu_seconds = greater(least->cpu_seconds, MORE_CPU * needed->cpu_seconds);
	return limits;
}

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

static uint64_t at_most(uint64_t value, uint64_t most)
{
	return most != RLIM_INFINITY && value > most ? most : value;
}

/* @grace: from what is told by a signal that can be handled to the end. */
static void limit(int resource, uint64_t value, uint64_t grace)
{
	struct rlimit old;

	if (value == 0 || getrlimit(resource, &old) != 0)
		return;
	(void)setrlimit(resource, &(struct rlimit){at_most(value, old.rlim_max),
					  at_most(value + grace, old.rlim_max)});
}

static void set_limits(const struct upset_limits *limits)
{
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	limit(RLIMIT_FSIZE, limits->file_bytes, 0);
	limit(RLIMIT_CPU, limits->cpu_seconds, CPU_GRACE_SECONDS);
	limit(RLIMIT_NPROC, limits->processes, 0);
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

static void keep(const struct sandbox_setup *s, pid_t program, int status_fd)
	__attribute__((noreturn));

/* Tell the program's status, end everything, tell what became of files. */
static void keep(const struct sandbox_setup *s, pid_t program, int status_fd)
{
	char files[UPSET_HASH_HEX_SIZE];
	const struct sandbox_end end = sandbox_await(program, s->limits);

	if (write(status_fd, &end, sizeof(end)) != sizeof(end))
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

pid_t upset_sandbox_fork(
	const struct upset_limits *limits, pid_t *keeper, int *status_fd, struct upset_error *error)
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

void upset_sandbox_end(pid_t keeper, int status_fd, struct upset_sandbox_ending *ending)
{
	struct sandbox_end end = {.status = SIGKILL};

	*ending = (struct upset_sandbox_ending){0};
	/* Killed with everything else, it tells nothing. */
	if (!upset_read_whole(status_fd, &end, sizeof(end)))
		end = (struct sandbox_end){.status = SIGKILL};
	ending->status = end.status;
	ending->obstacle = end.obstacle;
	if (!upset_read_whole(status_fd, ending->files, UPSET_HASH_HEX_SIZE))
		ending->files[0] = '\0';
	(void)close(status_fd);
	await_end(keeper, &ending->usage);
	ending->needed =
		(struct upset_limits){.memory_bytes = (uint64_t)ending->usage.ru_maxrss * 1024,
			.file_bytes = end.written_bytes,
			.cpu_seconds = end.cpu_seconds};
}

int upset_sandbox_probe(struct upset_error *error)
{
	struct upset_sandbox_ending ending;
	int status_fd = -1;
	pid_t keeper = -1;
	pid_t pid = upset_sandbox_fork(&upset_sandbox_default_limits, &keeper, &status_fd, error);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return pid;
	upset_sandbox_end(keeper, status_fd, &ending);
	return 0;
}
