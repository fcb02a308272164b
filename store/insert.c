/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One prepared INSERT per table, bound left to right: how all rows are written. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/utf8.h"

int upset_insert_init(struct upset_insert *insert, struct upset_store *store, const char *table,
	unsigned int column_count, struct upset_error *error)
{
	char sql[256];
	int length = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table);

	insert->store = store;
	insert->statement = NULL;
	insert->next = 1;
	insert->blob_count = 0;
	insert->failed = false;
	for (unsigned int i = 1; i < column_count; i++)
		length += snprintf(sql + length, sizeof(sql) - (size_t)length, ",?");
	(void)snprintf(sql + length, sizeof(sql) - (size_t)length, ")");
	if (sqlite3_prepare_v2(store->db, sql, -1, &insert->statement, NULL) != SQLITE_OK)
		return upset_store_failed(store, "cannot write to", error);
	return 0;
}

void upset_insert_fini(struct upset_insert *insert)
{
	sqlite3_finalize(insert->statement);
	insert->statement = NULL;
}

static void note(struct upset_insert *insert, int result)
{
	insert->failed = insert->failed || result != SQLITE_OK;
	insert->next++;
}

void upset_bind_integer(struct upset_insert *insert, int64_t value)
{
	note(insert, sqlite3_bind_int64(insert->statement, insert->next, value));
}

void upset_bind_count(struct upset_insert *insert, uint64_t value)
{
	upset_bind_integer(insert, (int64_t)value);
}

void upset_bind_null(struct upset_insert *insert)
{
	note(insert, sqlite3_bind_null(insert->statement, insert->next));
}

void upset_bind_real(struct upset_insert *insert, double value)
{
	note(insert, sqlite3_bind_double(insert->statement, insert->next, value));
}

int upset_bind_text(sqlite3_stmt *statement, int column, const char *text)
{
	size_t size = strlen(text);

	if (upset_utf8_is_valid(text, size))
		return sqlite3_bind_text64(
			statement, column, text, size, SQLITE_STATIC, SQLITE_UTF8);
	return sqlite3_bind_blob64(statement, column, text, size, SQLITE_STATIC);
}

void upset_bind_string(struct upset_insert *insert, const char *text)
{
	note(insert, upset_bind_text(insert->statement, insert->next, text));
}

void upset_bind_optional(struct upset_insert *insert, const char *text)
{
	if (text == NULL || text[0] == '\0')
		upset_bind_null(insert);
	else
		upset_bind_string(insert, text);
}

void upset_bind_blob(struct upset_insert *insert, const void *bytes, size_t size)
{
	if (size == 0)
		note(insert, sqlite3_bind_zeroblob(insert->statement, insert->next, 0));
	else
		note(insert, sqlite3_bind_blob64(
				     insert->statement, insert->next, bytes, size, SQLITE_STATIC));
}

void upset_bind_ones(struct upset_insert *insert, const uint64_t *ones, unsigned int bits)
{
	uint8_t *blob = insert->blobs[insert->blob_count++];

	if (ones == NULL)
		upset_bind_null(insert);
	else
		upset_bind_blob(insert, blob, upset_ones_encode(ones, bits, blob));
}

int upset_insert_row(struct upset_insert *insert, struct upset_error *error)
{
	int result = insert->failed ? SQLITE_NOMEM : sqlite3_step(insert->statement);

	insert->next = 1;
	insert->blob_count = 0;
	insert->failed = false;
	if (result != SQLITE_DONE)
		return upset_store_failed(insert->store, "cannot write to", error);
	(void)sqlite3_reset(insert->statement);
	return 0;
}
