/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the kernel: getting behind one, and taking what it changed (engine/syscalls.h). */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/gdb/run.h"
#include "engine/syscalls.h"

static uint64_t argument(const struct gdb_run *run, unsigned int i)
{
	return upset_syscall_argument(&run->before, i);
}

bool gdb_is_syscall(const struct gdb_run *run)
{
	return run->record != NULL && (run->record->insn.classes & UPSET_CLASS_SYSCALL) != 0;
}

static int64_t raw_number(const struct gdb_run *run)
{
	return upset_syscall_number(&run->before);
}

static bool is_called(const struct gdb_run *run, const char *name)
{
	return upset_syscall_is(run->abi, &run->before, name);
}

static bool is_return_from_handler(const struct gdb_run *run)
{
	return upset_syscall_is_sigreturn(run->abi, &run->before);
}

/* --- on the way ------------------------------------------------------------------------------- */

static int check(const struct gdb_run *run, int result)
{
	return result == 0 ? 0 : gdb_stub_error(&run->stub, result, run->error);
}

int gdb_go_to(struct gdb_run *run, uint64_t address, int signal, struct gdb_stop *stop)
{
	int result = gdb_stub_break(&run->stub, address, true), cleared = 0;

	if (result == -ENOTSUP)
		result = -EPROTO;
	if (result == 0)
		result = gdb_stub_go(&run->stub, false, signal, stop);
	if (result == -EPIPE && run->replaced) { /* by one that has no stub */
		*stop = (struct gdb_stop){.kind = GDB_STOP_EXITED};
		return 0;
	}
	if (result == 0 && stop->kind != GDB_STOP_EXITED && stop->kind != GDB_STOP_KILLED)
		cleared = gdb_stub_break(&run->stub, address, false);
	return check(run, result == 0 ? cleared : result);
}

/* Where the handler was called from is known only when the registers have been set back. */
static int return_from_handler(struct gdb_run *run, struct gdb_stop *stop)
{
	int result = check(run, gdb_stub_catch(&run->stub, raw_number(run)));

	while (result == 0) {
		result = check(run, gdb_stub_go(&run->stub, false, 0, stop));
		if (result != 0 || stop->kind != GDB_STOP_SYSCALL_ENTRY)
			break;
	}
	if (result != 0 || stop->kind != GDB_STOP_SYSCALL_RETURN)
		return result;
	result = check(run, gdb_stub_catch(&run->stub, -1));
	if (result == 0)
		result = gdb_step_read(run);
	return result == 0 ? gdb_go_to(run, upset_state_word(&run->after, run->isa->pc), 0, stop)
			   : result;
}

/* A second thread would run while nobody looks. */
static int refuse_threads(struct gdb_run *run)
{
	uint64_t flags = argument(run, 0);

	if (is_called(run, "clone3"))
		(void)gdb_stub_read(&run->stub, flags, &flags, sizeof(flags));
	else if (!is_called(run, "clone"))
		return 0;
	if ((flags & CLONE_VM) == 0 || (flags & CLONE_VFORK) != 0)
		return 0;
	return upset_error_set(run->error, EIO,
		"the program starts a second thread at 0x%" PRIx64
		", and engine gdb follows one alone; use engine qemu or native",
		run->record->insn.address);
}

int gdb_syscall(struct gdb_run *run, struct gdb_stop *stop)
{
	const struct upset_insn *insn = &run->record->insn;
	bool becomes_other = is_called(run, "execve") || is_called(run, "execveat");
	int result = refuse_threads(run);

	/* Afterwards there is nothing left to read. */
	if (result == 0 && run->maps_changed &&
		(becomes_other || is_called(run, "exit") || is_called(run, "exit_group")))
		result = gdb_maps_read(run);
	if (result != 0)
		return result;
	run->replaced = becomes_other;
	if (!run->stub.steps_far)
		return check(run, gdb_stub_go(&run->stub, true, 0, stop));
	if (is_return_from_handler(run))
		return return_from_handler(run, stop);
	return gdb_go_to(run, insn->address + insn->size, 0, stop);
}

/* --- what it changed -------------------------------------------------------------------------- */

static void mapped(void *context, uint64_t start, uint64_t size, bool executable)
{
	struct gdb_run *run = context;

	(void)start;
	(void)size;
	(void)executable;
	run->maps_changed = true;
	run->generation++;
}

static void break_set(void *context)
{
	struct gdb_run *run = context;

	run->maps_changed = true;
}

static void handler_set(void *context, uint64_t signal, uint64_t handler, bool resets)
{
	struct gdb_run *run = context;

	if (signal >= GDB_SIGNALS)
		return;
	run->handlers[signal] = handler;
	run->resets[signal] = resets;
}

static void process_made(void *context)
{
	struct gdb_run *run = context;

	run->profile->run.children_not_counted++;
}

static void opened(void *context, int fd)
{
	struct gdb_run *run = context;

	/* Else its files are another machine's. */
	if (run->own && upset_syscall_add_file(run->profile, run->own_pid, fd) != 0)
		run->counting.result = -ENOMEM;
}

static bool read_memory(void *context, uint64_t address, uint8_t *bytes, size_t size)
{
	struct gdb_run *run = context;

	return gdb_stub_read(&run->stub, address, bytes, size) == 0;
}

static const struct upset_syscall_effects effects = {.mapped = mapped,
	.break_set = break_set,
	.opened = opened,
	.handler_set = handler_set,
	.process_made = process_made,
	.read_memory = read_memory};

/* --- behind it -------------------------------------------------------------------------------- */

static int count(struct gdb_run *run)
{
	int result = gdb_step_count(run);

	if (result == 0 && upset_profile_add_syscall(run->profile, raw_number(run), 1) != 0)
		result = upset_error_set(run->error, ENOMEM, "no memory to count system calls");
	return result;
}

/* What follows from the registers before it alone. */
static void apply_effects(struct gdb_run *run)
{
	const struct upset_insn *insn = &run->record->insn;

	for (unsigned int row = 0; row < insn->operand_count; row++) {
		const struct upset_operand *o = &insn->operands[row];
		uint8_t value[UPSET_STEPPED_BYTES];

		if (o->access == UPSET_WRITE && o->resource != UPSET_MEMORY &&
			upset_state_effect(&run->before, insn, o, value))
			upset_state_put(&run->after, o->resource, o->bit_offset, o->bits, value);
	}
}

int gdb_syscall_left(struct gdb_run *run)
{
	const struct upset_insn *insn = &run->record->insn;

	upset_state_copy(&run->after, &run->before);
	apply_effects(run);
	upset_state_set_word(&run->after, run->isa->pc, insn->address + insn->size);
	return count(run);
}

int gdb_syscall_done(struct gdb_run *run)
{
	int result;

	if (is_return_from_handler(run)) {
		result = gdb_syscall_left(run);
		if (result == 0 && run->calls != NULL)
			upset_calls_sigreturn(&run->counting.calls, &run->counting.work);
		if (result == 0)
			result = gdb_step_read(run);
		return result == 0 ? gdb_step_begin_next(run) : result;
	}
	result = gdb_step_read(run);
	if (result != 0)
		return result;
	/* Flags that the kernel left show the step, where a processor made it. */
	if (!run->stub.steps_far)
		apply_effects(run);
	result = count(run);
	if (result != 0)
		return result;
	upset_syscall_returned(run->abi, &run->before,
		upset_state_word(&run->after, run->isa->syscall_result), &effects, run);
	return gdb_step_begin_next(run);
}
