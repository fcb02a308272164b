/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls under the injector.  Those that ask for the time, for random
 * numbers and for the number of the process have the same result in each run.
 * Copies share files and processes with others and may only make system calls
 * that change nothing but themselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "engine/qemu/injector/injector.h"

/* When each run begins, as its clock has it: 2026-01-01, in UTC; then one ns an instruction. */
static const uint64_t epoch_ns = 1767225600ULL * 1000000000U;
enum {
	SECOND_NS = 1000000000,
	MILLISECOND_NS = 1000000,
	MICROSECOND_NS = 1000,
	TICKS_A_READING = 1000
};

static struct {
	uint64_t a1, a2, a3, a4; /* of the thread's system call, while there is one thread */
	uint64_t timeout_ns;	 /* of that call */
	uint64_t slept_ns;
	bool wakes;	   /* something may send it a signal */
	uint64_t randoms;  /* words so far */
	uint64_t readings; /* of the processor's counter of time */
	int pid;	   /* that this copy passes for; 0: none */
} calls;

static bool is_single(void)
{
	return atomic_load(&injector.threads) == 1;
}

static bool read_memory(struct thread *t, uint64_t address, void *value, size_t size)
{
	const struct upset_inject_state state = injector_state(t);

	return address != 0 && state.read_memory(state.context, address, value, size);
}

static void write_memory(struct thread *t, uint64_t address, const void *value, size_t size)
{
	const struct upset_inject_state state = injector_state(t);

	if (address != 0 && size > 0)
		(void)state.write_memory(state.context, address, value, size);
}

/* --- time and random numbers ------------------------------------------------------------------ */

static uint64_t now_ns(const struct thread *t, uint64_t clock)
{
	uint64_t ns = injector_executed(t) + calls.slept_ns;

	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI
		       ? ns + epoch_ns
		       : ns + SECOND_NS;
}

/* Read in the middle of blocks, where instructions are not counted exactly: so by readings. */
bool injector_ticks(unsigned int vcpu_index, uint64_t *ticks)
{
	(void)vcpu_index;
	if (!is_single() || injector.child)
		return false;
	*ticks = SECOND_NS + TICKS_A_READING * ++calls.readings;
	return true;
}

static void give_time(struct thread *t, uint64_t address, uint64_t ns, uint64_t unit)
{
	const uint64_t value[2] = {ns / SECOND_NS, ns % SECOND_NS / unit};

	write_memory(t, address, value, sizeof(value));
}

/* All of the time was the program's own. */
static void give_usage(struct thread *t)
{
	struct rusage usage = {0};
	uint64_t ns = injector_executed(t);

	usage.ru_utime.tv_sec = (time_t)(ns / SECOND_NS);
	usage.ru_utime.tv_usec = (suseconds_t)(ns % SECOND_NS / MICROSECOND_NS);
	write_memory(t, calls.a2, &usage, sizeof(usage));
}

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static void give_randoms(struct thread *t, uint64_t address, uint64_t size)
{
	while (size > 0) {
		size_t n = size < sizeof(uint64_t) ? size : sizeof(uint64_t);
		uint64_t z = ++calls.randoms * 0x9e3779b97f4a7c15ULL;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
		z ^= z >> 31;
		write_memory(t, address, &z, n);
		address += n;
		size -= n;
	}
}

static uint64_t timespec_ns(struct thread *t, uint64_t address)
{
	uint64_t value[2];

	return read_memory(t, address, value, sizeof(value)) ? value[0] * SECOND_NS + value[1] : 0;
}

static uint64_t timeval_ns(struct thread *t, uint64_t address)
{
	uint64_t value[2];

	return read_memory(t, address, value, sizeof(value))
		       ? value[0] * SECOND_NS + value[1] * MICROSECOND_NS
		       : 0;
}

/* How long a system call waits when nothing happens: by its arguments, before it is made. */
static uint64_t timeout_ns(struct thread *t, int64_t number, uint64_t a5)
{
	int ms = 0;

	switch (number) {
	case SYS_nanosleep:
		return timespec_ns(t, calls.a1);
	case SYS_clock_nanosleep: {
		uint64_t ns = timespec_ns(t, calls.a3), now = now_ns(t, calls.a1);

		/* Until a time of the program's clock, which has passed by the machine's. */
		if (calls.a2 & TIMER_ABSTIME)
			return ns > now ? ns - now : 0;
		return ns;
	}
	case SYS_poll:
		ms = (int)calls.a3;
		break;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		ms = (int)calls.a4;
		break;
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return timespec_ns(t, calls.a3);
	case SYS_select:
		return timeval_ns(t, a5);
	case SYS_pselect6:
		return timespec_ns(t, a5);
	case SYS_futex:
		return ((int)calls.a2 & FUTEX_CMD_MASK) == FUTEX_WAIT ? timespec_ns(t, calls.a4)
								      : 0;
	default:
		break;
	}
	return ms > 0 ? (uint64_t)ms * MILLISECOND_NS : 0;
}

/* Whether the system call has ended because nothing happened. */
static bool has_timed_out(int64_t number, int64_t result)
{
	return number == SYS_futex	       ? result == -ETIMEDOUT
	       : number == SYS_rt_sigtimedwait ? result == -EAGAIN
					       : result == 0;
}

void injector_after_syscall(struct thread *t, int64_t number, int64_t result)
{
	if (!is_single() || injector.child)
		return;
	if (has_timed_out(number, result))
		calls.slept_ns += calls.timeout_ns;
	switch (number) {
	case SYS_clock_gettime:
		if (result == 0)
			give_time(t, calls.a2, now_ns(t, calls.a1), 1);
		break;
	case SYS_gettimeofday:
		if (result == 0)
			give_time(t, calls.a1, now_ns(t, CLOCK_REALTIME), MICROSECOND_NS);
		break;
	case SYS_getrusage:
		if (result == 0)
			give_usage(t);
		break;
	case SYS_getrandom:
		if (result > 0)
			give_randoms(t, calls.a1, (uint64_t)result);
		break;
	case SYS_open:
	case SYS_openat:
	case SYS_dup:
	case SYS_dup2:
	case SYS_dup3:
		carrier_opened((int)result);
		break;
	case SYS_fcntl:
		if (calls.a2 == F_DUPFD || calls.a2 == F_DUPFD_CLOEXEC)
			carrier_opened((int)result);
		break;
	default:
		break;
	}
}

/* --- what changes nothing outside of the process ---------------------------------------------- */

static const uint16_t harmless[] = {SYS_close, SYS_stat, SYS_fstat, SYS_lstat, SYS_lseek,
	SYS_mprotect, SYS_munmap, SYS_brk, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_access,
	SYS_sched_yield, SYS_mremap, SYS_mincore, SYS_madvise, SYS_pause, SYS_nanosleep, SYS_getpid,
	SYS_exit, SYS_uname, SYS_getdents, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_readlink,
	SYS_umask, SYS_gettimeofday, SYS_getrlimit, SYS_getrusage, SYS_sysinfo, SYS_times,
	SYS_getuid, SYS_getgid, SYS_geteuid, SYS_getegid, SYS_getppid, SYS_getpgrp, SYS_getgroups,
	SYS_getresuid, SYS_getresgid, SYS_getpgid, SYS_getsid, SYS_rt_sigpending,
	SYS_rt_sigtimedwait, SYS_rt_sigsuspend, SYS_sigaltstack, SYS_statfs, SYS_fstatfs,
	SYS_getpriority, SYS_sched_getparam, SYS_sched_getscheduler, SYS_arch_prctl, SYS_gettid,
	SYS_readahead, SYS_time, SYS_futex, SYS_sched_getaffinity, SYS_getdents64,
	SYS_set_tid_address, SYS_fadvise64, SYS_clock_gettime, SYS_clock_getres,
	SYS_clock_nanosleep, SYS_exit_group, SYS_newfstatat, SYS_readlinkat, SYS_faccessat,
	SYS_set_robust_list, SYS_get_robust_list, SYS_getcpu, SYS_getrandom, SYS_membarrier,
	SYS_statx, SYS_rseq, SYS_faccessat2, SYS_capget, SYS_mlock, SYS_munlock, SYS_mlock2};

static bool is_harmless(int64_t number)
{
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

static bool may_open(uint64_t flags)
{
	return (flags & O_ACCMODE) == O_RDONLY &&
	       (flags & (O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))) == 0;
}

/* A descriptor's second number has the same offset, unless it is one of the outputs. */
static bool may_duplicate(int fd)
{
	struct stat info;

	return carrier_is_output(fd) || fstat(fd, &info) != 0 || S_ISCHR(info.st_mode);
}

static bool may_control(int fd, uint64_t command)
{
	switch (command) {
	case F_GETFD:
	case F_SETFD:
	case F_GETFL:
		return true;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return may_duplicate(fd);
	default:
		return false;
	}
}

static bool may_map(uint64_t protection, uint64_t flags)
{
	if ((flags & MAP_TYPE) == MAP_PRIVATE)
		return true;
	return (flags & MAP_ANONYMOUS) == 0 && (protection & PROT_WRITE) == 0;
}

static bool may_signal(uint64_t pid)
{
	return (int)pid == (calls.pid != 0 ? calls.pid : getpid());
}

static bool may_handle(struct thread *t, uint64_t signal, uint64_t action)
{
	uint64_t handler = 0;

	if (action == 0 || !read_memory(t, action, &handler, sizeof(handler)))
		return true;
	if (handler > 1 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE ||
				   signal == SIGILL || signal == SIGTRAP))
		atomic_store(&injector.handles, true);
	return signal != SIGCHLD;
}

static bool may_poll(struct thread *t, uint64_t fds, uint64_t count)
{
	struct {
		int fd;
		short events, got;
	} one;

	for (uint64_t i = 0; i < count; i++) {
		if (!read_memory(t, fds + i * sizeof(one), &one, sizeof(one)))
			return true;
		if (one.fd >= 0 && !is_own(one.fd))
			return false;
	}
	return true;
}

/*
 * Where services of the machine listen there is nothing in a sandbox, so that it
 * fails: C libraries try it when they look for users and hosts.
 */
static bool may_connect(struct thread *t, uint64_t address, uint64_t size)
{
	struct sockaddr_un to = {0};

	if (!injector.shm->watched || size > sizeof(to) || !read_memory(t, address, &to, size))
		return false;
	return to.sun_family == AF_UNIX &&
	       (strncmp(to.sun_path, "/run/", 5) == 0 || strncmp(to.sun_path, "/var/run/", 9) == 0);
}

static bool may_prctl(uint64_t option)
{
	return option == PR_SET_NAME || option == PR_GET_NAME || option == PR_GET_DUMPABLE ||
	       option == PR_CAPBSET_READ || option == PR_SET_VMA;
}

/* Whether a copy may make the system call, and be copied behind it. */
static bool is_allowed(struct thread *t, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3)
{
	switch (number) {
	case SYS_read:
	case SYS_pread64:
	case SYS_readv:
	case SYS_preadv:
		return is_own((int)a1);
	case SYS_write:
	case SYS_pwrite64:
	case SYS_writev:
	case SYS_pwritev:
		return carrier_is_output((int)a1) || is_null((int)a1);
	case SYS_open:
		return may_open(a2);
	case SYS_openat:
		return may_open(a3);
	case SYS_dup:
	case SYS_dup2:
	case SYS_dup3:
		return may_duplicate((int)a1);
	case SYS_fcntl:
		return may_control((int)a1, a2);
	case SYS_ioctl:
		return a2 == TCGETS || a2 == TIOCGWINSZ || a2 == FIONREAD;
	case SYS_mmap:
		return may_map(a3, calls.a4);
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
		return may_signal(a1);
	case SYS_rt_sigaction:
		return may_handle(t, a1, a2);
	case SYS_poll:
		return may_poll(t, a1, a2);
	case SYS_socket:
		return a1 == AF_UNIX;
	case SYS_connect:
		return may_connect(t, a2, a3);
	case SYS_prlimit64:
		return a1 == 0 || may_signal(a1);
	case SYS_prctl:
		return may_prctl(a1);
	default:
		return is_harmless(number);
	}
}

static void refuse(int64_t number)
{
	char why[sizeof(injector.shm->why)];

	if (injector.copy) {
		atomic_store(&injector.run->left_out, 1);
		_exit(0);
	}
	(void)snprintf(why, sizeof(why), "%lld", (long long)number);
	carrier_stop(why);
}

/* --- which process it is ---------------------------------------------------------------------- */

void injector_pass_for(int pid)
{
	calls.pid = pid;
}

/* --- what never ends -------------------------------------------------------------------------- */

/* After these a signal may come that nothing in the thread sends. */
static bool may_wake(int64_t number)
{
	return number == SYS_alarm || number == SYS_setitimer || number == SYS_timer_create ||
	       number == SYS_fork || number == SYS_vfork || number == SYS_clone ||
	       number == SYS_clone3;
}

/*
 * Whether a thread that is alone waits for what only another one could do.  A run
 * with a limit hangs then, and need not be waited for.
 */
static bool waits_for_ever(struct thread *t, int64_t number)
{
	int command = (int)calls.a2 & FUTEX_CMD_MASK;
	uint32_t value;

	if (calls.wakes || injector.shm->limit == 0)
		return false;
	if (number == SYS_pause)
		return true;
	return number == SYS_futex && (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) &&
	       calls.a4 == 0 && read_memory(t, calls.a1, &value, sizeof(value)) &&
	       value == (uint32_t)calls.a3;
}

bool injector_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result)
{
	struct thread *t = injector_thread(vcpu_index);

	(void)id, (void)a6, (void)a7, (void)a8;
	if (!is_single() || injector.child)
		return false;
	calls.a1 = a1;
	calls.a2 = a2;
	calls.a3 = a3;
	calls.a4 = a4;
	calls.timeout_ns = timeout_ns(t, number, a5);
	if (injector.mode == UPSET_INJECTOR_CARRY && !is_allowed(t, number, a1, a2, a3))
		refuse(number);
	if (injector.mode == UPSET_INJECTOR_TRACE)
		trace_output(t, number, a1, a2, a3);
	calls.wakes |= may_wake(number);
	if (waits_for_ever(t, number) &&
		(injector.copy || injector.mode == UPSET_INJECTOR_EXPERIMENT))
		injector_hang();
	if (number == SYS_rt_sigaction)
		(void)may_handle(t, a1, a2);
	if ((number == SYS_exit_group || number == SYS_exit) && injector.shm->watched)
		injector.run->state = injector_hash_state(t);
	if (number == SYS_time) {
		*result = now_ns(t, CLOCK_REALTIME) / SECOND_NS;
		write_memory(t, a1, result, sizeof(*result));
		return true;
	}
	return false;
}
