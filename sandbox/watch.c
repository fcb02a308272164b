/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keeper waits for the end of the program, and sees to limits that the kernel
 * does not have: see watch.h.  It looks often, so by system calls alone.
 */
#include "sandbox/watch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_EVERY_NS = 5 * 1000 * 1000,
	MEMORY_EVERY = 4, /* looks */
	TEXT_SIZE = 512,
};

/* Read the file @name of process @pid into @text, terminated; false: it is gone. */
static bool read_about(int folder, const char *pid, const char *name, char text[TEXT_SIZE])
{
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%.32s/%s", pid, name);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, TEXT_SIZE - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* What a process has touched and shares with nobody, from the numbers of pages in statm. */
static uint64_t memory_of(int folder, const char *pid)
{
	char text[TEXT_SIZE], *at = text;
	uint64_t pages[3] = {0}; /* all, resident, shared */

	if (!read_about(folder, pid, "statm", text))
		return 0;
	for (int i = 0; i < 3; i++)
		pages[i] = strtoull(at, &at, 10);
	return pages[1] > pages[2] ? (pages[1] - pages[2]) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/*
 * Memory that is reserved and never touched costs nothing, and some programs reserve terabytes:
 * so no limit of the kernel's will do.
 */
static bool has_too_much(int folder, const char *pid, uint64_t memory_bytes)
{
	return strcmp(pid, "1") != 0 && memory_bytes != 0 && memory_of(folder, pid) > memory_bytes;
}

/* Count processes; end those that have more memory than @memory_bytes, 0: any. */
static uint64_t look(uint64_t memory_bytes, bool *ended_one)
{
	char buffer[4096] __attribute__((aligned(8)));
	int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t count = 0;
	long n;

	while (folder >= 0 && (n = syscall(SYS_getdents64, folder, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);

			at += entry->d_reclen;
			if (isdigit((unsigned char)entry->d_name[0]) == 0)
				continue;
			count++;
			if (has_too_much(folder, entry->d_name, memory_bytes)) {
				(void)kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
				*ended_one = true;
			}
		}
	}
	if (folder >= 0)
		(void)close(folder);
	return count;
}

static void see_to_limits(
	const struct upset_limits *limits, unsigned int turn, struct sandbox_end *end)
{
	bool memory = false;
	uint64_t count = look(turn % MEMORY_EVERY == 0 ? limits->memory_bytes : 0, &memory);

	if (memory)
		end->obstacle = UPSET_OBSTACLE_MEMORY;
	if (limits->processes != 0 && count > limits->processes + 1) {
		end->obstacle = UPSET_OBSTACLE_PROCESSES;
		(void)kill(-1, SIGKILL);
	}
}

/* Of the dead @program, before it is taken away. */
static uint64_t written_by(pid_t program)
{
	int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char text[TEXT_SIZE], pid[32];
	const char *at = NULL;

	(void)snprintf(pid, sizeof(pid), "%d", (int)program);
	if (folder >= 0 && read_about(folder, pid, "io", text))
		at = strstr(text, "wchar:");
	if (folder >= 0)
		(void)close(folder);
	return at == NULL ? 0 : strtoull(at + strlen("wchar:"), NULL, 10);
}

static uint64_t seconds_of(const struct rusage *usage)
{
	struct timeval sum;

	timeradd(&usage->ru_utime, &usage->ru_stime, &sum);
	return (uint64_t)sum.tv_sec + (sum.tv_usec > 0);
}

/*
 * Whether the limit of @most seconds sent @signal to who had @seconds: others send the same.  The
 * kernel may see to it by ticks of its clock, and so be a little early.
 */
static bool is_of_cpu(int signal, uint64_t seconds, uint64_t most)
{
	return (signal == SIGXCPU && seconds >= most - most / 10) ||
	       (signal == SIGKILL && seconds > most);
}

/* Take the status of the dead @program, and which limit of the kernel's it comes of. */
static void take(pid_t program, const struct upset_limits *limits, struct sandbox_end *end)
{
	struct rusage usage = {0};
	int status = 0, signal;

	end->written_bytes = written_by(program);
	while (wait4(program, &status, 0, &usage) < 0 && errno == EINTR)
		;
	signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	end->status = status;
	end->cpu_seconds = seconds_of(&usage);
	if (end->obstacle != UPSET_OBSTACLE_NONE)
		return;
	if (signal == SIGXFSZ && limits->file_bytes != 0)
		end->obstacle = UPSET_OBSTACLE_FILE;
	if (limits->cpu_seconds != 0 && is_of_cpu(signal, end->cpu_seconds, limits->cpu_seconds))
		end->obstacle = UPSET_OBSTACLE_CPU;
}

/* Take others away until @program is dead; false: nobody is. */
static bool is_dead(pid_t program)
{
	siginfo_t info = {0};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
		if (info.si_pid == program)
			return true;
		(void)waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
	if (kill(program, 0) != 0)
		_exit(1);
	return false;
}

/*
 * The kernel's limit on a user's processes does not hold for root: so the keeper ends
 * them when there are too many, for which it must get its turn.
 */
struct sandbox_end sandbox_await(pid_t program, const struct upset_limits *limits)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
	const struct sched_param first = {.sched_priority = 1}, usual = {0};
	struct sandbox_end end = {0};
	sigset_t child;

	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	for (unsigned int turn = 0; !is_dead(program); turn++) {
		see_to_limits(limits, turn, &end);
		(void)sigtimedwait(&child, NULL, &pause);
	}
	(void)sched_setscheduler(0, SCHED_OTHER, &usual);
	take(program, limits, &end);
	return end;
}
