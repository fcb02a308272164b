/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction from the stop before it to the stop after it: takes the state
 * that its rows need before, and decides at the next stop what was executed.
 * Hides from the program that it is stepped.
 */
#include <Zydis/Zydis.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>

#include "engine/native/native.h"

enum {
	/* What a system call returns to the kernel's signal code, never to the program. */
	ERESTARTSYS = 512,
	ERESTARTNOINTR = 513,
	ERESTARTNOHAND = 514,
	ERESTART_RESTARTBLOCK = 516,
	INT_BYTES = 2, /* of int 0x80 */
};

static const struct upset_insn *insn_of(const struct native_flight *flight)
{
	return &flight->code.record->insn;
}

static bool has_class(const struct native_flight *flight, unsigned int classes)
{
	return flight->code.record != NULL && (insn_of(flight)->classes & classes) != 0;
}

static uint64_t next_address(const struct native_flight *flight)
{
	return flight->before.rip + insn_of(flight)->size;
}

/* --- before ------------------------------------------------------------------- */

static void begin_flight(struct native_trace *trace, struct native_thread *thread,
	struct native_flight *flight, const struct user_regs_struct *regs)
{
	flight->before = *regs;
	flight->code = native_code_get(trace, regs->rip);
	if (flight->code.record == NULL)
		return;
	if ((flight->code.needs & NATIVE_HAS_MEMORY) != 0)
		native_count_arguments(trace, thread, flight);
	if ((flight->code.needs & NATIVE_READS_XSTATE) != 0 && !thread->xstate_valid &&
		trace->detail != UPSET_DETAIL_COUNTS)
		thread->xstate_valid =
			native_read_xstate(thread->tid, thread->xstate[thread->xstate_now]);
}

static struct native_repeat *find_repeat(
	struct native_thread *thread, const struct user_regs_struct *regs)
{
	for (unsigned int i = thread->suspended_count; i-- > 0;) {
		struct native_repeat *repeat = &thread->suspended[i];

		if (repeat->rip == regs->rip && repeat->rsp == regs->rsp &&
			repeat->rcx == regs->rcx)
			return repeat;
	}
	return NULL;
}

static void remove_repeat(struct native_thread *thread, struct native_repeat *repeat)
{
	struct native_repeat *end = &thread->suspended[thread->suspended_count];

	memmove(repeat, repeat + 1, (size_t)((char *)end - (char *)(repeat + 1)));
	thread->suspended_count--;
}

/* A REP instruction begins, unless it is one that a signal handler interrupted. */
static void begin_repeat(struct native_thread *thread, const struct user_regs_struct *regs)
{
	if (find_repeat(thread, regs) != NULL)
		return;
	if (thread->suspended_count == NATIVE_SUSPENDED_MAX) /* left by longjmp, never resumed */
		remove_repeat(thread, &thread->suspended[0]);
	thread->suspended[thread->suspended_count++] =
		(struct native_repeat){regs->rip, regs->rsp, regs->rcx, *regs};
}

static void begin_syscall(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs)
{
	thread->in_syscall = false;
	native_mask_ask(trace, thread, regs);
	/* After an exec there is nothing left to read. */
	if (trace->maps_changed && (native_syscall_is(trace, regs, "execve") ||
					   native_syscall_is(trace, regs, "execveat")))
		native_code_read_maps(trace);
}

void native_step_begin(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs)
{
	struct native_flight *flight = &thread->flight;

	thread->started = true;
	thread->restarting = 0;
	thread->has_shadow = false;
	begin_flight(trace, thread, flight, regs);
	if (has_class(flight, UPSET_CLASS_REP))
		begin_repeat(thread, regs);
	if (has_class(flight, UPSET_CLASS_SYSCALL))
		begin_syscall(trace, thread, regs);
	if (flight->code.record != NULL && (flight->code.needs & NATIVE_SHADOWS_NEXT) != 0) {
		struct user_regs_struct next = *regs;

		next.rip = next_address(flight);
		if (insn_of(flight)->form == ZYDIS_MNEMONIC_POP)
			next.rsp += insn_of(flight)->memory[0].bits / 8;
		begin_flight(trace, thread, &thread->shadow, &next);
		thread->has_shadow = true;
	}
}

/* --- after: REP ----------------------------------------------------------------- */

static uint64_t repeats_between(
	const struct native_flight *flight, const struct user_regs_struct *after)
{
	const struct upset_insn *insn = insn_of(flight);
	uint64_t repeats = flight->before.rcx - after->rcx;

	return insn->memory[0].address_bits == 32 ? (uint32_t)repeats : repeats;
}

/* True when the instruction is done, @first is then its state before the first repeat. */
static bool repeat_done(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *after, struct user_regs_struct *first)
{
	struct native_flight *flight = &thread->flight;
	struct native_repeat *repeat = find_repeat(thread, &flight->before);

	if (repeats_between(flight, after) != 0)
		native_count_repeat(trace, thread, flight);
	if (after->rip == flight->before.rip) {
		if (repeat != NULL)
			repeat->rcx = after->rcx;
		begin_flight(trace, thread, flight, after);
		return false;
	}
	*first = flight->before;
	if (repeat != NULL) {
		*first = repeat->first;
		remove_repeat(thread, repeat);
	}
	return true;
}

/* --- after: system calls ---------------------------------------------------------- */

void native_count_syscall(struct native_trace *trace, int64_t number)
{
	if (upset_profile_add_syscall(trace->profile, number, 1) != 0 && trace->result == 0)
		trace->result =
			upset_error_set(trace->error, ENOMEM, "no memory to count system calls");
}

/* The registers that the rows of a system call name, see "The rows of a system call". */
static void count_syscall(struct native_trace *trace, struct native_thread *thread, uint64_t rax)
{
	const struct native_flight *flight = &thread->flight;
	struct user_regs_struct after = flight->before;

	after.rip = after.rcx = next_address(flight);
	after.r11 = flight->before.eflags & ~(uint64_t)(NATIVE_TRAP_FLAG | NATIVE_RESUME_FLAG);
	after.rax = rax;
	if (insn_of(flight)->form == ZYDIS_MNEMONIC_SYSENTER)
		after.rsp = flight->before.rbp;
	native_count_execution(trace, thread, flight, &flight->before, &after);
	native_count_syscall(trace, native_syscall_number(&flight->before));
}

static int restart_code(int64_t result)
{
	switch (-result) {
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		return (int)-result;
	default:
		return 0;
	}
}

/*
 * sysenter, and the syscall of 32-bit programs, do not save where they were called from: the
 * kernel returns to a place behind that in its vdso, in front of which an int 0x80 lies for
 * calls that are started again.
 */
static bool is_fast_call(const struct native_trace *trace, const struct native_flight *flight)
{
	return trace->abi->word_bytes == sizeof(uint32_t) &&
	       insn_of(flight)->form != ZYDIS_MNEMONIC_INT;
}

/* The thread has entered the kernel by that int 0x80. */
static void begin_restarted(struct native_trace *trace, struct native_thread *thread)
{
	struct user_regs_struct regs;

	if (!native_read_registers(thread->tid, &regs))
		return;
	regs.rax = regs.orig_rax;
	regs.rip -= INT_BYTES;
	begin_flight(trace, thread, &thread->flight, &regs);
}

/* The kernel went back to the system call instruction, which was executed once more. */
static void count_restarted(struct native_trace *trace, struct native_thread *thread)
{
	int code = thread->restarting;

	thread->restarting = 0;
	if (thread->ignored && !thread->heeded)
		return;
	count_syscall(trace, thread, thread->flight.before.rax);
	if (is_fast_call(trace, &thread->flight))
		begin_restarted(trace, thread);
	else if (code == ERESTART_RESTARTBLOCK)
		thread->flight.before.rax =
			(uint64_t)upset_abi_number(trace->abi, "restart_syscall");
}

static void syscall_done(
	struct native_trace *trace, struct native_thread *thread, struct user_regs_struct *after)
{
	struct native_flight *flight = &thread->flight;
	int64_t result = native_syscall_result(trace, after);

	if (thread->restarting != 0)
		count_restarted(trace, thread);
	thread->xstate_valid = false;
	if (native_syscall_is_sigreturn(trace, &flight->before)) {
		count_syscall(trace, thread, flight->before.rax);
		if (trace->calls != NULL)
			upset_calls_sigreturn(&thread->counting.calls, &thread->counting.work);
		native_mask_returned(trace, thread, &flight->before, 0);
		native_step_begin(trace, thread, after);
		return;
	}
	if (insn_of(flight)->form == ZYDIS_MNEMONIC_SYSCALL)
		native_hide_trap_flag(thread->tid, after);
	thread->restarting = restart_code(result);
	thread->ignored = thread->heeded = false;
	if (thread->restarting != 0)
		return;
	count_syscall(trace, thread, after->rax);
	native_syscall_returned(trace, thread, &flight->before, result);
	native_mask_returned(trace, thread, &flight->before, result);
	native_step_begin(trace, thread, after);
}

/* --- after ------------------------------------------------------------------------- */

/* mov ss is done; go on with the instruction after it, which is under way too. */
static void shadow_over(struct native_trace *trace, struct native_thread *thread)
{
	native_count_execution(
		trace, thread, &thread->flight, &thread->flight.before, &thread->shadow.before);
	thread->flight = thread->shadow;
	thread->has_shadow = false;
	if (has_class(&thread->flight, UPSET_CLASS_REP))
		begin_repeat(thread, &thread->flight.before);
}

void native_step_done(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs)
{
	struct native_flight *flight = &thread->flight;
	struct user_regs_struct after = *regs, first = flight->before;

	if (thread->has_shadow) {
		shadow_over(trace, thread);
		first = flight->before;
		if (after.rip == first.rip && after.rcx == first.rcx) {
			native_step_begin(trace, thread, &after);
			return;
		}
	}
	if (flight->code.record == NULL) {
		trace->profile->run.lost++;
		thread->xstate_valid = false;
		native_step_begin(trace, thread, &after);
		return;
	}
	if (has_class(flight, UPSET_CLASS_SYSCALL)) {
		syscall_done(trace, thread, &after);
		return;
	}
	if ((flight->code.needs & NATIVE_PUSHES_FLAGS) != 0)
		native_hide_pushed_trap_flag(trace, flight->before.eflags, after.rsp);
	if (has_class(flight, UPSET_CLASS_REP) && !repeat_done(trace, thread, &after, &first))
		return;
	native_count_execution(trace, thread, flight, &first, &after);
	native_step_begin(trace, thread, &after);
}

void native_step_interrupted(
	struct native_trace *trace, struct native_thread *thread, const struct user_regs_struct *at)
{
	if (thread->has_shadow && at->rip == thread->shadow.before.rip)
		shadow_over(trace, thread);
	if (!has_class(&thread->flight, UPSET_CLASS_TRAP) ||
		at->rip != next_address(&thread->flight))
		return;
	native_count_execution(trace, thread, &thread->flight, &thread->flight.before, at);
	native_step_begin(trace, thread, at);
}

/* What an interrupted system call returned says the frame: -EINTR, or its number to start again. */
static void syscall_interrupted(
	struct native_trace *trace, struct native_thread *thread, const struct user_regs_struct *at)
{
	uint64_t rax;

	if (!native_frame_result(trace, at, &rax))
		rax = thread->flight.before.rax;
	count_syscall(trace, thread, rax);
}

void native_step_handler(
	struct native_trace *trace, struct native_thread *thread, const struct user_regs_struct *at)
{
	if (thread->restarting != 0)
		syscall_interrupted(trace, thread, at);
	if (trace->calls != NULL)
		upset_calls_signal(&thread->counting.calls, &thread->counting.work, at->rip,
			thread->flight.before.rsp);
	native_mask_handler(trace, thread, at);
	thread->xstate_valid = false;
	native_step_begin(trace, thread, at);
}

void native_step_entered(struct native_trace *trace, struct native_thread *thread)
{
	thread->in_syscall = true;
	if (thread->restarting != 0)
		count_restarted(trace, thread);
}

void native_step_left(struct native_trace *trace, struct native_thread *thread)
{
	if (thread->started && has_class(&thread->flight, UPSET_CLASS_SYSCALL))
		count_syscall(trace, thread, thread->flight.before.rax);
	thread->started = false;
}

void native_step_last(
	struct native_trace *trace, struct native_thread *thread, const struct user_regs_struct *at)
{
	if (!thread->started)
		return;
	native_step_interrupted(trace, thread, at);
	if (has_class(&thread->flight, UPSET_CLASS_SYSCALL) &&
		(at->rip == next_address(&thread->flight) ||
			(is_fast_call(trace, &thread->flight) &&
				at->rip != thread->flight.before.rip)))
		native_step_left(trace, thread);
	thread->started = false;
}
