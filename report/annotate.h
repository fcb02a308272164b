/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function's source lines and instructions, each with what it executed and what faults
 * there came to.  Reads the store and source files; what it adds up is executions and
 * experiments, as the views of functions and of groups do.
 */
#ifndef UPSET_REPORT_ANNOTATE_H
#define UPSET_REPORT_ANNOTATE_H

#include "report/report.h"

enum upset_annotate_rows {
	UPSET_ANNOTATE_BOTH, /* lines, and under each its instructions; as data: instructions */
	UPSET_ANNOTATE_LINES,
	UPSET_ANNOTATE_INSTRUCTIONS,
};

struct upset_annotate_options {
	const char *function; /* NULL: with a campaign the one with most sdc, else the hottest */
	int64_t run;	      /* 0: the campaign's, else the latest */
	int64_t campaign;     /* 0: the latest, if it goes with the run */
	enum upset_annotate_rows rows;
	enum upset_format format;
	int64_t top;	    /* only so many lines or instructions; 0: all */
	unsigned int width; /* of the terminal in columns, at least 60 */
	bool colour;
	/* Told what the user should know of the result, a line each; may be NULL. */
	void (*note)(void *context, const char *message);
	void *context;
};

/*
 * Write the annotated function to @out, of every module that has one of that name.  0;
 * -EINVAL run and campaign are of different programs, -ENOENT no such run, campaign or
 * function, -EPIPE when the reader has gone, -EIO and others from the store or from
 * writing.
 */
int upset_annotate_write(struct upset_store *store, const struct upset_annotate_options *options,
	FILE *out, struct upset_error *error);

#endif
