/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the kernel: getting behind one, and what it changed that the engine must know:
 * mappings, handlers of signals, processes, files opened for writing.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/gdb/run.h"
#include "engine/written.h"

enum { ARGUMENTS = 3, ERRORS = 4095, RESETS = (int)SA_RESETHAND };

/* The registers that pass the first arguments. */
static const struct {
	const char *isa, *registers[ARGUMENTS];
} passing[] = {
	{"x86-64", {"rdi", "rsi", "rdx"}},
	{"i386", {"ebx", "ecx", "edx"}},
	{"aarch64", {"x0", "x1", "x2"}},
	{"riscv64", {"a0", "a1", "a2"}},
};

static uint64_t argument(const struct gdb_run *run, unsigned int i)
{
	for (size_t k = 0; k < sizeof(passing) / sizeof(passing[0]); k++) {
		const char *name = passing[k].registers[i];
		uint16_t bits;

		if (strcmp(passing[k].isa, run->isa->name) == 0)
			return upset_state_word(&run->before,
				upset_isa_find_resource(run->isa, name, strlen(name), &bits));
	}
	return 0;
}

bool gdb_is_syscall(const struct gdb_run *run)
{
	return run->record != NULL && (run->record->insn.classes & UPSET_CLASS_SYSCALL) != 0;
}

/* As its instruction set numbers it; 32 bits of the register count. */
static int64_t raw_number(const struct gdb_run *run)
{
	return (int32_t)(uint32_t)upset_state_word(&run->before, run->isa->syscall_number);
}

static bool is_called(const struct gdb_run *run, const char *name)
{
	const char *called =
		run->abi == NULL ? NULL : upset_abi_call_name(run->abi, raw_number(run));

	return called != NULL && strcmp(called, name) == 0;
}

static bool is_return_from_handler(const struct gdb_run *run)
{
	return is_called(run, "rt_sigreturn") || is_called(run, "sigreturn");
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

static void mapping_changed(struct gdb_run *run, uint64_t result)
{
	(void)result;
	run->maps_changed = true;
	run->generation++;
}

static void break_set(struct gdb_run *run, uint64_t result)
{
	(void)result;
	run->maps_changed = true;
}

/* Its first word is the handler. */
static void action_set(struct gdb_run *run, uint64_t result)
{
	const uint64_t signal = argument(run, 0), at = argument(run, 1);
	const unsigned int bytes = run->abi->word_bytes;
	uint8_t action[32] = {0};
	uint64_t handler, flags;

	(void)result;
	if (signal >= GDB_SIGNALS || at == 0 ||
		gdb_stub_read(&run->stub, at, action, run->abi->sigaction_flags + bytes) != 0)
		return;
	handler = upset_abi_word(run->abi, action);
	flags = upset_abi_word(run->abi, action + run->abi->sigaction_flags);
	run->handlers[signal] = (void (*)(int))(uintptr_t)handler == SIG_IGN ? 0 : handler;
	run->resets[signal] = (flags & (uint32_t)RESETS) != 0;
}

static void process_made(struct gdb_run *run, uint64_t result)
{
	if (result != 0)
		run->profile->run.children_not_counted++;
}

static void add_written_file(struct gdb_run *run, uint64_t result)
{
	/* Else its files are another machine's. */
	if (run->own && upset_written_add(run->profile, run->own_pid, (int)result) != 0)
		run->counting.result = -ENOMEM;
}

static void opened_with(struct gdb_run *run, uint64_t flags, uint64_t result)
{
	if (upset_written_opens(flags))
		add_written_file(run, result);
}

static void opened(struct gdb_run *run, uint64_t result)
{
	opened_with(run, argument(run, 1), result);
}

static void opened_at(struct gdb_run *run, uint64_t result)
{
	opened_with(run, argument(run, 2), result);
}

static void opened_how(struct gdb_run *run, uint64_t result)
{
	uint64_t flags;

	if (gdb_stub_read(&run->stub, argument(run, 2), &flags, sizeof(flags)) == 0)
		opened_with(run, flags, result);
}

static const struct {
	const char *name;
	void (*returned)(struct gdb_run *run, uint64_t result);
} effects[] = {
	{"mmap", mapping_changed},
	{"mmap2", mapping_changed},
	{"munmap", mapping_changed},
	{"mprotect", mapping_changed},
	{"pkey_mprotect", mapping_changed},
	{"mremap", mapping_changed},
	{"remap_file_pages", mapping_changed},
	{"madvise", mapping_changed},
	{"shmat", mapping_changed},
	{"shmdt", mapping_changed},
	{"brk", break_set},
	{"rt_sigaction", action_set},
	{"sigaction", action_set},
	{"fork", process_made},
	{"vfork", process_made},
	{"clone", process_made},
	{"clone3", process_made},
	{"open", opened},
	{"creat", add_written_file},
	{"openat", opened_at},
	{"openat2", opened_how},
};

static void look_at_effects(struct gdb_run *run)
{
	const uint64_t result = upset_state_word(&run->after, run->isa->syscall_result);
	const uint64_t failed = run->isa->word_bits == 32 ? (uint32_t)-ERRORS : (uint64_t)-ERRORS;

	if (result >= failed)
		return;
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (is_called(run, effects[i].name))
			effects[i].returned(run, result);
}

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
	look_at_effects(run);
	return gdb_step_begin_next(run);
}
