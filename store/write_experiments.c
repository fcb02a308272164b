/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing experiments and their injections, with what they repeat kept once. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "store/campaign.h"
#include "store/internal.h"

enum { VALUE_MAX = 64 };

/* A column whose texts are kept once, in another table. */
enum text { END, WAY, STATE, MODEL, LOCATION, MODULE, FUNCTION, FILE_PATH, TEXTS };

struct experiment_writer {
	struct upset_store *store;
	int64_t campaign;
	const struct upset_experiment_row *rows;
	size_t count;
	struct upset_insert experiment, injection;
	struct upset_interner texts[TEXTS];
	sqlite3_stmt *add_verdict, *find_verdict;
	uint8_t values[3][VALUE_MAX]; /* of the injection being written */
};

static int start(struct experiment_writer *w, struct upset_error *error)
{
	static const char add[] = "INSERT OR IGNORE INTO verdict (outcome, cause, fits) "
				  "VALUES (?, ?, ?)";
	static const char find[] =
		"SELECT id FROM verdict WHERE outcome = ? AND cause = ? AND fits = ?";
	sqlite3 *db = w->store->db;
	int result = upset_insert_init(&w->experiment, w->store, "experiment", 11, error);

	if (result == 0)
		result = upset_insert_init(&w->injection, w->store, "injection", 18, error);
	for (unsigned int i = 0; result == 0 && i < TEXTS; i++) {
		const char *table = i == FUNCTION    ? "function"
				    : i == FILE_PATH ? "source"
						     : "label";

		result = upset_interner_init(
			&w->texts[i], w->store, table, i == FILE_PATH ? "path" : "name", error);
	}
	if (result == 0 &&
		(sqlite3_prepare_v2(db, add, -1, &w->add_verdict, NULL) != SQLITE_OK ||
			sqlite3_prepare_v2(db, find, -1, &w->find_verdict, NULL) != SQLITE_OK))
		result = upset_store_failed(w->store, "cannot write to", error);
	return result;
}

static void finish(struct experiment_writer *w)
{
	upset_insert_fini(&w->experiment);
	upset_insert_fini(&w->injection);
	for (unsigned int i = 0; i < TEXTS; i++)
		upset_interner_fini(&w->texts[i]);
	sqlite3_finalize(w->add_verdict);
	sqlite3_finalize(w->find_verdict);
}

static int step_verdict(sqlite3_stmt *statement, const struct upset_experiment_row *row)
{
	(void)upset_bind_text(statement, 1, row->outcome);
	(void)upset_bind_text(statement, 2, row->cause != NULL ? row->cause : "");
	(void)upset_bind_text(statement, 3, row->letter != NULL ? row->letter : "");
	return sqlite3_step(statement);
}

static int bind_verdict(struct experiment_writer *w, const struct upset_experiment_row *row,
	struct upset_error *error)
{
	int result = step_verdict(w->find_verdict, row);

	if (result == SQLITE_DONE) {
		/* Before the other one, whose error it would hide. */
		(void)sqlite3_reset(w->find_verdict);
		result = step_verdict(w->add_verdict, row);
		(void)sqlite3_reset(w->add_verdict);
		if (result == SQLITE_DONE)
			result = step_verdict(w->find_verdict, row);
	}
	if (result != SQLITE_ROW)
		return upset_store_failed(w->store, "cannot write to", error);
	upset_bind_integer(&w->experiment, sqlite3_column_int64(w->find_verdict, 0));
	(void)sqlite3_reset(w->find_verdict);
	return 0;
}

static int bind_text(struct experiment_writer *w, struct upset_insert *insert, enum text column,
	const char *text, struct upset_error *error)
{
	return upset_bind_interned(insert, &w->texts[column], text, error);
}

/* @value, or NULL when it is not @known. */
static void bind_if(struct upset_insert *insert, bool known, uint64_t value)
{
	if (known)
		upset_bind_count(insert, value);
	else
		upset_bind_null(insert);
}

static int insert_experiment(
	struct experiment_writer *w, uint64_t number, struct upset_error *error)
{
	int result = upset_insert_row(&w->experiment, NULL);

	if (result == 0)
		return 0;
	if (!upset_store_is_duplicate(w->store))
		return upset_store_failed(w->store, "cannot write to", error);
	return upset_error_set(error, EEXIST,
		"%s holds experiment %" PRIu64 " of campaign %lld already: make only those that "
		"are missing",
		w->store->path, number, (long long)w->campaign);
}

static int write_experiment(struct experiment_writer *w, const struct upset_experiment_row *row,
	struct upset_error *error)
{
	struct upset_insert *insert = &w->experiment;
	int result;

	upset_bind_integer(insert, w->campaign);
	upset_bind_count(insert, row->number);
	upset_bind_string(insert, row->faults);
	result = bind_verdict(w, row, error);
	if (result == 0)
		result = bind_text(w, insert, END, row->end, error);
	bind_if(insert, row->end != NULL, (uint64_t)row->status);
	bind_if(insert, row->counted, row->insn);
	bind_if(insert, row->counted, row->instructions);
	bind_if(insert, row->counted, row->latency);
	upset_bind_count(insert, row->host_time_ns);
	if (result == 0)
		result = bind_text(w, insert, WAY, row->way, error);
	return result == 0 ? insert_experiment(w, row->number, error) : result;
}

static int bind_place(struct experiment_writer *w, const struct upset_injection_row *row,
	struct upset_error *error)
{
	struct upset_insert *insert = &w->injection;
	bool in_module = row->reached && row->module != NULL;
	int result;

	bind_if(insert, row->reached, row->address);
	result = bind_text(w, insert, MODULE, in_module ? row->module : NULL, error);
	bind_if(insert, in_module, row->module_address);
	if (result == 0)
		result = bind_text(w, insert, FUNCTION, row->reached ? row->function : NULL, error);
	if (result == 0)
		result = bind_text(w, insert, FILE_PATH, row->reached ? row->file : NULL, error);
	bind_if(insert, row->reached && row->line != 0, row->line);
	return result;
}

/* A value as it is written: the highest byte first. */
static void bind_value(
	struct upset_insert *insert, const uint8_t *value, size_t size, uint8_t *room)
{
	if (size == 0) {
		upset_bind_null(insert);
		return;
	}
	for (size_t i = 0; i < size; i++)
		room[i] = value[size - 1 - i];
	upset_bind_blob(insert, room, size);
}

static void bind_values(struct experiment_writer *w, const struct upset_injection_row *row)
{
	size_t size = row->value_bytes;
	bool as_written = size == 0 || memcmp(row->read_back, row->new_value, size) == 0;

	assert(size <= VALUE_MAX);
	bind_value(&w->injection, row->old_value, size, w->values[0]);
	bind_value(&w->injection, row->new_value, size, w->values[1]);
	bind_value(&w->injection, row->read_back, as_written ? 0 : size, w->values[2]);
}

static int write_injection(struct experiment_writer *w,
	const struct upset_experiment_row *experiment, size_t position, struct upset_error *error)
{
	const struct upset_injection_row *row = &experiment->injections[position];
	struct upset_insert *insert = &w->injection;
	int result;

	upset_bind_integer(insert, w->campaign);
	upset_bind_count(insert, experiment->number);
	upset_bind_count(insert, position);
	upset_bind_optional(
		insert, strcmp(row->fault, experiment->faults) != 0 ? row->fault : NULL);
	result = bind_text(w, insert, STATE, row->state, error);
	if (result == 0)
		result = bind_text(w, insert, MODEL, row->model, error);
	if (result == 0)
		result = bind_text(w, insert, LOCATION, row->location, error);
	bind_if(insert, row->bit >= 0, (uint64_t)row->bit);
	if (result == 0)
		result = bind_place(w, row, error);
	bind_values(w, row);
	upset_bind_optional(insert, row->reason);
	return result == 0 ? upset_insert_row(insert, error) : result;
}

static int write_all(void *context, struct upset_error *error)
{
	struct experiment_writer *w = context;
	int result = start(w, error);

	for (size_t i = 0; result == 0 && i < w->count; i++) {
		result = write_experiment(w, &w->rows[i], error);
		for (size_t n = 0; result == 0 && n < w->rows[i].injection_count; n++)
			result = write_injection(w, &w->rows[i], n, error);
	}
	finish(w);
	return result;
}

int upset_store_add_experiments(struct upset_store *store, int64_t campaign,
	const struct upset_experiment_row *rows, size_t count, struct upset_error *error)
{
	struct experiment_writer writer = {
		.store = store, .campaign = campaign, .rows = rows, .count = count};
	int result = upset_store_transact(store, write_all, &writer, error);

	/* Pages of the study that are not needed again must not add up. */
	(void)sqlite3_db_release_memory(store->db);
	return result;
}
