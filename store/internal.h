/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of store/ share: the connection, migrations, statements.
 * For store/ and its tests only.
 */
#ifndef UPSET_STORE_INTERNAL_H
#define UPSET_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/store.h"

struct upset_store {
	sqlite3 *db;
	char *path;
	bool is_new;	 /* there was no such file */
	bool has_stored; /* a transaction by this connection has ended well */
};

struct upset_store_cursor {
	struct upset_store *store;
	sqlite3_stmt *statement;
};

/* Step i brings a study from version i to version i + 1. */
extern const char *const upset_store_migrations[UPSET_STORE_VERSION];

/*
 * Bring @store from its version to @count with @steps, in one transaction.
 * 0; -ENOTSUP when it is newer than @count; -EROFS, -ENOSPC, -EIO.
 */
int upset_store_migrate(
	struct upset_store *store, const char *const *steps, int count, struct upset_error *error);

/* The first column of the first row of @sql.  0, -EIO, ... */
int upset_store_query_integer(
	struct upset_store *store, const char *sql, int64_t *value, struct upset_error *error);

/* The next unused id of @table. */
int upset_store_next_id(
	struct upset_store *store, const char *table, int64_t *id, struct upset_error *error);

/* Run SQL without results.  -errno with a message. */
int upset_store_exec(struct upset_store *store, const char *sql, struct upset_error *error);

/* Connect @store, which is not connected, to the file at its path, as SQLite's @flags say. */
int upset_store_connect(struct upset_store *store, int flags, struct upset_error *error);
/* Whether the file is an upset study, of any version.  0, -ENOTSUP. */
int upset_store_check_application(struct upset_store *store, struct upset_error *error);
/* Connect it so as to write, with a study of the present version, made when there is none. */
int upset_store_connect_for_writing(struct upset_store *store, struct upset_error *error);

/* Call @write in a transaction, which ends as the call does: all of it stays or nothing. */
int upset_store_transact(struct upset_store *store,
	int (*write)(void *context, struct upset_error *error), void *context,
	struct upset_error *error);

/* Whether the connection's last error is that a row with the same key is there. */
bool upset_store_is_duplicate(struct upset_store *store);

/*
 * Bind @text, which must last until the statement is stepped: as text when it is
 * UTF-8, else as a blob of the same bytes.  An SQLite result code.
 */
int upset_bind_text(sqlite3_stmt *statement, int column, const char *text);

/* Turn the connection's last SQLite error into -errno and a message about @what. */
int upset_store_failed(struct upset_store *store, const char *what, struct upset_error *error);

/*
 * A prepared INSERT whose values are bound left to right; what is bound must last
 * until the row is inserted.  Errors are kept in
 * the connection; the row's upset_insert_row() reports them.
 */
struct upset_insert {
	struct upset_store *store;
	sqlite3_stmt *statement;
	int next; /* column to bind, from 1 */
	bool failed;
	unsigned int blob_count; /* of blobs in use for this row */
	uint8_t blobs[2][UPSET_ONES_BLOB_MAX];
};

int upset_insert_init(struct upset_insert *insert, struct upset_store *store, const char *table,
	unsigned int column_count, struct upset_error *error);
void upset_insert_fini(struct upset_insert *insert);
void upset_bind_integer(struct upset_insert *insert, int64_t value);
void upset_bind_count(struct upset_insert *insert, uint64_t value);
void upset_bind_null(struct upset_insert *insert);
void upset_bind_real(struct upset_insert *insert, double value);
/* Text when it is UTF-8, else a blob of the same bytes; NULL when @text is NULL or "". */
void upset_bind_optional(struct upset_insert *insert, const char *text);
/* The same, but "" is kept as empty text. */
void upset_bind_string(struct upset_insert *insert, const char *text);
void upset_bind_blob(struct upset_insert *insert, const void *bytes, size_t size);
/* NULL when @ones is NULL. */
void upset_bind_ones(struct upset_insert *insert, const uint64_t *ones, unsigned int bits);
/* Insert the row that was bound.  0 or -errno with a message. */
int upset_insert_row(struct upset_insert *insert, struct upset_error *error);

/* Text -> id in a table of texts; the text used last is remembered. */
struct upset_interner {
	struct upset_store *store;
	sqlite3_stmt *insert, *find;
	char last[512];	 /* the text of last_id; most rows repeat the one before */
	int64_t last_id; /* 0: none */
};

/* For the texts in @column of @table.  0, or -errno with a message. */
int upset_interner_init(struct upset_interner *interner, struct upset_store *store,
	const char *table, const char *column, struct upset_error *error);
/* Also for one that is all zeros, or whose init failed. */
void upset_interner_fini(struct upset_interner *interner);
/* Bind the id of @text, added when it is new; NULL when @text is NULL or "". */
int upset_bind_interned(struct upset_insert *insert, struct upset_interner *interner,
	const char *text, struct upset_error *error);

/* Rows (@owner, position, value) of strings[], NULL-terminated, into @table. */
int upset_store_write_strings(struct upset_store *store, const char *table, int64_t owner,
	char *const *strings, struct upset_error *error);
/* Rows (@owner, position, path, bytes, hash) of the input files into @table. */
int upset_store_write_inputs(struct upset_store *store, const char *table, int64_t owner,
	const struct upset_provenance *provenance, struct upset_error *error);

/* The parts of add_run; all inside its transaction. */
struct upset_store_writer {
	struct upset_store *store;
	const struct upset_profile *profile;
	const struct upset_provenance *provenance;
	upset_store_lookup lookup;
	void *context;
	int64_t run;
	int64_t first_module;	   /* id of modules[0] */
	int64_t first_instruction; /* id of insns[0] */
};

/* The id in table `resource` of number @resource of the program's instruction set. */
static inline int64_t upset_store_resource(
	const struct upset_store_writer *writer, unsigned int resource)
{
	return (int64_t)writer->profile->isa->number * UPSET_RESOURCES_MAX + resource;
}

int upset_store_write_run(struct upset_store_writer *writer, struct upset_error *error);
int upset_store_write_insns(struct upset_store_writer *writer, struct upset_error *error);
int upset_store_write_counts(struct upset_store_writer *writer, struct upset_error *error);

#endif
