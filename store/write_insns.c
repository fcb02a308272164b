/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing instructions with their symbols, and operands: the bulk of a study. */
#include <string.h>

#include "store/internal.h"

/* Text -> id in `function` or `source`; the ids last used are remembered. */
struct interner {
	struct upset_store *store;
	sqlite3_stmt *insert, *find;
	char last[512];	 /* the text of last_id; most instructions repeat the one before */
	int64_t last_id; /* 0: none */
};

static int interner_init(struct interner *interner, struct upset_store *store, const char *insert,
	const char *find, struct upset_error *error)
{
	*interner = (struct interner){.store = store};
	if (sqlite3_prepare_v2(store->db, insert, -1, &interner->insert, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(store->db, find, -1, &interner->find, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot write to", error);
	return 0;
}

static void interner_fini(struct interner *interner)
{
	sqlite3_finalize(interner->insert);
	sqlite3_finalize(interner->find);
}

static int step_with_text(sqlite3_stmt *statement, const char *text)
{
	int result = upset_bind_text(statement, 1, text);

	return result == SQLITE_OK ? sqlite3_step(statement) : result;
}

static int intern(
	struct interner *interner, const char *text, int64_t *id, struct upset_error *error)
{
	size_t size = strlen(text) + 1;
	int result;

	if (interner->last_id != 0 && strcmp(interner->last, text) == 0) {
		*id = interner->last_id;
		return 0;
	}
	result = step_with_text(interner->find, text);
	*id = sqlite3_column_int64(interner->find, 0);
	(void)sqlite3_reset(interner->find);
	if (result == SQLITE_DONE) {
		result = step_with_text(interner->insert, text);
		(void)sqlite3_reset(interner->insert);
		*id = sqlite3_last_insert_rowid(interner->store->db);
	}
	if (result != SQLITE_DONE && result != SQLITE_ROW)
		return upset_store_failed(interner->store, "cannot write to", error);
	interner->last_id = 0;
	if (size <= sizeof(interner->last)) {
		memcpy(interner->last, text, size);
		interner->last_id = *id;
	}
	return 0;
}

struct insn_writer {
	struct upset_store_writer *w;
	struct upset_insert instruction, operand;
	struct interner function, source;
};

static int bind_interned(struct upset_insert *insert, struct interner *interner, const char *text,
	struct upset_error *error)
{
	int64_t id = 0;
	int result;

	if (text == NULL || text[0] == '\0') {
		upset_bind_null(insert);
		return 0;
	}
	result = intern(interner, text, &id, error);
	upset_bind_integer(insert, id);
	return result;
}

static int bind_symbols(
	struct insn_writer *iw, const struct upset_profile_insn *insn, struct upset_error *error)
{
	struct upset_store_symbol symbol = {0};
	int result;

	if (iw->w->lookup != NULL)
		iw->w->lookup(iw->w->context, &iw->w->profile->modules[insn->module], insn->address,
			&symbol);
	result = bind_interned(&iw->instruction, &iw->function, symbol.function, error);
	if (result == 0)
		result = bind_interned(&iw->instruction, &iw->source, symbol.file, error);
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
	upset_isa_format(&in_file, text, sizeof(text));
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
	upset_bind_integer(insert, row->resource);
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
		result = interner_init(&iw.function, w->store,
			"INSERT INTO function (name) VALUES (?)",
			"SELECT id FROM function WHERE name = ?", error);
	if (result == 0)
		result = interner_init(&iw.source, w->store, "INSERT INTO source (path) VALUES (?)",
			"SELECT id FROM source WHERE path = ?", error);
	if (result == 0)
		result = write_all(&iw, error);
	interner_fini(&iw.source);
	interner_fini(&iw.function);
	upset_insert_fini(&iw.operand);
	upset_insert_fini(&iw.instruction);
	return result;
}
