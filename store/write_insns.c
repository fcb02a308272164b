/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing instructions with their symbols, and operands: the bulk of a study. */
#include <string.h>

#include "store/internal.h"

struct insn_writer {
	struct upset_store_writer *w;
	struct upset_insert instruction, operand;
	struct upset_interner function, source;
};

static int bind_symbols(
	struct insn_writer *iw, const struct upset_profile_insn *insn, struct upset_error *error)
{
	struct upset_store_symbol symbol = {0};
	int result;

	if (iw->w->lookup != NULL)
		iw->w->lookup(iw->w->context, &iw->w->profile->modules[insn->module], insn->address,
			&symbol);
	result = upset_bind_interned(&iw->instruction, &iw->function, symbol.function, error);
	if (result == 0)
		result = upset_bind_interned(&iw->instruction, &iw->source, symbol.file, error);
	if (symbol.line != 0)
		upset_bind_integer(&iw->instruction, symbol.line);
	else
		upset_bind_null(&iw->instruction);
	return result;
}

static void bind_index(
	struct insn_writer *iw, const struct upset_profile_insn *insn, uint64_t index)
{
	if (iw->w->profile->detail == UPSET_DETAIL_FULL && insn->executions > 0)
		upset_bind_count(&iw->instruction, index);
	else
		upset_bind_null(&iw->instruction);
}

static int write_instruction(struct insn_writer *iw, int64_t id,
	const struct upset_profile_insn *insn, struct upset_error *error)
{
	struct upset_insert *insert = &iw->instruction;
	struct upset_insn in_file = {.size = insn->insn.size, .address = insn->address};
	char text[256];
	int result;

	/* At its address in the file, so that targets in the text are addresses of the file. */
	memcpy(in_file.bytes, insn->insn.bytes, sizeof(in_file.bytes));
	upset_isa_format(iw->w->profile->isa, &in_file, text, sizeof(text));
	upset_bind_integer(insert, id);
	upset_bind_integer(insert, iw->w->run);
	upset_bind_integer(insert, iw->w->first_module + insn->module);
	upset_bind_count(insert, insn->address);
	upset_bind_blob(insert, insn->insn.bytes, insn->insn.size);
	upset_bind_string(insert, text);
	result = bind_symbols(iw, insn, error);
	if (result != 0)
		return result;
	upset_bind_count(insert, insn->executions);
	bind_index(iw, insn, insn->first_index);
	bind_index(iw, insn, insn->last_index);
	upset_bind_count(insert, insn->repeats);
	upset_bind_count(insert, insn->taken);
	return upset_insert_row(insert, error);
}

static uint64_t sum(const uint64_t *ones, unsigned int bits)
{
	uint64_t total = 0;

	for (unsigned int bit = 0; bit < bits; bit++)
		total += ones[bit];
	return total;
}

static void bind_range(struct upset_insert *insert, const struct upset_tally *tally, bool known)
{
	if (known && tally->address_min <= tally->address_max) {
		upset_bind_count(insert, tally->address_min);
		upset_bind_count(insert, tally->address_max);
	} else {
		upset_bind_null(insert);
		upset_bind_null(insert);
	}
}

static int write_operand(struct insn_writer *iw, int64_t id, unsigned int number,
	const struct upset_profile_insn *insn, struct upset_error *error)
{
	const struct upset_operand *row = &insn->insn.operands[number];
	const struct upset_tally *tally = &insn->tallies[number];
	struct upset_insert *insert = &iw->operand;
	bool has_range =
		iw->w->profile->detail == UPSET_DETAIL_FULL && row->resource == UPSET_MEMORY;

	upset_bind_integer(insert, id);
	upset_bind_integer(insert, number);
	upset_bind_integer(insert, row->index);
	upset_bind_integer(insert, upset_store_resource(iw->w, row->resource));
	upset_bind_string(insert, row->access == UPSET_WRITE ? "w" : "r");
	upset_bind_integer(insert, row->bits);
	upset_bind_integer(insert, row->bit_offset);
	upset_bind_count(insert, tally->samples);
	if (tally->ones != NULL)
		upset_bind_count(insert, sum(tally->ones, row->bits));
	else
		upset_bind_null(insert);
	upset_bind_ones(insert, tally->ones, row->bits);
	bind_range(insert, tally, has_range);
	return upset_insert_row(insert, error);
}

static int write_all(struct insn_writer *iw, struct upset_error *error)
{
	const struct upset_profile *profile = iw->w->profile;
	int result = 0;

	for (size_t i = 0; result == 0 && i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];
		int64_t id = iw->w->first_instruction + (int64_t)i;

		result = write_instruction(iw, id, insn, error);
		for (unsigned int n = 0; result == 0 && n < insn->insn.operand_count; n++)
			result = write_operand(iw, id, n, insn, error);
	}
	return result;
}

int upset_store_write_insns(struct upset_store_writer *w, struct upset_error *error)
{
	struct insn_writer iw = {.w = w};
	int result = upset_insert_init(&iw.instruction, w->store, "instruction", 14, error);

	if (result == 0)
		result = upset_insert_init(&iw.operand, w->store, "operand", 12, error);
	if (result == 0)
		result = upset_interner_init(&iw.function, w->store, "function", "name", error);
	if (result == 0)
		result = upset_interner_init(&iw.source, w->store, "source", "path", error);
	if (result == 0)
		result = write_all(&iw, error);
	upset_interner_fini(&iw.source);
	upset_interner_fini(&iw.function);
	upset_insert_fini(&iw.operand);
	upset_insert_fini(&iw.instruction);
	return result;
}
