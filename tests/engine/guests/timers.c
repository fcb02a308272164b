/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A freestanding program with timers and timeouts of every kind.  It prints what it
 * sees of them: of those that interrupt a loop, how many instructions behind the
 * system call that set them they came.
 */
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <ucontext.h>

#define MS 1000000L
#define US 1000L
enum { RESTORER = 0x04000000, WORDS = 8 };

/* The loop that signals interrupt: two instructions each time, rbx says how often. */
extern const char loop_begin[], loop_end[];

static volatile uint64_t seen, code, value, overrun, handled;

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define CALL(number, a, b, c, d, e, f)                                                             \
	call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

__asm__(".globl call_and_loop\n"
	".type call_and_loop, @function\n"
	"call_and_loop:\n"
	"	push %rbx\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	xor %ebx, %ebx\n"
	"	syscall\n"
	"loop_begin:\n"
	"	inc %rbx\n"
	"	jmp loop_begin\n"
	"loop_end:\n"
	"	pop %rbx\n"
	"	ret\n");
void call_and_loop(long number, long a, long b, long c, long d);

__asm__("restore:\n"
	"	mov $15, %eax\n"
	"	syscall\n");
extern const char restore[];

/* Of the loop: note how far it came, and go on behind it. */
static void handle(int signal, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint64_t rip = (uint64_t)registers[REG_RIP];

	handled = (uint64_t)signal;
	code = (uint64_t)(uint32_t)info->si_code;
	value = (uint64_t)info->si_value.sival_ptr;
	overrun = (uint64_t)info->si_overrun;
	if (rip < (uint64_t)loop_begin || rip >= (uint64_t)loop_end)
		return;
	seen = 2 * (uint64_t)registers[REG_RBX] - (rip != (uint64_t)loop_begin);
	registers[REG_RIP] = (greg_t)loop_end;
}

static void print(const char *name, const int64_t *values, unsigned int count)
{
	char text[256];
	unsigned int n = 0;

	while (*name != '\0')
		text[n++] = *name++;
	for (unsigned int i = 0; i < count; i++) {
		char digits[24];
		unsigned int k = 0;
		uint64_t rest = (uint64_t)(values[i] < 0 ? -values[i] : values[i]);

		text[n++] = ' ';
		if (values[i] < 0)
			text[n++] = '-';
		do {
			digits[k++] = (char)('0' + rest % 10);
			rest /= 10;
		} while (rest > 0);
		while (k > 0)
			text[n++] = digits[--k];
	}
	text[n++] = '\n';
	(void)CALL(SYS_write, 1, text, n, 0, 0, 0);
}

#define PRINT(name, ...)                                                                           \
	print(name, (const int64_t[]){__VA_ARGS__},                                                \
		sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void catch_signal(int signal, uint64_t flags)
{
	const struct {
		void (*handler)(int, siginfo_t *, void *);
		uint64_t flags;
		const char *restorer;
		uint64_t mask;
	} action = {handle, SA_SIGINFO | RESTORER | flags, restore, 0};

	(void)CALL(SYS_rt_sigaction, signal, &action, 0, 8, 0, 0);
}

static void mask(int how, int signal)
{
	uint64_t set = 1ULL << (signal - 1);

	(void)CALL(SYS_rt_sigprocmask, how, &set, 0, 8, 0, 0);
}

static int64_t now(int clock)
{
	struct timespec t;

	(void)CALL(SYS_clock_gettime, clock, &t, 0, 0, 0, 0);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

/* In ms, to the nearest: the program itself takes less than a tenth of one. */
static int64_t ms_since(int64_t start)
{
	return (now(CLOCK_MONOTONIC) - start + MS / 2) / MS;
}

/* --- signals at their instruction ------------------------------------------------------------- */

static void interval_timers(void)
{
	const struct itimerval once = {.it_value = {.tv_usec = 1000}};
	struct itimerval left;

	catch_signal(SIGALRM, 0);
	catch_signal(SIGVTALRM, 0);
	catch_signal(SIGPROF, 0);
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		call_and_loop(SYS_setitimer, which, (long)&once, 0, 0);
		(void)CALL(SYS_getitimer, which, &left, 0, 0, 0, 0);
		PRINT("itimer", which, (int64_t)seen, (int64_t)handled, (int64_t)code,
			left.it_value.tv_usec);
	}
}

static void repeating(void)
{
	const struct itimerval often = {
		.it_interval = {.tv_usec = 500}, .it_value = {.tv_usec = 200}};
	const struct itimerval never = {0};
	struct itimerval left;
	int64_t start = now(CLOCK_MONOTONIC), times[3];

	call_and_loop(SYS_setitimer, ITIMER_REAL, (long)&often, 0, 0);
	for (int i = 0; i < 3; i++) {
		(void)CALL(SYS_pause, 0, 0, 0, 0, 0, 0);
		times[i] = (now(CLOCK_MONOTONIC) - start + 50 * US) / (100 * US);
	}
	(void)CALL(SYS_setitimer, ITIMER_REAL, &never, &left, 0, 0, 0);
	PRINT("repeating", (int64_t)seen, times[0], times[1], times[2], left.it_interval.tv_usec,
		(left.it_value.tv_usec + 50) / 100);
}

static int make_timer(int clock, int signal, uint64_t with)
{
	struct sigevent event = {0};
	int timer = -1;

	event.sigev_value.sival_ptr = (void *)with;
	event.sigev_signo = signal;
	event.sigev_notify = SIGEV_SIGNAL;
	(void)CALL(SYS_timer_create, clock, &event, &timer, 0, 0, 0);
	return timer;
}

static void numbered_timers(void)
{
	const struct itimerspec once = {.it_value = {.tv_nsec = 12345}};
	const int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID};

	catch_signal(40, 0);
	for (int i = 0; i < 3; i++) {
		int timer = make_timer(clocks[i], 40, 0x123456789 + (uint64_t)i);

		call_and_loop(SYS_timer_settime, timer, 0, (long)&once, 0);
		PRINT("timer", i, (int64_t)seen, (int64_t)handled, (int32_t)code,
			(int64_t)(value - 0x123456789), (int64_t)overrun);
		PRINT("delete", CALL(SYS_timer_delete, timer, 0, 0, 0, 0, 0),
			CALL(SYS_timer_delete, timer, 0, 0, 0, 0, 0));
	}
}

static void at_a_time(void)
{
	int timer = make_timer(CLOCK_REALTIME, 40, 7);
	struct itimerspec spec = {0}, left;
	int64_t then = now(CLOCK_REALTIME) + 3 * MS;

	spec.it_value.tv_sec = then / 1000000000;
	spec.it_value.tv_nsec = then % 1000000000;
	(void)CALL(SYS_timer_settime, timer, TIMER_ABSTIME, &spec, 0, 0, 0);
	(void)CALL(SYS_timer_gettime, timer, &left, 0, 0, 0, 0);
	handled = 0;
	PRINT("absolute", CALL(SYS_pause, 0, 0, 0, 0, 0, 0), (int64_t)handled,
		(left.it_value.tv_nsec + MS / 2) / MS, (now(CLOCK_REALTIME) - then + MS / 2) / MS);
	(void)CALL(SYS_timer_delete, timer, 0, 0, 0, 0, 0);
}

static void missed(void)
{
	const struct itimerspec often = {
		.it_interval = {.tv_nsec = 100 * US}, .it_value = {.tv_nsec = 100 * US}};
	const struct timespec span = {.tv_nsec = 1050 * US};
	int timer = make_timer(CLOCK_MONOTONIC, SIGUSR1, 1);
	uint64_t pending = 0;

	catch_signal(SIGUSR1, 0);
	mask(SIG_BLOCK, SIGUSR1);
	(void)CALL(SYS_timer_settime, timer, 0, &often, 0, 0, 0);
	(void)CALL(SYS_nanosleep, &span, 0, 0, 0, 0, 0);
	(void)CALL(SYS_rt_sigpending, &pending, 8, 0, 0, 0, 0);
	handled = 0;
	mask(SIG_UNBLOCK, SIGUSR1);
	PRINT("overrun", (int64_t)pending, (int64_t)handled, (int64_t)overrun,
		CALL(SYS_timer_getoverrun, timer, 0, 0, 0, 0, 0));
	(void)CALL(SYS_timer_delete, timer, 0, 0, 0, 0, 0);
}

/* --- descriptors ------------------------------------------------------------------------------ */

static void descriptors(void)
{
	const struct itimerspec often = {
		.it_interval = {.tv_nsec = MS}, .it_value = {.tv_nsec = MS}};
	const struct timespec span = {.tv_nsec = 5 * MS + MS / 2};
	long fd = CALL(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK, 0, 0, 0, 0);
	struct pollfd one = {.fd = (int)fd, .events = POLLIN};
	int64_t start = now(CLOCK_MONOTONIC), count = 0, counts[2];
	struct itimerspec left;

	PRINT("fd early", CALL(SYS_read, fd, &count, 8, 0, 0, 0));
	(void)CALL(SYS_timerfd_settime, fd, 0, &often, 0, 0, 0);
	PRINT("fd poll", CALL(SYS_poll, &one, 1, 10000, 0, 0, 0), one.revents, ms_since(start));
	counts[0] = CALL(SYS_read, fd, &count, 8, 0, 0, 0) == 8 ? count : -1;
	(void)CALL(SYS_nanosleep, &span, 0, 0, 0, 0, 0);
	counts[1] = CALL(SYS_read, fd, &count, 8, 0, 0, 0) == 8 ? count : -1;
	(void)CALL(SYS_timerfd_gettime, fd, &left, 0, 0, 0, 0);
	PRINT("fd read", counts[0], counts[1], CALL(SYS_read, fd, &count, 8, 0, 0, 0),
		(left.it_value.tv_nsec + MS / 20) / (MS / 10));
	(void)CALL(SYS_close, fd, 0, 0, 0, 0, 0);
	PRINT("fd closed", CALL(SYS_timerfd_gettime, fd, &left, 0, 0, 0, 0));
}

static void waiting_descriptor(void)
{
	const struct itimerspec once = {.it_value = {.tv_nsec = 4 * MS}};
	long fd = CALL(SYS_timerfd_create, CLOCK_REALTIME, 0, 0, 0, 0, 0);
	int64_t start = now(CLOCK_MONOTONIC), count = 0;
	long got;

	(void)CALL(SYS_timerfd_settime, fd, 0, &once, 0, 0, 0);
	got = CALL(SYS_read, fd, &count, 8, 0, 0, 0);
	PRINT("fd wait", got, count, ms_since(start));
	(void)CALL(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* --- timeouts --------------------------------------------------------------------------------- */

static void timeouts(void)
{
	const struct timespec span = {.tv_nsec = 20 * MS};
	struct timespec copy = span, absolute;
	struct timeval short_span = {.tv_usec = 30000};
	uint64_t set = 1ULL << (SIGUSR2 - 1);
	uint32_t word = 5;
	int64_t start = now(CLOCK_MONOTONIC);

	PRINT("poll", CALL(SYS_poll, 0, 0, 50, 0, 0, 0), ms_since(start));
	start = now(CLOCK_MONOTONIC);
	PRINT("ppoll", CALL(SYS_ppoll, 0, 0, &copy, 0, 8, 0), ms_since(start), copy.tv_nsec);
	start = now(CLOCK_MONOTONIC);
	PRINT("select", CALL(SYS_select, 0, 0, 0, 0, &short_span, 0), ms_since(start),
		short_span.tv_usec);
	copy = span;
	start = now(CLOCK_MONOTONIC);
	PRINT("pselect6", CALL(SYS_pselect6, 0, 0, 0, 0, &copy, 0), ms_since(start), copy.tv_nsec);
	start = now(CLOCK_MONOTONIC);
	PRINT("futex", CALL(SYS_futex, &word, FUTEX_WAIT, 5, &span, 0, 0), ms_since(start),
		CALL(SYS_futex, &word, FUTEX_WAIT, 6, &span, 0, 0));
	start = now(CLOCK_MONOTONIC);
	PRINT("sigtimedwait", CALL(SYS_rt_sigtimedwait, &set, 0, &span, 8, 0, 0), ms_since(start));
	start = now(CLOCK_MONOTONIC);
	PRINT("nanosleep", CALL(SYS_nanosleep, &span, 0, 0, 0, 0, 0), ms_since(start));
	start = now(CLOCK_MONOTONIC);
	absolute.tv_sec = (start + 40 * MS) / 1000000000;
	absolute.tv_nsec = (start + 40 * MS) % 1000000000;
	PRINT("clock_nanosleep",
		CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, 0, 0, 0),
		ms_since(start),
		CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, 0, 0, 0));
}

/* --- signals that end a wait ------------------------------------------------------------------ */

static void set_alarm(int ms)
{
	const struct itimerval once = {.it_value = {.tv_usec = ms * US}};

	(void)CALL(SYS_setitimer, ITIMER_REAL, &once, 0, 0, 0, 0);
	handled = 0;
}

static void interrupted(void)
{
	const struct timespec span = {.tv_sec = 1};
	struct timespec left = {0}, copy = span;
	uint64_t none = 0, set = 1ULL << (SIGALRM - 1);
	int64_t start = now(CLOCK_MONOTONIC);

	set_alarm(10);
	PRINT("nanosleep", CALL(SYS_nanosleep, &span, &left, 0, 0, 0, 0), (int64_t)handled,
		ms_since(start), (left.tv_nsec + MS / 2) / MS);
	set_alarm(10);
	PRINT("ppoll", CALL(SYS_ppoll, 0, 0, &copy, &none, 8, 0), (int64_t)handled,
		(copy.tv_nsec + MS / 2) / MS);
	mask(SIG_BLOCK, SIGALRM);
	set_alarm(10);
	start = now(CLOCK_MONOTONIC);
	PRINT("blocked", CALL(SYS_poll, 0, 0, 30, 0, 0, 0), (int64_t)handled, ms_since(start));
	PRINT("sigsuspend", CALL(SYS_rt_sigsuspend, &none, 8, 0, 0, 0, 0), (int64_t)handled);
	set_alarm(10);
	start = now(CLOCK_MONOTONIC);
	PRINT("sigsuspend", CALL(SYS_rt_sigsuspend, &none, 8, 0, 0, 0, 0), (int64_t)handled,
		ms_since(start));
	set_alarm(10);
	start = now(CLOCK_MONOTONIC);
	PRINT("sigtimedwait", CALL(SYS_rt_sigtimedwait, &set, 0, &span, 8, 0, 0), (int64_t)handled,
		ms_since(start));
	mask(SIG_UNBLOCK, SIGALRM);
	(void)CALL(SYS_alarm, 100, 0, 0, 0, 0, 0);
	start = now(CLOCK_MONOTONIC);
	PRINT("alarm", CALL(SYS_alarm, 3, 0, 0, 0, 0, 0), CALL(SYS_pause, 0, 0, 0, 0, 0, 0),
		(int64_t)handled, ms_since(start));
}

/* What others than this program could have a part in: not in copies. */
static void with_pipes(void)
{
	const struct itimerspec once = {.it_value = {.tv_nsec = 6 * MS}};
	struct epoll_event event = {.events = EPOLLIN};
	int64_t start = now(CLOCK_MONOTONIC);
	long set = CALL(SYS_epoll_create1, 0, 0, 0, 0, 0, 0);
	long fd = CALL(SYS_timerfd_create, CLOCK_MONOTONIC, 0, 0, 0, 0, 0);
	uint64_t sets[1];
	int pipe[2];
	char byte = 'x';

	PRINT("epoll_wait", CALL(SYS_epoll_wait, set, &event, 1, 20, 0, 0), ms_since(start));
	(void)CALL(SYS_epoll_ctl, set, EPOLL_CTL_ADD, fd, &event, 0, 0);
	(void)CALL(SYS_timerfd_settime, fd, 0, &once, 0, 0, 0);
	start = now(CLOCK_MONOTONIC);
	PRINT("epoll_pwait", CALL(SYS_epoll_pwait, set, &event, 1, 20, 0, 8), ms_since(start));
	(void)CALL(SYS_pipe2, pipe, 0, 0, 0, 0, 0);
	set_alarm(10);
	start = now(CLOCK_MONOTONIC);
	PRINT("read", CALL(SYS_read, pipe[0], &byte, 1, 0, 0, 0), (int64_t)handled,
		ms_since(start));
	(void)CALL(SYS_write, pipe[1], &byte, 1, 0, 0, 0);
	sets[0] = 1ULL << pipe[0];
	PRINT("select", CALL(SYS_select, pipe[0] + 1, sets, 0, 0, 0, 0), sets[0] == 1ULL << pipe[0],
		CALL(SYS_read, pipe[0], &byte, 1, 0, 0, 0));
}

static void sleep_long(void)
{
	const struct timespec span = {.tv_sec = 3600};
	int64_t start = now(CLOCK_MONOTONIC);

	PRINT("hour", CALL(SYS_nanosleep, &span, 0, 0, 0, 0, 0), ms_since(start));
}

static void end_by_signal(void)
{
	const uint64_t action[4] = {0};
	const struct itimerval once = {.it_value = {.tv_usec = 1000}};

	(void)CALL(SYS_rt_sigaction, SIGALRM, action, 0, 8, 0, 0);
	call_and_loop(SYS_setitimer, ITIMER_REAL, (long)&once, 0, 0);
}

void start(const long *stack);
__attribute__((used)) void start(const long *stack)
{
	const char *const *arguments = (const char *const *)(stack + 1);
	char mode = stack[0] > 1 ? arguments[1][0] : ' ';

	interval_timers();
	repeating();
	numbered_timers();
	at_a_time();
	missed();
	descriptors();
	waiting_descriptor();
	timeouts();
	interrupted();
	if (mode == 'p')
		with_pipes();
	if (mode == 's')
		sleep_long();
	if (mode == 'd')
		end_by_signal();
	(void)CALL(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n");
