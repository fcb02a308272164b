/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of report/html/ share: which tables go into the page, and how. */
#ifndef UPSET_REPORT_HTML_INTERNAL_H
#define UPSET_REPORT_HTML_INTERNAL_H

#include "report/internal.h"

/* A table of the page: columns of a view or table of the schema. */
struct upset_html_table {
	const char *name;	     /* in the page's data */
	const char *relation;	     /* the schema's */
	const char *order;	     /* SQL ORDER BY terms */
	enum upset_view_scope scope; /* of a run or of a campaign */
	const struct upset_column *columns;
	unsigned int column_count;
};

extern const struct upset_html_table upset_html_tables[];
extern const size_t upset_html_table_count;

/*
 * Write the rows of @table that belong to run or campaign @owner into @json, as an
 * object: {"rows": N, "columns": {NAME: COLUMN, ...}}.  A COLUMN is an array of N cells,
 * or, for texts that repeat, {"names": [TEXT, ...], "at": [INDEX or null, ...]}.
 */
int upset_html_write_table(struct upset_store *store, const struct upset_html_table *table,
	int64_t owner, FILE *json, struct upset_error *error);

#endif
