/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an executed instruction and the states around it to the profile.  Knows
 * nothing of how the states were had, except that memory after the instruction
 * is read here.
 */
#include <errno.h>
#include <string.h>

#include "engine/native/native.h"

static bool has_values(const struct native_trace *trace)
{
	return trace->detail != UPSET_DETAIL_COUNTS;
}

static bool is_full(const struct native_trace *trace)
{
	return trace->detail == UPSET_DETAIL_FULL;
}

/* --- memory rows ---------------------------------------------------------------- */

static void count_place(struct native_trace *trace, struct upset_profile_insn *record,
	unsigned int row, uint64_t address)
{
	const struct upset_operand *operand = &record->insn.operands[row];
	uint64_t bytes = operand->bits / 8u;
	bool reads = operand->access == UPSET_READ;

	if (bytes == 0)
		return;
	upset_profile_add_range(record, row, address, address + bytes - 1);
	if (upset_profile_add_page(trace->profile, address, reads, !reads, reads ? bytes : 0,
		    reads ? 0 : bytes) != 0 &&
		trace->result == 0)
		trace->result = upset_error_set(trace->error, ENOMEM, "no memory to count pages");
}

static void count_memory(
	struct native_trace *trace, const struct native_flight *flight, unsigned int row)
{
	struct upset_profile_insn *record = flight->code.record;
	const struct upset_operand *operand = &record->insn.operands[row];
	unsigned int m = operand->memory;
	uint8_t after[NATIVE_VALUE_BYTES] = {0};
	const void *value = flight->values[m];

	if (record->insn.memory[m].scattered)
		return;
	if (!has_values(trace) || !upset_operand_is_counted(operand)) {
		upset_profile_add_samples(trace->profile, record, row, 1, NULL);
	} else if (operand->access == UPSET_WRITE) {
		if (native_read_memory(trace, flight->address[m], after, operand->bits / 8u) !=
			operand->bits / 8u)
			trace->profile->run.lost++;
		upset_profile_add_sample(trace->profile, record, row, after);
	} else {
		if (!flight->readable[m])
			trace->profile->run.lost++;
		upset_profile_add_sample(trace->profile, record, row, value);
	}
	if (is_full(trace))
		count_place(trace, record, row, flight->address[m]);
}

void native_count_repeat(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight)
{
	const struct upset_insn *insn = &flight->code.record->insn;

	flight->code.record->repeats++;
	if (trace->calls != NULL)
		upset_work_add_repeat(&thread->work, insn);
	for (unsigned int row = 0; row < insn->operand_count; row++)
		if (insn->operands[row].resource == UPSET_MEMORY)
			count_memory(trace, flight, row);
}

/* --- register rows ----------------------------------------------------------------- */

/* The newest extended state becomes the one after the instruction. */
static void fetch_xstate(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight)
{
	if (!has_values(trace))
		return;
	if ((flight->code.needs & NATIVE_WRITES_XSTATE) != 0) {
		thread->xstate_now ^= 1;
		thread->xstate_valid =
			native_read_xstate(thread->tid, thread->xstate[thread->xstate_now]);
	} else if ((flight->code.needs & NATIVE_SPOILS_XSTATE) != 0) {
		thread->xstate_valid = false;
	}
}

static void fill_images(const struct upset_isa *isa, const struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after, struct upset_state images[2])
{
	const unsigned int needs = flight->code.needs, now = thread->xstate_now;
	const uint8_t *xstate = NULL, *xstate_before = NULL;

	if ((needs & (NATIVE_READS_XSTATE | NATIVE_WRITES_XSTATE)) != 0)
		xstate = thread->xstate[now];
	xstate_before = (needs & NATIVE_WRITES_XSTATE) != 0 ? thread->xstate[now ^ 1] : xstate;
	native_fill(&images[UPSET_READ], isa, before, xstate_before);
	native_fill(&images[UPSET_WRITE], isa, after, xstate);
}

static void count_rows(struct native_trace *trace, const struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after)
{
	struct upset_profile_insn *record = flight->code.record;
	struct upset_state images[2]; /* by enum upset_access: before and after */
	uint8_t value[NATIVE_VALUE_BYTES];

	if (has_values(trace))
		fill_images(trace->target->isa, thread, flight, before, after, images);
	for (unsigned int row = 0; row < record->insn.operand_count; row++) {
		const struct upset_operand *operand = &record->insn.operands[row];

		if (operand->resource == UPSET_MEMORY) {
			/* Of a REP the repeats were counted; what a mask or a vector of
			 * indices lets through is not known here. */
			if (!operand->conditional)
				count_memory(trace, flight, row);
		} else if (!has_values(trace)) {
			upset_profile_add_samples(trace->profile, record, row, 1, NULL);
		} else {
			upset_state_operand(&images[operand->access], operand, value);
			upset_profile_add_sample(trace->profile, record, row, value);
		}
	}
}

static bool is_taken(const struct native_trace *trace, const struct upset_insn *insn,
	const struct user_regs_struct *before)
{
	struct upset_state state;

	if ((insn->classes & UPSET_CLASS_CONDITIONAL) == 0)
		return false;
	native_fill(&state, trace->target->isa, before, NULL);
	return state.isa->taken(insn, &state);
}

void native_count_execution(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after)
{
	struct upset_profile_insn *record = flight->code.record;
	const struct upset_insn *insn = &record->insn;
	uint64_t index = thread->instructions;

	fetch_xstate(trace, thread, flight);
	count_rows(trace, thread, flight, before, after);
	record->executions++;
	if (is_taken(trace, insn, before))
		record->taken++;
	if (is_full(trace)) {
		if (index < record->first_index)
			record->first_index = index;
		if (index > record->last_index)
			record->last_index = index;
		upset_live_insn(thread->live, trace->profile->isa, insn, index);
	}
	thread->instructions++;
	trace->instructions++;
	if (trace->calls != NULL) {
		upset_work_add_insn(&thread->work, insn);
		upset_calls_insn(&thread->calls, insn, &thread->work, after->rsp, after->rip);
	}
}
