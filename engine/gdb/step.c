/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One instruction, from the registers before it to those behind it: see run.h. */
#include <errno.h>
#include <string.h>

#include "engine/gdb/run.h"

static const struct upset_insn *insn_of(const struct gdb_run *run)
{
	return &run->record->insn;
}

static uint64_t word(const struct upset_state *state, unsigned int resource)
{
	return upset_state_word(state, resource);
}

/* The rows of @access that the registers alone do not show. */
static int read_rows(struct gdb_run *run, enum upset_access access, struct upset_state *state)
{
	int result;

	if (run->request->detail == UPSET_DETAIL_COUNTS)
		return 0;
	result = gdb_layout_read_rows(&run->layout, &run->stub, insn_of(run), access, state);
	return result == 0 ? 0 : gdb_stub_error(&run->stub, result, run->error);
}

int gdb_step_read(struct gdb_run *run)
{
	int result;

	upset_state_copy(&run->after, &run->before);
	result = gdb_layout_read(&run->layout, &run->stub, &run->after);
	return result == 0 ? 0 : gdb_stub_error(&run->stub, result, run->error);
}

/* --- REP -------------------------------------------------------------------------------------- */

static struct gdb_repeat *find_repeat(struct gdb_run *run)
{
	const struct upset_isa *isa = run->isa;

	for (unsigned int i = run->suspended_count; i-- > 0;) {
		struct gdb_repeat *repeat = &run->suspended[i];

		if (repeat->pc == word(&run->before, isa->pc) &&
			repeat->sp == word(&run->before, isa->sp) &&
			repeat->counter == word(&run->before, isa->counter))
			return repeat;
	}
	return NULL;
}

static void remove_repeat(struct gdb_run *run, struct gdb_repeat *repeat)
{
	struct gdb_repeat *end = &run->suspended[run->suspended_count];

	memmove(repeat, repeat + 1, (size_t)((char *)end - (char *)(repeat + 1)));
	run->suspended_count--;
}

/* A REP instruction begins, unless it is one that a signal handler interrupted. */
static void begin_repeat(struct gdb_run *run)
{
	struct gdb_repeat *repeat;

	if (find_repeat(run) != NULL)
		return;
	if (run->suspended_count == GDB_SUSPENDED_MOST) /* left by longjmp, never resumed */
		remove_repeat(run, &run->suspended[0]);
	repeat = &run->suspended[run->suspended_count++];
	repeat->pc = word(&run->before, run->isa->pc);
	repeat->sp = word(&run->before, run->isa->sp);
	repeat->counter = word(&run->before, run->isa->counter);
	upset_state_copy(&repeat->before, &run->before);
}

static bool has_repeated(const struct gdb_run *run)
{
	uint64_t repeats =
		word(&run->before, run->isa->counter) - word(&run->after, run->isa->counter);

	return insn_of(run)->memory[0].address_bits == 32 ? (uint32_t)repeats != 0 : repeats != 0;
}

/* True: the instruction is done, and run->before is what was before its first repeat. */
static bool repeat_done(struct gdb_run *run)
{
	struct gdb_repeat *repeat = find_repeat(run);

	if (has_repeated(run))
		upset_stepped_repeat(&run->counting, run->record, &run->memory);
	if (word(&run->after, run->isa->pc) == word(&run->before, run->isa->pc)) {
		if (repeat != NULL)
			repeat->counter = word(&run->after, run->isa->counter);
		return false;
	}
	if (repeat != NULL) {
		upset_state_copy(&run->before, &repeat->before);
		remove_repeat(run, repeat);
	}
	return true;
}

/* --- all -------------------------------------------------------------------------------------- */

int gdb_step_check(const struct gdb_run *run)
{
	if (run->unread != 0)
		return gdb_stub_error(&run->stub, run->unread, run->error);
	return run->counting.result == 0
		       ? 0
		       : upset_error_set(run->error, ENOMEM, "no memory to count");
}

int gdb_step_begin(struct gdb_run *run)
{
	int result = gdb_code_get(run, word(&run->before, run->isa->pc), &run->record);

	if (result != 0 || run->record == NULL)
		return result;
	result = read_rows(run, UPSET_READ, &run->before);
	if (result != 0)
		return result;
	upset_stepped_begin(&run->counting, insn_of(run), &run->before, &run->memory);
	if ((insn_of(run)->classes & UPSET_CLASS_REP) != 0)
		begin_repeat(run);
	return gdb_step_check(run);
}

int gdb_step_count(struct gdb_run *run)
{
	upset_stepped_execution(
		&run->counting, run->record, &run->memory, &run->before, &run->after);
	return gdb_step_check(run);
}

int gdb_step_begin_next(struct gdb_run *run)
{
	upset_state_copy(&run->before, &run->after);
	run->fresh = true;
	return gdb_step_begin(run);
}

int gdb_step_done(struct gdb_run *run)
{
	int result = gdb_step_read(run);

	if (result != 0)
		return result;
	if (run->record == NULL) {
		run->profile->run.lost++;
		return gdb_step_begin_next(run);
	}
	if ((insn_of(run)->classes & UPSET_CLASS_REP) != 0 && !repeat_done(run)) {
		result = gdb_step_begin_next(run);
		run->fresh = false;
		return result;
	}
	result = read_rows(run, UPSET_WRITE, &run->after);
	if (result == 0)
		result = gdb_step_count(run);
	return result == 0 ? gdb_step_begin_next(run) : result;
}
