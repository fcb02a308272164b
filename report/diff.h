/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `upset diff` share: two runs, and the table in hand. */
#ifndef UPSET_REPORT_DIFF_H
#define UPSET_REPORT_DIFF_H

#include "report/internal.h"

enum { UPSET_DIFF_MAX_COLUMNS = 32 };

enum upset_diff_outcome { EQUAL, DIFFERENT, ONLY_A, ONLY_B, OUTCOMES };

struct upset_diff_side {
	struct upset_store *store;
	int64_t run;
	enum upset_detail detail;
	struct upset_store_cursor *cursor;
	bool has_row;
};

struct upset_diff {
	const struct upset_diff_options *options;
	struct upset_diff_side side[2];
	bool *function_seen, *module_seen;
	uint64_t counts[OUTCOMES]; /* of the table in hand */
	uint64_t differences;	   /* of all tables */
	FILE *out, *examples;
	struct upset_error *error;
};

/* A table with the columns that are selected: keys, compared, labels, module and function. */
struct upset_diff_plan {
	const struct upset_diff_table *table;
	const char *names[UPSET_DIFF_MAX_COLUMNS];
	size_t count;
	size_t key_count;
	const struct upset_diff_column *compared[16];
	size_t compared_count;
	size_t label_first, label_count;
	int module, function; /* positions, when the table is filtered */
};

/* Print @text without what could harm a terminal. */
void upset_diff_print_text(const char *text, size_t size, FILE *out);
/* Print the name of the row at @cursor. */
void upset_diff_print_label(
	const struct upset_diff_plan *plan, struct upset_store_cursor *cursor, FILE *out);
/* Print how the two rows differ in the plan's compared column @c.  0 or -EIO. */
int upset_diff_print_column(struct upset_diff *d, const struct upset_diff_plan *plan, size_t c);

#endif
