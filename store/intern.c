/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text -> id, for tables that hold each text once. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

int upset_interner_init(struct upset_interner *interner, struct upset_store *store,
	const char *table, const char *column, struct upset_error *error)
{
	char insert[96], find[96];

	*interner = (struct upset_interner){.store = store};
	(void)snprintf(insert, sizeof(insert), "INSERT INTO %s (%s) VALUES (?)", table, column);
	(void)snprintf(find, sizeof(find), "SELECT id FROM %s WHERE %s = ?", table, column);
	if (sqlite3_prepare_v2(store->db, insert, -1, &interner->insert, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(store->db, find, -1, &interner->find, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot write to", error);
	return 0;
}

void upset_interner_fini(struct upset_interner *interner)
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
	struct upset_interner *interner, const char *text, int64_t *id, struct upset_error *error)
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

int upset_bind_interned(struct upset_insert *insert, struct upset_interner *interner,
	const char *text, struct upset_error *error)
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
