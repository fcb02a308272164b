/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A study: one SQLite file that holds golden runs and everything known about
 * them, and campaigns (store/campaign.h).  The only place that knows the schema
 * (store/schema*.sql, explained in doc/schema.md); writes profiles and experiments,
 * and reads rows for report/ and `upset diff`.
 */
#ifndef UPSET_STORE_STORE_H
#define UPSET_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "profile/profile.h"
#include "store/provenance.h"

enum {
	UPSET_STORE_VERSION = 5,	      /* user_version of the files that are written */
	UPSET_STORE_APPLICATION = 0x55505354, /* application_id: "UPST" */
};

struct upset_store;

/*
 * Open the study at @path for reading.  A study of an older schema version is
 * brought up to date first, for which it must be writable.  0 and *@store, to
 * be closed by the caller; -ENOENT, -EACCES, -EISDIR, -ENOTSUP (not a study, or
 * made by a newer upset), -EIO (damaged), -ENOMEM.
 */
int upset_store_open(struct upset_store **store, const char *path, struct upset_error *error);

/*
 * Open the study at @path for adding runs; made when there is no such file.
 * Proves that it can be written to.  Errors as above, and -EROFS, -ENOSPC.
 */
int upset_store_create(struct upset_store **store, const char *path, struct upset_error *error);

/* True when upset_store_create() made the file. */
bool upset_store_is_new(const struct upset_store *store);

/*
 * Close @store (NULL is fine), of which nothing is wanted: the file is removed if
 * upset_store_create() made it, and nobody has stored anything in it but run @run (0: none).
 */
void upset_store_discard(struct upset_store *store, int64_t run);

/* Close @store; NULL is fine. */
void upset_store_close(struct upset_store *store);

/* Function, file and line of an instruction; NULL and 0 where unknown. */
struct upset_store_symbol {
	const char *function, *file; /* owned by the lookup, valid until its next call */
	unsigned int line;
};

/* How add_run asks for the symbols of @address (in the file of @module). */
typedef void (*upset_store_lookup)(void *context, const struct upset_module *module,
	uint64_t address, struct upset_store_symbol *symbol);

/*
 * Add a finished @profile as a new run, in one transaction: on any failure the
 * study stays as it was.  @lookup may be NULL.  0 and the run's number in
 * *@run; -ENOSPC, -EIO, -EBUSY, -ENOMEM.
 */
int upset_store_add_run(struct upset_store *store, const struct upset_provenance *provenance,
	const struct upset_profile *profile, upset_store_lookup lookup, void *context, int64_t *run,
	struct upset_error *error);

/*
 * Resolve a run number: @wanted 0 means the latest.  0 and *@run, or -ENOENT
 * with a message that names the runs there are.
 */
int upset_store_find_run(
	struct upset_store *store, int64_t wanted, int64_t *run, struct upset_error *error);

/* --- reading --------------------------------------------------------------- */

/*
 * What to read.  @view and the columns are names from the schema (never user
 * input: they are pasted into SQL); @function is free text.
 */
struct upset_store_query {
	const char *view;
	const char *const *columns;
	size_t column_count;
	int64_t run;	       /* 0: rows of all runs */
	int64_t campaign;      /* 0: rows of all campaigns */
	const char *function;  /* only rows of this function; NULL: all */
	const char *condition; /* SQL condition or NULL */
	const char *order;     /* SQL ORDER BY terms or NULL */
	int64_t limit;	       /* rows; negative: no limit */
};

struct upset_store_cursor;

/* Start reading; *@cursor is to be closed.  -EIO, -ENOMEM. */
int upset_store_select(struct upset_store *store, const struct upset_store_query *query,
	struct upset_store_cursor **cursor, struct upset_error *error);
/* Go to the next row (also the first one).  1: there is one, 0: no more, -EIO. */
int upset_store_next(struct upset_store_cursor *cursor, struct upset_error *error);
void upset_store_cursor_close(struct upset_store_cursor *cursor);

/* Column @i of the current row. Pointers are valid until the next step. */
bool upset_store_is_null(struct upset_store_cursor *cursor, unsigned int i);
int64_t upset_store_integer(struct upset_store_cursor *cursor, unsigned int i);
double upset_store_real(struct upset_store_cursor *cursor, unsigned int i);
/* Bytes of a text or blob, *@size of them (may be NULL), also terminated; "" when NULL. */
const char *upset_store_text(struct upset_store_cursor *cursor, unsigned int i, size_t *size);

/* --- counts by bit ------------------------------------------------------------ */

enum { UPSET_ONES_BLOB_MAX = UPSET_COUNTED_BITS_MAX * 10 };

/*
 * The blob form of counts by bit: an unsigned LEB128 number per bit, bit 0
 * first; the zeros at the end are left out.  Returns its size in bytes
 * (<= @bits * 10, which @blob must have room for).
 */
size_t upset_ones_encode(const uint64_t *ones, unsigned int bits, uint8_t *blob);
/* The reverse, into ones[@bits].  0, or -EIO when @blob is no such blob. */
int upset_ones_decode(const uint8_t *blob, size_t size, unsigned int bits, uint64_t *ones);

/* --- names ------------------------------------------------------------------------ */

/* The name that Linux has for a signal ("SIGSEGV"), or NULL. */
const char *upset_signal_name(int64_t number);

#endif
