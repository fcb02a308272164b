/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What copies may do: they share files and processes with others, and may only
 * make system calls that change nothing but themselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/files.h"

static const uint16_t harmless[] = {SYS_close, SYS_close_range, SYS_stat, SYS_fstat, SYS_lstat,
	SYS_lseek, SYS_mprotect, SYS_munmap, SYS_brk, SYS_rt_sigaction, SYS_rt_sigprocmask,
	SYS_rt_sigreturn, SYS_access, SYS_sched_yield, SYS_mremap, SYS_mincore, SYS_madvise,
	SYS_pause, SYS_nanosleep, SYS_getpid, SYS_exit, SYS_uname, SYS_getdents, SYS_getcwd,
	SYS_chdir, SYS_fchdir, SYS_readlink, SYS_umask, SYS_gettimeofday, SYS_getrlimit,
	SYS_setrlimit, SYS_getrusage, SYS_sysinfo, SYS_times, SYS_getuid, SYS_getgid, SYS_geteuid,
	SYS_getegid, SYS_getppid, SYS_getpgrp, SYS_getgroups, SYS_getresuid, SYS_getresgid,
	SYS_getpgid, SYS_getsid, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_rt_sigsuspend,
	SYS_sigaltstack, SYS_statfs, SYS_fstatfs, SYS_getpriority, SYS_sched_getparam,
	SYS_sched_getscheduler, SYS_arch_prctl, SYS_set_thread_area, SYS_gettid, SYS_readahead,
	SYS_time, SYS_futex, SYS_sched_getaffinity, SYS_getdents64, SYS_set_tid_address,
	SYS_fadvise64, SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_exit_group,
	SYS_newfstatat, SYS_readlinkat, SYS_faccessat, SYS_set_robust_list, SYS_get_robust_list,
	SYS_getcpu, SYS_getrandom, SYS_membarrier, SYS_statx, SYS_rseq, SYS_faccessat2,
	SYS_getpeername, SYS_getsockname, SYS_capget, SYS_mlock, SYS_munlock, SYS_mlock2, SYS_alarm,
	SYS_setitimer, SYS_getitimer, SYS_timer_settime, SYS_timer_gettime, SYS_timer_getoverrun,
	SYS_timer_delete, SYS_timerfd_create};
/* Calls that the host has not; from "oldstat" on QEMU has not, either. */
static const char *const harmless_there[] = {"_llseek", "sigprocmask", "sigpending", "sgetmask",
	"ssetmask", "riscv_hwprobe", "riscv_flush_icache", "oldstat", "oldlstat", "oldfstat",
	"olduname", "oldolduname", "signal"};

static bool is_harmless_there(const char *name)
{
	if (name == NULL)
		return true; /* there is no such call */
	for (size_t i = 0; i < sizeof(harmless_there) / sizeof(harmless_there[0]); i++) {
		if (strcmp(harmless_there[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_harmless(const struct call *call)
{
	const int64_t number = call->number;

	if (number >= UPSET_ABI_FOREIGN)
		return is_harmless_there(upset_abi_call_name(guest_abi(), call->own));
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (harmless[i] == number)
			return true;
	}
	return number < 0 || number > SYS_faccessat2 + 100; /* there is no such call */
}

/* A file that copies have each for themselves, or a device without state. */
static bool is_own(int fd)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return true; /* it will fail */
	return S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) ||
	       (S_ISCHR(info.st_mode) && !isatty(fd));
}

static bool is_null(int fd)
{
	struct stat null, info;

	return stat("/dev/null", &null) == 0 && fstat(fd, &info) == 0 &&
	       null.st_rdev == info.st_rdev && S_ISCHR(info.st_mode);
}

static bool has_no_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		(void)close(fd);
	return fd < 0;
}

static bool may_open(uint64_t path, uint64_t flags)
{
	char text[sizeof("/dev/null")];

	if ((flags & O_ACCMODE) == O_RDONLY &&
		(flags & (O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))) == 0)
		return true;
	/* Nothing comes of these for writing. */
	return guest_read_text(path, text, sizeof(text)) &&
	       (strcmp(text, "/dev/null") == 0 ||
		       (strcmp(text, "/dev/tty") == 0 && has_no_terminal()));
}

/* A descriptor's second number has the same offset, unless it is one of the outputs. */
static bool may_duplicate(int fd)
{
	struct stat info;

	return files_is_output(fd) || fstat(fd, &info) != 0 || S_ISCHR(info.st_mode);
}

/* Copies have files and outputs of their own, but share what else is open. */
static bool may_set_flags(int fd, uint64_t flags)
{
	const int settable = O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME | O_NONBLOCK;
	int now = fcntl(fd, F_GETFL);
	struct stat info;

	if (now < 0 || ((now ^ (int)flags) & settable) == 0)
		return true;
	return fstat(fd, &info) == 0 && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode));
}

static bool may_control(int fd, uint64_t command, uint64_t argument)
{
	switch (command) {
	case F_GETFD:
	case F_SETFD:
	case F_GETFL:
		return true;
	case F_SETFL:
		return may_set_flags(fd, argument);
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return may_duplicate(fd);
	default:
		return false;
	}
}

/* What is asked of terminals fails elsewhere. */
static bool may_command(int fd, uint64_t command)
{
	const uint64_t kind = 0xff00;

	if (command == TCGETS || command == TIOCGWINSZ || command == FIONREAD)
		return true;
	return (command & kind) == (TCGETS & kind) && command != FIONBIO && command != FIOASYNC &&
	       !isatty(fd);
}

static bool may_map(uint64_t protection, uint64_t flags)
{
	if ((flags & MAP_TYPE) == MAP_PRIVATE)
		return true;
	return (flags & MAP_ANONYMOUS) == 0 && (protection & PROT_WRITE) == 0;
}

static bool is_self(uint64_t pid)
{
	return (int)pid == guest_process();
}

/* What handles SIGCHLD is only remembered: see permit_answer(). */
static bool may_signal(uint64_t pid, uint64_t signal)
{
	return is_self(pid) && signal != SIGCHLD;
}

static bool may_poll(uint64_t fds, uint64_t count)
{
	struct {
		int fd;
		short events, got;
	} one;

	for (uint64_t i = 0; i < count; i++) {
		if (!guest_read(fds + i * sizeof(one), &one, sizeof(one)))
			return true;
		if (one.fd >= 0 && !is_own(one.fd) && !timers_has_fd(one.fd))
			return false;
	}
	return true;
}

static bool may_select(const struct call *call)
{
	const uint64_t sets[] = {call->a2, call->a3, call->a4};
	uint8_t byte;

	for (uint64_t fd = 0; fd < call->a1 && fd < FD_SETSIZE; fd++) {
		bool asked = false;

		for (unsigned int i = 0; i < 3; i++)
			asked |= sets[i] != 0 && guest_read(sets[i] + fd / 8, &byte, 1) &&
				 (byte >> fd % 8 & 1);
		if (asked && !is_own((int)fd) && !timers_has_fd((int)fd))
			return false;
	}
	return call->a1 <= FD_SETSIZE;
}

/*
 * Where services of the machine listen there is nothing in a sandbox, so that it
 * fails: C libraries try it when they look for users and hosts.
 */
static bool may_connect(uint64_t address, uint64_t size)
{
	struct sockaddr_un to = {0};

	if (!injector.shm->watched || size > sizeof(to) || !guest_read(address, &to, size))
		return false;
	return to.sun_family == AF_UNIX &&
	       (strncmp(to.sun_path, "/run/", 5) == 0 || strncmp(to.sun_path, "/var/run/", 9) == 0);
}

static bool may_prctl(uint64_t option)
{
	return option == PR_SET_NAME || option == PR_GET_NAME || option == PR_GET_DUMPABLE ||
	       option == PR_CAPBSET_READ || option == PR_SET_VMA;
}

/* Of calls that are about no file. */
static bool allows_other(const struct call *call)
{
	switch (call->number) {
	case SYS_rt_sigaction: /* for what follows of it see permit_answer() */
		return call->form != UPSET_ABI_OLD || call->a1 != SIGCHLD;
	case SYS_mmap:
		return may_map(call->a3, call->a4);
	case SYS_kill:
	case SYS_tkill:
		return may_signal(call->a1, call->a2);
	case SYS_tgkill:
		return may_signal(call->a1, call->a3);
	case SYS_socket:
		return call->a1 == AF_UNIX;
	case SYS_connect:
		return may_connect(call->a2, call->a3);
	case SYS_timer_create:
		return timers_follow((int)call->a1);
	case SYS_prlimit64:
		return call->a1 == 0 || is_self(call->a1);
	case SYS_prctl:
		return may_prctl(call->a1);
	default:
		return is_harmless(call);
	}
}

bool permit_allows(const struct call *call)
{
	switch (call->number) {
	case SYS_read:
	case SYS_timerfd_settime:
	case SYS_timerfd_gettime:
		return is_own((int)call->a1) || timers_has_fd((int)call->a1);
	case SYS_pread64:
	case SYS_readv:
	case SYS_preadv:
		return is_own((int)call->a1);
	case SYS_write:
	case SYS_pwrite64:
	case SYS_writev:
	case SYS_pwritev:
		return files_is_output((int)call->a1) || is_null((int)call->a1);
	case SYS_open:
		return may_open(call->a1, call->a2);
	case SYS_openat:
		return may_open(call->a2, call->a3);
	case SYS_dup:
	case SYS_dup2:
	case SYS_dup3:
		return may_duplicate((int)call->a1);
	case SYS_fcntl:
		return may_control((int)call->a1, call->a2, call->a3);
	case SYS_ioctl:
		return may_command((int)call->a1, call->a2);
	case SYS_select:
	case SYS_pselect6:
		return may_select(call);
	case SYS_poll:
	case SYS_ppoll:
		return may_poll(call->a1, call->a2);
	default:
		return allows_other(call);
	}
}

enum { ACTION_MOST = 32 }; /* bytes of a struct sigaction of the program */

/*
 * A program that is copied has no children of its own.  To QEMU its action for
 * SIGCHLD stays the default, so that nothing comes of the ends of copies.
 */
static int64_t handle_children(uint64_t address, uint64_t old_address, uint64_t size)
{
	static unsigned char now[ACTION_MOST];
	const size_t bytes = guest_abi()->sigaction_bytes, at = bytes - sizeof(uint64_t);
	unsigned char before[ACTION_MOST], action[ACTION_MOST];
	uint64_t mask; /* stands last */

	if (size != sizeof(mask))
		return -EINVAL;
	memcpy(before, now, sizeof(before));
	if (address != 0) {
		if (!guest_read(address, action, bytes))
			return -EFAULT;
		memcpy(&mask, action + at, sizeof(mask));
		mask &= ~(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1));
		memcpy(action + at, &mask, sizeof(mask));
		memcpy(now, action, bytes);
	}
	if (old_address != 0 && !guest_write(old_address, before, bytes))
		return -EFAULT;
	return 0;
}

bool permit_answer(const struct call *call, int64_t *result)
{
	if (call->number != SYS_rt_sigaction || call->a1 != SIGCHLD || call->form == UPSET_ABI_OLD)
		return false;
	*result = handle_children(call->a2, call->a3, call->a4);
	return true;
}

void permit_after(const struct call *call, int64_t result)
{
	switch (call->number) {
	case SYS_open:
	case SYS_openat:
	case SYS_dup:
	case SYS_dup2:
	case SYS_dup3:
		files_opened((int)result);
		break;
	case SYS_fcntl:
		if (call->a2 == F_DUPFD || call->a2 == F_DUPFD_CLOEXEC)
			files_opened((int)result);
		break;
	default:
		break;
	}
}
