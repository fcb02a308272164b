/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a program reads its code: see survey.h. */
#include "engine/native/survey.h"

#include <stdlib.h>

enum { PAGE_BYTES = 4096, BUCKETS = 1 << 14 };

/* A bit for each byte. */
struct survey_page {
	struct survey_page *next; /* of its bucket */
	uint64_t number;
	uint8_t read[PAGE_BYTES / 8], begun[PAGE_BYTES / 8]; /* begun: an instruction is there */
};

/* NULL: no memory. */
static struct survey_page *find_page(struct native_survey *s, uint64_t address)
{
	const uint64_t number = address / PAGE_BYTES;
	struct survey_page **place = &s->buckets[number * 0x9e3779b97f4a7c15ULL >> 50];

	for (; *place != NULL; place = &(*place)->next) {
		if ((*place)->number == number)
			return *place;
	}
	*place = calloc(1, sizeof(**place));
	if (*place != NULL)
		(*place)->number = number;
	return *place;
}

static void note(struct native_survey *s, uint64_t address, unsigned int bytes, bool begins)
{
	for (uint64_t at = address; at < address + bytes; at++) {
		struct survey_page *page = find_page(s, at);
		unsigned int i = at % PAGE_BYTES;

		if (page == NULL)
			s->tells = true;
		else if (begins)
			page->begun[i / 8] |= (uint8_t)(1u << i % 8);
		else
			page->read[i / 8] |= (uint8_t)(1u << i % 8);
	}
}

static void note_reads(
	struct native_survey *s, const struct upset_insn *insn, const struct user_regs_struct *regs)
{
	struct upset_state state;

	native_fill(&state, s->isa, regs, NULL);
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		const struct upset_memory *memory = &insn->memory[row->memory];

		if (row->resource != UPSET_MEMORY || row->access != UPSET_READ)
			continue;
		if (memory->scattered)
			s->tells = true;
		else
			note(s, upset_state_address(&state, memory), row->bits / 8u, false);
	}
}

/* What lies within another instruction must stay as it is, too. */
void native_survey_step(struct native_survey *s, pid_t tid, const struct upset_insn *insn)
{
	struct user_regs_struct regs;

	if (s->tells)
		return;
	if (insn == NULL || !native_read_registers(tid, &regs)) {
		s->tells = true;
		return;
	}
	note(s, insn->address, 1, true);
	note(s, insn->address + 1, insn->size - 1u, false);
	note_reads(s, insn, &regs);
}

static bool reads_code(const struct survey_page *page)
{
	for (; page != NULL; page = page->next) {
		for (size_t i = 0; i < sizeof(page->read); i++) {
			if (page->read[i] & page->begun[i])
				return true;
		}
	}
	return false;
}

bool native_survey_begin(struct native_survey *s, const struct upset_isa *isa)
{
	*s = (struct native_survey){.isa = isa, .buckets = calloc(BUCKETS, sizeof(*s->buckets))};
	return s->buckets != NULL;
}

void native_survey_end(struct native_survey *s)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		s->tells |= reads_code(s->buckets[i]);
		while (s->buckets[i] != NULL) {
			struct survey_page *next = s->buckets[i]->next;

			free(s->buckets[i]);
			s->buckets[i] = next;
		}
	}
	free(s->buckets);
}
