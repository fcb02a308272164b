/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Showing what a study holds: tables for the terminal, as CSV and as JSON, and
 * the difference between two runs.  Reads the store only; computes nothing.
 */
#ifndef UPSET_REPORT_REPORT_H
#define UPSET_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "store/store.h"

enum upset_column_type {
	UPSET_COLUMN_TEXT,
	UPSET_COLUMN_NAME, /* text that is whole on every terminal: options take it, or a sentence
			    */
	UPSET_COLUMN_FILE, /* a path; its last part on the terminal, whole */
	UPSET_COLUMN_TIMESTAMP, /* ISO 8601; to the minute on the terminal */
	UPSET_COLUMN_COUNT,	/* integer, grouped in thousands on the terminal */
	UPSET_COLUMN_NUMBER,	/* integer, as it is */
	UPSET_COLUMN_BITS,	/* the same, and the width of the row's counts by bit */
	UPSET_COLUMN_ADDRESS,	/* 64 bits, hexadecimal */
	UPSET_COLUMN_BYTES,	/* a size */
	UPSET_COLUMN_TIME_NS,
	UPSET_COLUMN_SHARE, /* 0 .. 1 */
	UPSET_COLUMN_RATE,  /* the same, to a hundredth of a percent on the terminal */
	UPSET_COLUMN_ONES,  /* counts by bit */
};

struct upset_column {
	const char *name; /* in the schema's view, in CSV and JSON */
	enum upset_column_type type;
	const char *heading; /* on the terminal; NULL: not shown there */
	bool terminal_only;  /* not in CSV and JSON */
};

enum upset_view_scope { UPSET_SCOPE_RUN, UPSET_SCOPE_CAMPAIGN, UPSET_SCOPE_STUDY };

struct upset_view {
	const char *name;
	const char *help;     /* one line */
	const char *relation; /* the schema's view */
	const struct upset_column *columns;
	size_t column_count;
	const char *order;		/* how rows are sorted when nothing is asked for */
	const char *terminal_order;	/* the same on the terminal, or NULL */
	const char *terminal_condition; /* rows left out on the terminal, or NULL */
	enum upset_view_scope scope;	/* whose rows: of one run, one campaign, or all */
	bool vertical;			/* on the terminal: a line per column */
};

/* View @i, from 0 on; NULL: there are no more. */
const struct upset_view *upset_view_at(size_t i);

/* The view called @name, or NULL. */
const struct upset_view *upset_view_find(const char *name);
/* Its column called @name, or NULL. */
const struct upset_column *upset_view_column(const struct upset_view *view, const char *name);
/* Whether a column's cells are numbers, which sort downwards and align right. */
bool upset_column_is_number(const struct upset_column *column);

enum upset_format { UPSET_FORMAT_TERMINAL, UPSET_FORMAT_CSV, UPSET_FORMAT_JSON };

enum { UPSET_TOP_DEFAULT = -1 }; /* all rows; on the terminal the first 40 */

struct upset_report_options {
	const struct upset_view *view;
	enum upset_format format;
	int64_t run;	      /* 0: the latest */
	int64_t campaign;     /* 0: the latest */
	int64_t top;	      /* most rows to show, 0: all, or UPSET_TOP_DEFAULT */
	const char *sort;     /* column, with '-' before it for the other direction; or NULL */
	const char *function; /* rows of this function only; or NULL */
	unsigned int width;   /* of the terminal in columns, at least 40 */
	bool colour;
};

/*
 * Write the view to @out.  0; -EINVAL when options do not fit the view (unknown
 * sort column, no functions in it, a run for a campaign's view), -ENOENT no such run
 * or campaign, -EPIPE when the reader
 * has gone, -EIO and others from the store or from writing.
 */
int upset_report_write(struct upset_store *store, const struct upset_report_options *options,
	FILE *out, struct upset_error *error);

/* --- comparing ----------------------------------------------------------------- */

struct upset_diff_options {
	int64_t run_a, run_b;	      /* 0: the latest */
	const char *const *functions; /* only their instructions and operands; or none */
	size_t function_count;
	const char *const *modules; /* the same for modules: path or its last part */
	size_t module_count;
	const char *const *ignored; /* "COLUMN", "TABLE" or "TABLE.COLUMN" not compared */
	size_t ignored_count;
	unsigned int examples; /* differences to write out */
};

/*
 * Compare two runs and write what is equal and what is not to @out.  1: they
 * differ, 0: they are equal; -EINVAL for an unknown name in @ignored, else as above.
 */
int upset_report_diff(struct upset_store *a, struct upset_store *b,
	const struct upset_diff_options *options, FILE *out, struct upset_error *error);

#endif
