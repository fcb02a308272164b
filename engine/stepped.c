/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting what was stepped: see stepped.h. */
#include "engine/stepped.h"

#include <errno.h>

static bool has_values(const struct upset_stepped *s)
{
	return s->detail != UPSET_DETAIL_COUNTS;
}

static bool is_full(const struct upset_stepped *s)
{
	return s->detail == UPSET_DETAIL_FULL;
}

/* --- before ----------------------------------------------------------------------------------- */

void upset_stepped_begin(struct upset_stepped *s, const struct upset_insn *insn,
	const struct upset_state *before, struct upset_stepped_memory *memory)
{
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		memory->readable[i] = false;
		if (!insn->memory[i].scattered)
			memory->address[i] = upset_state_address(before, &insn->memory[i]);
	}
	for (unsigned int i = 0; has_values(s) && i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		const unsigned int m = row->memory;

		if (row->resource != UPSET_MEMORY || row->access != UPSET_READ ||
			!upset_operand_is_counted(row) || insn->memory[m].scattered)
			continue;
		memory->readable[m] = s->read_memory(
			s->context, memory->address[m], memory->values[m], row->bits / 8u);
	}
}

/* --- memory rows ------------------------------------------------------------------------------ */

static void count_place(struct upset_stepped *s, struct upset_profile_insn *record,
	unsigned int row, uint64_t address)
{
	const struct upset_operand *operand = &record->insn.operands[row];
	const uint64_t bytes = operand->bits / 8u;
	const bool reads = operand->access == UPSET_READ;

	if (bytes == 0)
		return;
	upset_profile_add_range(record, row, address, address + bytes - 1);
	if (upset_profile_add_page(
		    s->profile, address, reads, !reads, reads ? bytes : 0, reads ? 0 : bytes) != 0)
		s->result = -ENOMEM;
}

static void count_memory(struct upset_stepped *s, struct upset_profile_insn *record,
	const struct upset_stepped_memory *memory, unsigned int row)
{
	const struct upset_operand *operand = &record->insn.operands[row];
	const unsigned int m = operand->memory;
	uint8_t after[UPSET_STEPPED_BYTES] = {0};

	if (record->insn.memory[m].scattered)
		return;
	if (!has_values(s) || !upset_operand_is_counted(operand)) {
		upset_profile_add_samples(s->profile, record, row, 1, NULL);
	} else if (operand->access == UPSET_WRITE) {
		if (!s->read_memory(s->context, memory->address[m], after, operand->bits / 8u))
			s->profile->run.lost++;
		upset_profile_add_sample(s->profile, record, row, after);
	} else {
		if (!memory->readable[m])
			s->profile->run.lost++;
		upset_profile_add_sample(s->profile, record, row, memory->values[m]);
	}
	if (is_full(s))
		count_place(s, record, row, memory->address[m]);
}

void upset_stepped_repeat(struct upset_stepped *s, struct upset_profile_insn *record,
	const struct upset_stepped_memory *memory)
{
	const struct upset_insn *insn = &record->insn;

	record->repeats++;
	if (s->calls.calls != NULL)
		upset_work_add_repeat(&s->work, insn);
	for (unsigned int row = 0; row < insn->operand_count; row++)
		if (insn->operands[row].resource == UPSET_MEMORY)
			count_memory(s, record, memory, row);
}

/* --- all rows --------------------------------------------------------------------------------- */

static void count_register(struct upset_stepped *s, struct upset_profile_insn *record,
	unsigned int row, const struct upset_state *before, const struct upset_state *after)
{
	const struct upset_operand *operand = &record->insn.operands[row];
	uint8_t value[UPSET_STEPPED_BYTES];

	if (!has_values(s) || !upset_operand_is_counted(operand)) {
		upset_profile_add_samples(s->profile, record, row, 1, NULL);
		return;
	}
	upset_state_operand(operand->access == UPSET_READ ? before : after, operand, value);
	upset_profile_add_sample(s->profile, record, row, value);
}

static void count_index(struct upset_stepped *s, struct upset_profile_insn *record, uint64_t index)
{
	if (index < record->first_index)
		record->first_index = index;
	if (index > record->last_index)
		record->last_index = index;
	upset_live_insn(s->live, s->profile->isa, &record->insn, index);
}

void upset_stepped_execution(struct upset_stepped *s, struct upset_profile_insn *record,
	const struct upset_stepped_memory *memory, const struct upset_state *before,
	const struct upset_state *after)
{
	const struct upset_insn *insn = &record->insn;
	const struct upset_isa *isa = s->profile->isa;

	for (unsigned int row = 0; row < insn->operand_count; row++) {
		/* Of a REP the repeats were counted; what a mask or a vector of indices lets
		   through is not known here. */
		if (insn->operands[row].resource != UPSET_MEMORY)
			count_register(s, record, row, before, after);
		else if (!insn->operands[row].conditional)
			count_memory(s, record, memory, row);
	}
	record->executions++;
	if ((insn->classes & UPSET_CLASS_CONDITIONAL) != 0 && isa->taken(insn, before))
		record->taken++;
	if (is_full(s))
		count_index(s, record, s->instructions);
	s->instructions++;
	if (s->calls.calls != NULL) {
		upset_work_add_insn(&s->work, insn);
		upset_calls_insn(&s->calls, insn, &s->work, upset_state_word(after, isa->sp),
			upset_state_word(after, isa->pc));
	}
}
