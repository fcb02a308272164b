/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of report/ share: a table being written, and formatting. */
#ifndef UPSET_REPORT_INTERNAL_H
#define UPSET_REPORT_INTERNAL_H

#include "report/format.h"
#include "report/report.h"

enum { UPSET_REPORT_MAX_COLUMNS = 40, UPSET_CELL_SIZE = 4096 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* The columns of a view, in its description. */
#define COLUMNS(array) .columns = (array), .column_count = COUNT_OF(array)

/* views_runs.c, views_campaigns.c */
extern const struct upset_view upset_run_views[], upset_campaign_views[];
extern const size_t upset_run_view_count, upset_campaign_view_count;

/* A query's rows with the types of their columns. */
struct upset_table {
	struct upset_store_cursor *cursor;
	const struct upset_column *columns[UPSET_REPORT_MAX_COLUMNS];
	unsigned int column_count;
	int bits_column; /* index of the UPSET_COLUMN_BITS column, -1: none */
};

/*
 * Counts by bit of cell @i of the current row: ones[UPSET_COUNTED_BITS_MAX]; their
 * number (the row's bits) in *@bits.  -EIO when the study is damaged.
 */
int upset_table_ones(struct upset_table *table, unsigned int i, uint64_t *ones, unsigned int *bits,
	struct upset_error *error);

/* Write cell @i of the current row, a number, as CSV and JSON have it. */
void upset_write_number_cell(const struct upset_table *table, unsigned int i, FILE *out);

int upset_write_csv(struct upset_table *table, FILE *out, struct upset_error *error);
/* Write cell @i of the current row as JSON.  0, or -EIO when the study is damaged. */
int upset_write_json_cell(
	struct upset_table *table, unsigned int i, FILE *out, struct upset_error *error);
int upset_write_json(struct upset_table *table, FILE *out, struct upset_error *error);

/*
 * Write @table for the terminal; @again is the same table, to be read a second
 * time, and @limit the most rows (0: all).
 */
int upset_write_terminal(struct upset_table *table, struct upset_table *again, int64_t limit,
	const struct upset_report_options *options, FILE *out, struct upset_error *error);
/* Write the only row of @table, a line per column. */
int upset_write_vertical(struct upset_table *table, const struct upset_report_options *options,
	FILE *out, struct upset_error *error);

/*
 * Flush @out.  @result when it is an error already, or when all was written; else
 * -EPIPE, -ENOSPC, ... with a message.
 */
int upset_report_finish(FILE *out, int result, struct upset_error *error);

/* --- comparing: the tables as data ---------------------------------------------- */

/* A column that is compared, or that (keys) says which rows belong together. */
struct upset_diff_column {
	const char *name;
	enum upset_column_type type;
	enum upset_detail needs; /* not compared when the runs' details differ and one is less */
};

struct upset_diff_table {
	const char *name; /* as said to the user */
	const char *relation;
	const char *condition;		  /* or NULL */
	const char *order;		  /* by the keys, text by its bytes */
	const char *const *labels;	  /* columns that name a row for eyes, NULL-terminated */
	struct upset_diff_column keys[5]; /* to the first without a name */
	struct upset_diff_column columns[16];
	bool optional; /* not compared when only one of the runs has rows */
	bool filtered; /* has columns module and function to choose by */
};

extern const struct upset_diff_table upset_diff_tables[];
extern const size_t upset_diff_table_count;

#endif
