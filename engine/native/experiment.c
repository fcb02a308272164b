/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments on the real processor.  A thread runs freely up to breakpoints in
 * the debug registers; it is stepped only to reach a fault by instruction count,
 * while a fault lasts, and while a trigger is sought (faults.c).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
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

/* --- going on --------------------------------------------------------------------------------- */

static bool is_slow(const struct experiment *e)
{
	for (size_t i = 0; i < e->thread_count; i++) {
		if (e->threads[i].stepping)
			return true;
	}
	return e->on_the_way;
}

/*
 * Steps take a thousand times as long as running, or more, and so do stops at a
 * breakpoint: time runs out more slowly while a thread is stepped, and from one
 * such stop to the next.
 */
static uint64_t allow_for_stops(struct experiment *e, uint64_t start_ns, uint64_t *last_ns)
{
	uint64_t now = upset_now_ns(), passed = now - *last_ns;

	*last_ns = now;
	if (is_slow(e))
		start_ns += passed - passed / STEPS_COST;
	e->on_the_way = false;
	return start_ns;
}

static void look_at_instruction(const struct experiment *e, struct thread *t)
{
	uint8_t bytes[15];
	size_t n = native_read_memory(&e->trace, t->at, bytes, sizeof(bytes));
	struct upset_insn insn;

	t->repeats = t->is_syscall = t->is_trap = false;
	if (upset_isa_decode(&insn, t->at, bytes, n) != 0)
		return;
	t->repeats = (insn.classes & UPSET_CLASS_REP) != 0;
	t->is_syscall = (insn.classes & UPSET_CLASS_SYSCALL) != 0;
	t->is_trap = (insn.classes & UPSET_CLASS_TRAP) != 0;
}

static void go_on(const struct experiment *e, struct thread *t, int signal)
{
	int how = PTRACE_CONT;

	t->stepping = native_faults_must_step(e, t);
	t->ran |= !t->stepping;
	if (!t->stepping && t->counted)
		native_faults_pass(e, t);
	t->counted &= t->stepping;
	if (t->stepping) {
		look_at_instruction(e, t);
		how = PTRACE_SINGLESTEP;
	} else if (!native_faults_resolved(e)) {
		how = PTRACE_SYSCALL;
	}
	(void)ptrace(how, t->tid, NULL, signal);
}

/* The thread has stopped between two instructions, by a trap of kind @code; 0: by something else.
 */
static void note_place(struct experiment *e, struct thread *t, int code)
{
	struct user_regs_struct regs;
	bool moved;

	if (!native_read_registers(t->tid, &regs))
		return;
	moved = regs.rip != t->at || (code == TRAP_TRACE && !t->repeats);
	if (t->stepping && code != 0 && moved) {
		t->instructions++;
		t->at = regs.rip;
		native_faults_after(e, t);
		if (t->is_syscall && !native_faults_resolved(e))
			native_faults_resolve(e);
		/* What was held may be the program counter. */
		if (!native_read_registers(t->tid, &regs))
			return;
		t->counted = false;
	}
	if (regs.rip != t->at)
		t->counted = false;
	t->at = regs.rip;
	t->resumes = (regs.eflags & NATIVE_RESUME_FLAG) != 0;
}

/* A handler was entered. */
static void handle(struct experiment *e, struct thread *t)
{
	if (e->locate != NULL && t->interrupted && native_locate_wants(e->locate, t->number))
		native_locate_leave(e->locate, t->number, t->at);
	note_place(e, t, 0);
	if (!t->counted)
		native_faults_before(e, t);
}

static void trapped(struct experiment *e, struct thread *t)
{
	siginfo_t info;
	int signal = 0;

	if (ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) != 0)
		return;
	/* A step over a system call comes as TRAP_BRKPT; one before the first instruction, too. */
	if (info.si_code == TRAP_HWBKPT || info.si_code == TRAP_TRACE ||
		(info.si_code == TRAP_BRKPT && t->stepping && !t->is_trap)) {
		bool hit = info.si_code == TRAP_HWBKPT && !t->stepping;

		if (hit)
			t->counted = false;
		note_place(e, t, info.si_code);
		if (!t->counted)
			native_faults_before(e, t);
		e->on_the_way = hit && native_faults_await(e, t->at);
	} else if (info.si_code != SIGTRAP) {
		signal = SIGTRAP; /* the program's own */
	} else {
		handle(e, t);
	}
	t->interrupted = false;
	go_on(e, t, signal);
}

/* It stands before its first instruction. */
static void start(struct experiment *e, struct thread *t)
{
	t->started = true;
	note_place(e, t, 0);
	for (size_t i = 0; i < e->count; i++) {
		if (e->armed[i].resolved && e->armed[i].slot < 0 &&
			e->armed[i].stage == UPSET_ARMED_WAITING)
			native_faults_arm(e, &e->armed[i]);
	}
	native_faults_before(e, t);
	go_on(e, t, 0);
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
		(void)ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &message);
		(void)upset_wait((pid_t)message, NULL, __WALL);
		(void)ptrace(PTRACE_DETACH, (pid_t)message, NULL, NULL);
		break;
	case PTRACE_EVENT_EXEC:
		e->locate = NULL;
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
	(void)ptrace(t->stepping		 ? PTRACE_SINGLESTEP
		     : native_faults_resolved(e) ? PTRACE_CONT
						 : PTRACE_SYSCALL,
		t->tid, NULL, NULL);
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
	if (status >> 16 != 0) {
		event_stop(e, t, status);
	} else if (signal == (SIGTRAP | 0x80)) {
		native_faults_resolve(e);
		go_on(e, t, 0);
	} else if (signal == SIGTRAP) {
		trapped(e, t);
	} else {
		note_place(e, t, 0);
		t->interrupted = t->counted && !t->resumes;
		go_on(e, t, signal);
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
	uint64_t begin_ns = upset_now_ns(), start_ns = begin_ns, last_ns = begin_ns;
	sigset_t child, before;
	int status;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &child, &before);
	while (e->thread_count > 0) {
		pid_t tid = wait_for_event(&status);
		int code = tid < 0 ? errno : 0;

		start_ns = allow_for_stops(e, start_ns, &last_ns);
		upset_ending_check_limits(
			e->request, e->result, start_ns, e->rc != 0, e->trace.pid);
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
	e->result->host_time_ns = upset_now_ns() - begin_ns;
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
		e->armed[i] = (struct upset_armed){.fault = &e->request->faults->faults[i],
			.injection = &e->result->injections[i],
			.taker = -1,
			.slot = -1};
		*e->armed[i].injection = (struct upset_injection){0};
	}
	return 0;
}

static int execute(struct experiment *e)
{
	const int fds[2] = {e->request->out_fd, e->request->err_fd};
	struct thread *t;
	int rc = native_launch(&e->trace, fds);

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
	return e->rc;
}

int native_execute(const struct upset_experiment_request *request, struct native_locate *locate,
	struct upset_experiment_result *result, struct upset_error *error)
{
	const struct upset_golden_request golden = {.program = request->program,
		.arguments = request->arguments,
		.environment = request->environment};
	struct experiment e = {.request = request,
		.result = result,
		.error = error,
		.locate = locate,
		.trace = {.request = &golden,
			.sandbox = request->sandbox,
			.error = error,
			.in_fd = request->in_fd,
			.pid_fd = -1,
			.memory_fd = -1}};
	int rc;

	result->end = UPSET_EXPERIMENT_EXITED;
	result->files[0] = '\0';
	rc = prepare(&e);
	native_pin(&e.trace);
	if (rc == 0)
		rc = execute(&e);
	native_unpin(&e.trace);
	if (e.trace.keeper > 0)
		native_leave_sandbox(&e.trace, result->files);
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
	return native_execute(request, NULL, result, error);
}
