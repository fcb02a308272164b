/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments on the real processor.  A thread runs freely up to breakpoints
 * (breakpoints.c); it is stepped only to reach a fault by instruction count, while a
 * fault lasts, while a trigger is sought (faults.c), and where breakpoints would show.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/patience.h"
#include "base/wait.h"
#include "engine/ending.h"
#include "engine/native/experiment.h"
#include "engine/native/registers.h"
#include "fault/fault.h"

enum { WAIT_MS = 50, STEPS_COST = 1000 };

static struct thread *find_thread(const struct experiment *e, pid_t tid)
{
	for (size_t i = 0; i < e->thread_count; i++) {
		if (e->threads[i].tid == tid)
			return &e->threads[i];
	}
	return NULL;
}

static struct thread *add_thread(struct experiment *e, pid_t tid)
{
	struct thread *grown = reallocarray(e->threads, e->thread_count + 1, sizeof(*e->threads));

	if (grown == NULL) {
		e->rc = upset_error_set(e->error, ENOMEM, "no memory for threads");
		return NULL;
	}
	e->threads = grown;
	grown[e->thread_count] = (struct thread){.tid = tid, .number = e->threads_created++};
	return &grown[e->thread_count++];
}

static void remove_thread(struct experiment *e, pid_t tid)
{
	struct thread *t = find_thread(e, tid);

	if (t != NULL)
		*t = e->threads[--e->thread_count];
}

/* --- time ------------------------------------------------------------------------------------- */

/* @stopped: a thread did, and nobody has waited long for that. */
static bool is_slow(const struct experiment *e, bool stopped)
{
	for (size_t i = 0; i < e->thread_count; i++) {
		const struct thread *t = &e->threads[i];

		if ((t->stepping || t->passing) && (stopped || !t->in_syscall))
			return true;
	}
	return e->on_the_way;
}

/*
 * Steps take a thousand times as long as running, or more, and so do stops at a
 * breakpoint: time runs out more slowly while a thread is stepped, and from one
 * such stop to the next.  The program waits that is in the kernel for long.
 */
static uint64_t look(struct experiment *e, bool stopped, struct upset_patience *patience)
{
	const bool slow = is_slow(e, stopped);

	e->on_the_way = false;
	return slow ? upset_patience_look_slowly(patience, upset_now_ns(), STEPS_COST)
		    : upset_patience_look(patience, e->trace.pid, upset_now_ns());
}

/* --- stops ------------------------------------------------------------------------------------ */

/* A handler was entered. */
static void handle(struct experiment *e, struct thread *t)
{
	if (e->locate != NULL && t->interrupted && native_locate_wants(e->locate, t->number))
		native_locate_leave(e->locate, t->number, t->at);
	native_thread_note_place(e, t, 0);
	if (!t->counted)
		native_faults_before(e, t);
}

/* The instruction that a system call returns to has not begun when a handler comes first. */
static bool is_postponed(const struct experiment *e, const struct thread *t)
{
	return e->means != NATIVE_HARDWARE && native_faults_await(e, t->at) &&
	       native_signal_comes(t->tid);
}

/* A step is done, or a place was come to that is waited for. */
static void arrived(struct experiment *e, struct thread *t, int code)
{
	bool hit = (code == TRAP_HWBKPT && !t->stepping) || t->hit, passed = t->passing;

	if (hit)
		t->counted = false;
	native_thread_note_place(e, t, code);
	t->resumes &= !hit;
	t->postponed = !hit && native_thread_is_of(t, UPSET_CLASS_SYSCALL) && is_postponed(e, t);
	if (!t->counted && !t->postponed)
		native_faults_before(e, t);
	e->on_the_way = passed || (hit && native_faults_await(e, t->at));
}

static void trapped(struct experiment *e, struct thread *t)
{
	bool trap = (t->stepping || t->passing) && !native_thread_is_of(t, UPSET_CLASS_TRAP);
	siginfo_t info;
	int signal = 0;

	if (ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) != 0)
		return;
	/* A step over a system call comes as TRAP_BRKPT; one before the first instruction, too. */
	if (info.si_code == TRAP_HWBKPT || info.si_code == TRAP_TRACE || t->hit ||
		(info.si_code == TRAP_BRKPT && trap))
		arrived(e, t, info.si_code);
	else if (info.si_code != SIGTRAP)
		signal = SIGTRAP; /* the program's own */
	else
		handle(e, t);
	t->interrupted = false;
	native_thread_go_on(e, t, signal);
}

/* A system call was entered, or has returned. */
static void syscall_stop(struct experiment *e, struct thread *t)
{
	uint8_t info[128] = {0}; /* a struct ptrace_syscall_info, which begins with its kind */

	t->in_syscall = ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), info) > 0 &&
			info[0] == PTRACE_SYSCALL_INFO_ENTRY;
	t->mask_known = false;
	native_planted_forget(&e->planted);
	if (t->calling && t->in_syscall) {
		native_thread_resume(e, t, 0);
		return;
	}
	if (t->calling) {
		arrived(e, t, TRAP_TRACE);
		native_thread_go_on(e, t, 0);
		return;
	}
	native_thread_note_place(e, t, 0);
	native_faults_resolve(e);
	e->on_the_way = e->means != NATIVE_HARDWARE;
	t->postponed = !t->in_syscall && is_postponed(e, t);
	native_thread_go_on(e, t, 0);
}

/* It stands before its first instruction. */
static void start(struct experiment *e, struct thread *t)
{
	t->started = true;
	native_thread_note_place(e, t, 0);
	for (size_t i = 0; i < e->count; i++) {
		if (e->armed[i].resolved && e->armed[i].slot < 0 &&
			e->armed[i].stage == UPSET_ARMED_WAITING)
			native_faults_arm(e, &e->armed[i]);
	}
	native_faults_before(e, t);
	native_thread_go_on(e, t, 0);
}

/* The process that it has made has its memory, and does not stop it meanwhile, as vfork does. */
static bool shares_memory(const struct experiment *e, const struct thread *t)
{
	struct user_regs_struct regs;
	uint64_t flags = 0, first;

	if (!native_read_registers(t->tid, &regs))
		return true;
	regs.rax = regs.orig_rax;
	first = native_syscall_argument(&e->trace, &regs, 0);
	if (native_syscall_is(&e->trace, &regs, "clone"))
		flags = first;
	else if (native_syscall_is(&e->trace, &regs, "clone3") &&
		 native_read_memory(&e->trace, first, &flags, sizeof(flags)) != sizeof(flags))
		return true;
	return (flags & CLONE_VM) != 0;
}

static void event_stop(struct experiment *e, struct thread *t, int status)
{
	unsigned long message = 0;
	pid_t tid = t->tid;

	switch (status >> 16) {
	case PTRACE_EVENT_CLONE:
		(void)ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &message);
		if (find_thread(e, (pid_t)message) == NULL)
			(void)add_thread(e, (pid_t)message);
		t = find_thread(e, tid); /* the array may have moved */
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		e->shared |= status >> 16 == PTRACE_EVENT_FORK && shares_memory(e, t);
		(void)ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &message);
		(void)upset_wait((pid_t)message, NULL, __WALL);
		(void)ptrace(PTRACE_DETACH, (pid_t)message, NULL, NULL);
		break;
	case PTRACE_EVENT_EXEC:
		e->locate = NULL;
		e->survey = NULL;
		for (size_t i = 0; i < e->count; i++) {
			e->armed[i].stage = UPSET_ARMED_OVER;
			e->armed[i].slot = -1;
		}
		break;
	case PTRACE_EVENT_STOP:
		if (!t->started) {
			start(e, t);
			return;
		}
		if (WSTOPSIG(status) != SIGTRAP) {
			(void)ptrace(PTRACE_LISTEN, t->tid, NULL, NULL);
			return;
		}
		break;
	default:
		break;
	}
	if (e->means == NATIVE_HARDWARE || status >> 16 != PTRACE_EVENT_STOP) {
		native_thread_resume(e, t, 0);
	} else {
		native_thread_note_place(e, t, 0);
		native_thread_go_on(e, t, 0);
	}
}

/* The thread was stopped by an int3 of the tracer's: it stands where that lies. */
static bool has_hit(const struct experiment *e, const struct thread *t, int status)
{
	struct user_regs_struct regs;
	siginfo_t info;

	if (e->planted.count == 0 || status >> 8 != SIGTRAP ||
		ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) != 0 || info.si_code != SI_KERNEL ||
		!native_read_registers(t->tid, &regs) ||
		!native_is_planted(&e->planted, regs.rip - 1))
		return false;
	regs.rip--;
	return ptrace(PTRACE_SETREGS, t->tid, NULL, &regs) == 0;
}

/* An instruction raised it, and nobody sent it. */
static void note_illegal(struct experiment *e, const struct thread *t)
{
	siginfo_t info = {0};

	e->illegal = (struct upset_illegal){.address = t->at};
	if (ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) == 0 && info.si_code > 0)
		e->illegal.size = (uint8_t)native_read_memory(
			&e->trace, t->at, e->illegal.bytes, sizeof(e->illegal.bytes));
}

static void stopped(struct experiment *e, pid_t tid, int status)
{
	struct thread *t = find_thread(e, tid);
	int signal = WSTOPSIG(status);

	/* A new thread may stop before its creator's event. */
	if (t == NULL)
		t = add_thread(e, tid);
	if (t == NULL)
		return;
	t->hit = has_hit(e, t, status);
	native_lift(&e->planted, &e->trace);
	if (t->unblocked)
		native_thread_block_trap(t, true);
	if (status >> 16 != 0) {
		event_stop(e, t, status);
		return;
	}
	t->postponed = false;
	if (signal == (SIGTRAP | 0x80)) {
		syscall_stop(e, t);
		return;
	}
	t->in_syscall = false;
	if (signal == SIGTRAP) {
		trapped(e, t);
	} else {
		native_thread_note_place(e, t, 0);
		if (signal == SIGILL)
			note_illegal(e, t);
		t->interrupted = t->counted && !t->resumes;
		native_thread_go_on(e, t, signal);
	}
}

static void ended(struct experiment *e, pid_t tid, int status)
{
	remove_thread(e, tid);
	if (tid != e->trace.pid)
		return;
	e->thread_count = 0;
	upset_ending_take_status(e->result, status);
}

/* --- from start to end ------------------------------------------------------------------------ */

/* Wait until something happens or some time has passed. */
static pid_t wait_for_event(int *status)
{
	const struct timespec limit = {.tv_nsec = WAIT_MS * 1000000L};
	pid_t tid = waitpid(-1, status, __WALL | __WNOTHREAD | WNOHANG);
	sigset_t child;

	if (tid != 0)
		return tid;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigtimedwait(&child, NULL, &limit);
	return waitpid(-1, status, __WALL | __WNOTHREAD | WNOHANG);
}

static void run(struct experiment *e)
{
	const uint64_t begin_ns = upset_now_ns();
	struct upset_patience patience;
	sigset_t child, before;
	int status;

	upset_patience_begin(&patience, begin_ns);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &child, &before);
	while (e->thread_count > 0) {
		pid_t tid = wait_for_event(&status);
		int code = tid < 0 ? errno : 0;

		upset_ending_check_limits(e->request, e->result, look(e, tid > 0, &patience),
			e->rc != 0, e->trace.pid);
		if (code != 0 && code != EINTR)
			break;
		if (tid <= 0)
			continue;
		if (WIFSTOPPED(status))
			stopped(e, tid, status);
		else
			ended(e, tid, status);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	e->result->seen.host_time_ns = upset_now_ns() - begin_ns;
}

int native_check(const struct upset_faults *faults, struct upset_error *error)
{
	unsigned int places = 0;

	for (size_t i = 0; i < faults->count; i++) {
		places += faults->faults[i].trigger == UPSET_FAULT_AT_PLACE;
		if (faults->faults[i].thread == UPSET_FAULT_ANY_THREAD)
			return upset_error_set(error, EINVAL,
				"engine native waits in one thread only: name it with thread=N");
	}
	if (places > NATIVE_BREAKPOINTS)
		return upset_error_set(error, EINVAL,
			"engine native has %d breakpoints, so not more faults with pc= in an "
			"experiment",
			NATIVE_BREAKPOINTS);
	return 0;
}

static int prepare(struct experiment *e)
{
	int rc = native_check(e->request->faults, e->error);

	if (rc != 0)
		return rc;
	e->count = e->request->faults->count;
	e->armed = calloc(e->count + 1, sizeof(*e->armed));
	if (e->armed == NULL)
		return upset_error_set(e->error, ENOMEM, "no memory for faults");
	for (size_t i = 0; i < e->count; i++) {
		e->armed[i] =
			upset_armed_new(&e->request->faults->faults[i], &e->result->injections[i]);
		*e->armed[i].injection = (struct upset_injection){0};
	}
	if (e->request->trigger != NULL && e->count == 1)
		upset_armed_wait_at(&e->armed[0], e->request->trigger);
	return 0;
}

static int execute(struct experiment *e)
{
	const int fds[2] = {e->request->out_fd, e->request->err_fd};
	struct thread *t;
	int rc = native_check_target(&e->request->target, e->error);

	if (rc == 0)
		rc = native_means_find(&e->means, e->error);
	if (rc == 0)
		rc = native_launch(&e->trace, fds);
	if (rc != 0)
		return rc;
	t = add_thread(e, e->trace.pid);
	if (t == NULL) {
		native_kill(&e->trace);
		return e->rc;
	}
	native_faults_resolve(e);
	start(e, t);
	run(e);
	e->result->threaded = e->threads_created > 1;
	if (e->survey != NULL)
		e->survey->tells |= e->result->threaded;
	return e->rc;
}

int native_execute(const struct upset_experiment_request *request, struct native_locate *locate,
	struct native_survey *survey, struct upset_experiment_result *result,
	struct upset_error *error)
{
	struct experiment e = {.request = request,
		.result = result,
		.error = error,
		.locate = locate,
		.survey = survey,
		.trace = {.target = &request->target,
			.abi = upset_abi_find(request->target.isa->qemu),
			.stop = request->stop,
			.error = error,
			.pid_fd = -1,
			.memory_fd = -1}};
	int rc;

	result->seen.end = UPSET_END_EXITED;
	result->seen.files[0] = '\0';
	rc = prepare(&e);
	native_pin(&e.trace);
	if (rc == 0)
		rc = execute(&e);
	native_unpin(&e.trace);
	if (e.trace.keeper > 0)
		native_leave_sandbox(&e.trace, result);
	upset_ending_take_illegal(result, &e.illegal, "the processor");
	if (e.trace.pid_fd >= 0)
		(void)close(e.trace.pid_fd);
	if (e.trace.memory_fd >= 0)
		(void)close(e.trace.memory_fd);
	free(e.armed);
	free(e.threads);
	return rc;
}

int native_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	return native_execute(request, NULL, NULL, result, error);
}
