/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * Reading studies: the views of `upset show` row by row, and shares of outcomes. */
#ifndef UPSET_STUDY_H
#define UPSET_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upset/error.h"
#include "upset/outcome.h"

UPSET_BEGIN_DECLS

/** A study that is open for reading.  Opaque; for one thread at a time. */
struct upset_study;
/** Rows that are being read.  Opaque. */
struct upset_rows;

/**
 * Open the study at @p path.  One of an older version is brought up to date first, for which
 * it must be writable.
 * @param[out] study to be closed with upset_study_close(); NULL on failure
 * @param[in] path of the file
 * @param[out] error may be NULL
 * @return 0; -ENOENT, -EACCES, -EISDIR, -ENOTSUP (no study, or made by a newer upset), -EIO
 * (damaged), -ENOMEM
 */
UPSET_API int upset_study_open(
	struct upset_study **study, const char *path, struct upset_error *error);

/** Close @p study, of which no rows are open; NULL is fine. */
UPSET_API void upset_study_close(struct upset_study *study);

/** The run with number @p wanted, 0: the latest, into *@p run.  0; -ENOENT, -EIO. */
UPSET_API int upset_study_find_run(
	struct upset_study *study, int64_t wanted, int64_t *run, struct upset_error *error);

/** The campaign with number @p wanted, 0: the latest, into *@p campaign.  0; -ENOENT, -EIO. */
UPSET_API int upset_study_find_campaign(
	struct upset_study *study, int64_t wanted, int64_t *campaign, struct upset_error *error);

/* --- rows ------------------------------------------------------------------------------------- */

/** Name of view @p i, from 0; NULL: there are no more. */
UPSET_API const char *upset_view_name(size_t i);

/**
 * Start to read a view.
 * @param[in] study must stay open
 * @param[in] view its name, as of `upset show`: "registers", "experiments", ...; columns are
 * those of `upset show --csv`, which doc/schema.md explains
 * @param[in] number of the run or campaign that the view is of; 0: the latest
 * @param[out] rows to be closed with upset_rows_close(); NULL on failure
 * @param[out] error may be NULL
 * @return 0; -EINVAL: no such view; -ENOENT: no such run or campaign; -EIO, -ENOMEM
 */
UPSET_API int upset_study_read(struct upset_study *study, const char *view, int64_t number,
	struct upset_rows **rows, struct upset_error *error);

/** Go to the next row, also to the first.  1: there is one; 0: there are no more; -EIO. */
UPSET_API int upset_rows_next(struct upset_rows *rows, struct upset_error *error);

/** How many columns there are. */
UPSET_API unsigned int upset_rows_columns(const struct upset_rows *rows);
/** Name of column @p i; NULL: there is none. */
UPSET_API const char *upset_rows_name(const struct upset_rows *rows, unsigned int i);
/** The column called @p name; -1: there is none. */
UPSET_API int upset_rows_find(const struct upset_rows *rows, const char *name);

/** Whether column @p i of the current row has no value. */
UPSET_API bool upset_rows_is_null(struct upset_rows *rows, unsigned int i);
/** Its value as an integer; addresses are to be cast to uint64_t.  0 where it has none. */
UPSET_API int64_t upset_rows_integer(struct upset_rows *rows, unsigned int i);
/** Its value as a number; shares are 0 .. 1.  0 where it has none. */
UPSET_API double upset_rows_real(struct upset_rows *rows, unsigned int i);
/**
 * Its text, valid until the next step, *@p size bytes (may be NULL) and terminated; "" where
 * it has none.  It may hold anything, since names come from the program.
 */
UPSET_API const char *upset_rows_text(struct upset_rows *rows, unsigned int i, size_t *size);
/**
 * Counts by bit, of columns called ..._by_bit, bit 0 first.
 * @param[in] rows on a row
 * @param[in] i column
 * @param[out] counts [@p bits]
 * @param[in] bits of the row, at most 512: its column "bits"
 * @param[out] error may be NULL
 * @return 0; -EINVAL: column @p i has no counts by bit; -EIO: the study is damaged
 */
UPSET_API int upset_rows_counts(struct upset_rows *rows, unsigned int i, uint64_t *counts,
	unsigned int bits, struct upset_error *error);

/** End reading; NULL is fine. */
UPSET_API void upset_rows_close(struct upset_rows *rows);

/* --- shares ----------------------------------------------------------------------------------- */

/** How many experiments came to an outcome, and how sure their share is. */
struct upset_share {
	uint64_t count; /**< experiments */
	double share;	/**< of those with a result, 0 .. 1; 0 for what is no result */
	double low;	/**< the interval of Wilson around it, at the campaign's confidence; */
	double high;	/**< 0 and 1 while there are no results; 0 and 0 for what is no result */
};

/** What a campaign came to. */
struct upset_shares {
	int64_t campaign;    /**< its number */
	uint64_t planned;    /**< experiments */
	uint64_t made;	     /**< of them */
	uint64_t results;    /**< of these masked, detected, sdc or due */
	uint64_t population; /**< faults in the space that was sampled; 0: a list has none */
	double confidence;   /**< of the intervals */
	struct upset_share outcomes[UPSET_OUTCOMES]; /**< by outcome */
	/** Detection coverage: of the faults that the program noticed or that corrupted its result
	 * in silence, those that it noticed; count is theirs. */
	struct upset_share detection;
};

/** The shares of campaign @p wanted, 0: the latest.  0; -ENOENT, -EIO, -ENOMEM. */
UPSET_API int upset_study_shares(struct upset_study *study, int64_t wanted,
	struct upset_shares *shares, struct upset_error *error);

/** The interval of Wilson for @p hits of @p n at @p confidence (0.5 .. 1): [0, 1] when n is 0. */
UPSET_API void upset_share_interval(
	uint64_t hits, uint64_t n, double confidence, double *low, double *high);

UPSET_END_DECLS

#endif
