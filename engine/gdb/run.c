/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: lets the program go on by one instruction, and decides what the stop that
 * follows means.  What an instruction did is step.c's.
 */
#include "engine/gdb/run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/clock.h"

enum {
	LOOK_AT_CLOCK_EVERY = 64, /* steps */
	MS_NS = 1000 * 1000,
	PROGRESS_EVERY_NS = 100 * MS_NS,
	VSYSCALL_BYTES = 4096,
	VSYSCALL_EVERY = 1024,
	STOPPED = 1, /* there is a stop to look at */
};

static const uint64_t vsyscall_page = UINT64_C(0xffffffffff600000);

static uint64_t pc_of(const struct gdb_run *run, const struct upset_state *state)
{
	return upset_state_word(state, run->isa->pc);
}

static int check(const struct gdb_run *run, int result)
{
	return result == 0 ? 0 : gdb_stub_error(&run->stub, result, run->error);
}

static int count_signal(struct gdb_run *run, int signal)
{
	return upset_profile_add_signal(run->profile, signal, 1) == 0
		       ? 0
		       : upset_error_set(run->error, ENOMEM, "no memory to count signals");
}

static bool is_trap(const struct gdb_run *run)
{
	return run->record != NULL && (run->record->insn.classes & UPSET_CLASS_TRAP) != 0;
}

/* --- the end ---------------------------------------------------------------------------------- */

static int program_ended(struct gdb_run *run, const struct gdb_stop *stop)
{
	struct upset_run *to = &run->profile->run;
	int result = gdb_is_syscall(run) ? gdb_syscall_left(run) : 0;

	run->ended = true;
	to->seen.end = stop->kind == GDB_STOP_EXITED ? UPSET_END_EXITED : UPSET_END_SIGNALED;
	to->seen.status =
		stop->kind == GDB_STOP_EXITED ? stop->value : gdb_signal_from(stop->value);
	if (run->replaced)
		to->seen.end = UPSET_END_EXEC;
	else if (result == 0 && to->seen.end == UPSET_END_SIGNALED)
		result = count_signal(run, to->seen.status);
	return result;
}

/* --- signals ---------------------------------------------------------------------------------- */

/* What of the instruction was done all the same, now that the program stands at run->after. */
static int count_interrupted(struct gdb_run *run, int signal)
{
	const uint64_t at = pc_of(run, &run->after), from = pc_of(run, &run->before);

	if (run->record == NULL)
		return at == from ? 0 : gdb_step_begin_next(run);
	if (gdb_is_syscall(run) && at == from) /* with a handler it is made once more */
		return run->handlers[signal] != 0 ? gdb_syscall_left(run) : 0;
	if (gdb_is_syscall(run))
		return gdb_syscall_done(run);
	if (at != from)
		return gdb_step_done(run);
	return is_trap(run) && signal == SIGTRAP ? gdb_step_count(run) : 0;
}

/* The program stands at run->after, the handler's first instruction. */
static int handler_entered(struct gdb_run *run, int signal)
{
	int result = count_signal(run, signal);

	if (result != 0)
		return result;
	if (run->resets[signal])
		run->handlers[signal] = 0;
	if (run->calls != NULL)
		upset_calls_signal(&run->counting.calls, &run->counting.work,
			pc_of(run, &run->after), upset_state_word(&run->before, run->isa->sp));
	return gdb_step_begin_next(run);
}

/* Pass @signal on to a handler, whose first instruction is to be counted.  Another signal that was
   pending may come there before it. */
static int call_handler(struct gdb_run *run, int signal, struct gdb_stop *stop)
{
	const uint64_t handler = run->handlers[signal];
	int result;

	if (run->stub.steps_far)
		result = gdb_go_to(run, handler, gdb_signal_to(signal), stop);
	else
		result = check(run, gdb_stub_go(&run->stub, true, gdb_signal_to(signal), stop));
	if (result == 0 && stop->kind == GDB_STOP_SIGNAL)
		result = gdb_step_read(run);
	if (result != 0)
		return result;
	if (stop->kind == GDB_STOP_SIGNAL && stop->value == GDB_SIGTRAP)
		return handler_entered(run, signal);
	if (stop->kind == GDB_STOP_SIGNAL && pc_of(run, &run->after) == handler) {
		result = handler_entered(run, signal);
		return result == 0 ? STOPPED : result;
	}
	if (stop->kind == GDB_STOP_EXITED)
		return upset_error_set(run->error, EIO,
			"the program ended where its handler of signal %d was to begin, at "
			"0x%" PRIx64 "; use engine qemu or native",
			signal, handler);
	return STOPPED;
}

/* Nothing but a hint, such as to let others run: QEMU's stub steps over what is behind it, too. */
static bool is_hint(const struct gdb_run *run)
{
	return run->record != NULL && run->stub.steps_far && run->record->insn.operand_count == 0 &&
	       run->record->insn.classes == 0;
}

/* Pass a signal without a handler on: the program ends by it, or goes on as without. */
static int go_on_with(struct gdb_run *run, int gdb_signal, struct gdb_stop *stop)
{
	int result;

	if ((gdb_is_syscall(run) && run->stub.steps_far) || is_hint(run))
		result = gdb_go_to(
			run, run->record->insn.address + run->record->insn.size, gdb_signal, stop);
	else
		result = check(run, gdb_stub_go(&run->stub, true, gdb_signal, stop));
	return result == 0 ? STOPPED : result;
}

static int signal_stop(struct gdb_run *run, struct gdb_stop *stop)
{
	const int signal = gdb_signal_from(stop->value), gdb_signal = stop->value;
	int result = gdb_step_read(run);

	if (result == 0)
		result = count_interrupted(run, signal);
	if (result == 0 && run->maps_changed) /* it may end by it */
		result = gdb_maps_read(run);
	if (result != 0)
		return result;
	return run->handlers[signal] != 0 ? call_handler(run, signal, stop)
					  : go_on_with(run, gdb_signal, stop);
}

/* --- stops ------------------------------------------------------------------------------------ */

/* The program stands where another one begins. */
static int program_replaced(struct gdb_run *run)
{
	int result = gdb_syscall_left(run);

	run->ended = true;
	run->profile->run.seen.end = UPSET_END_EXEC;
	gdb_stub_detach(&run->stub);
	return result;
}

static int syscall_stop(struct gdb_run *run)
{
	const struct upset_insn *insn = &run->record->insn;
	int result = run->replaced ? gdb_step_read(run) : 0;

	if (result == 0 && run->replaced && pc_of(run, &run->after) != insn->address + insn->size)
		return program_replaced(run);
	run->replaced = false;
	return result == 0 ? gdb_syscall_done(run) : result;
}

/* 0, STOPPED (there is another one in @stop), or -errno. */
static int handle_stop(struct gdb_run *run, struct gdb_stop *stop)
{
	if (stop->kind == GDB_STOP_EXITED || stop->kind == GDB_STOP_KILLED)
		return program_ended(run, stop);
	if (stop->kind != GDB_STOP_SIGNAL)
		return check(run, -EPROTO);
	if (stop->value != GDB_SIGTRAP || is_trap(run))
		return signal_stop(run, stop);
	return gdb_is_syscall(run) ? syscall_stop(run) : gdb_step_done(run);
}

/* --- the vsyscall page of x86-64 -------------------------------------------------------------- */

static bool is_vsyscall(const struct gdb_run *run)
{
	return run->record == NULL && run->stub.steps_far && run->isa->word_bits == 64 &&
	       pc_of(run, &run->before) - vsyscall_page < VSYSCALL_BYTES;
}

/* It has no code: the call is carried out, and the program is back. */
static int go_behind_vsyscall(struct gdb_run *run, struct gdb_stop *stop)
{
	static const int64_t calls[] = {SYS_gettimeofday, SYS_time, SYS_getcpu};
	const uint64_t entry = (pc_of(run, &run->before) - vsyscall_page) / VSYSCALL_EVERY;
	const uint64_t sp = upset_state_word(&run->before, run->isa->sp);
	uint64_t back = 0;
	int result;

	if (entry >= sizeof(calls) / sizeof(calls[0]) ||
		gdb_stub_read(&run->stub, sp, &back, sizeof(back)) != 0)
		result = check(run, gdb_stub_go(&run->stub, true, 0, stop));
	else
		result = gdb_go_to(run, back, 0, stop);
	if (result != 0 || stop->kind != GDB_STOP_SIGNAL || stop->value != GDB_SIGTRAP)
		return result == 0 ? STOPPED : result;
	if (upset_profile_add_syscall(run->profile, calls[entry], 1) != 0)
		return upset_error_set(run->error, ENOMEM, "no memory to count system calls");
	result = gdb_step_read(run);
	return result == 0 ? gdb_step_begin_next(run) : result;
}

/* --- the loop --------------------------------------------------------------------------------- */

static int step(struct gdb_run *run, struct gdb_stop *stop)
{
	const struct upset_insn *insn;

	if (gdb_is_syscall(run))
		return gdb_syscall(run, stop);
	if (!is_hint(run))
		return check(run, gdb_stub_go(&run->stub, true, 0, stop));
	insn = &run->record->insn;
	return gdb_go_to(run, insn->address + insn->size, 0, stop);
}

static int advance(struct gdb_run *run)
{
	struct gdb_stop stop;
	int result;

	if (is_vsyscall(run)) {
		result = go_behind_vsyscall(run, &stop);
	} else {
		result = step(run, &stop);
		result = result == 0 ? STOPPED : result;
	}
	while (result == STOPPED && upset_stop_reason(run->request->stop) == 0)
		result = handle_stop(run, &stop);
	return result == STOPPED ? 0 : result;
}

static void report_progress(struct gdb_run *run)
{
	const struct upset_golden_request *request = run->request;
	uint64_t now = upset_now_ns();

	if (request->progress == NULL || now - run->progress_at_ns < PROGRESS_EVERY_NS)
		return;
	run->progress_at_ns = now;
	request->progress(request->progress_context, run->counting.instructions);
}

static int begin(struct gdb_run *run)
{
	int result;

	upset_state_init(&run->before, run->isa);
	upset_state_init(&run->after, run->isa);
	result = check(run, gdb_layout_read(&run->layout, &run->stub, &run->before));
	run->entry = pc_of(run, &run->before);
	run->maps_changed = true;
	run->fresh = true;
	return result == 0 ? gdb_step_begin(run) : result;
}

/* It hangs that does not stop within its limit. */
static bool is_late(void *context)
{
	struct gdb_run *run = context;

	return run->limit_ns != 0 &&
	       upset_patience_look(&run->patience, run->own_pid, upset_now_ns()) > run->limit_ns;
}

/* To its end: nothing of it is to be seen any more. */
static int go_freely(struct gdb_run *run)
{
	struct gdb_stop stop = {.kind = GDB_STOP_SIGNAL, .value = 0};
	int result = 0;

	while (result == 0 && stop.kind != GDB_STOP_EXITED && stop.kind != GDB_STOP_KILLED)
		result = gdb_stub_go(&run->stub, false, stop.value, &stop);
	run->ended = result == 0;
	return check(run, result);
}

int gdb_run_program(struct gdb_run *run)
{
	int result = begin(run);
	bool freely = false;

	run->stub.packets.is_late = is_late;
	run->stub.packets.context = run;
	for (uint64_t steps = 1; result == 0 && !run->ended; steps++) {
		if (upset_stop_reason(run->request->stop) != 0)
			return upset_error_set(run->error, EINTR, "interrupted");
		upset_patience_begin(&run->patience, upset_now_ns());
		if (run->faults != NULL)
			result = gdb_faults_here(run, &freely);
		if (result == 0)
			result = freely ? go_freely(run) : advance(run);
		if (steps % LOOK_AT_CLOCK_EVERY == 0)
			report_progress(run);
	}
	return result;
}
