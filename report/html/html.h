/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report: one HTML file that shows what studies hold.  Puts rows of the store's views
 * into the page that page/ is made to; computes nothing, and knows nothing of how the
 * page shows them.
 */
#ifndef UPSET_REPORT_HTML_HTML_H
#define UPSET_REPORT_HTML_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "store/store.h"

/* What the report shows of one study. */
struct upset_html_study {
	struct upset_store *store;
	const char *name; /* as `upset replay` finds it */
	int64_t run;	  /* 0: it has none */
	int64_t campaign; /* 0: it has none */
};

/* What there is of an outcome in one study, minus the same in the first one. */
struct upset_html_difference {
	size_t study; /* its index, from 1 */
	const char *outcome;
	bool extrapolated;	      /* faults of the populations; else shares, -1 .. 1 */
	double difference, low, high; /* and its interval */
};

struct upset_html_report {
	const char *version; /* of upset */
	const struct upset_html_study *studies;
	size_t study_count;
	const struct upset_html_difference *differences;
	size_t difference_count;
	double confidence; /* of the differences' intervals, 0.5 .. 1 */
};

/*
 * Write the report to @out and flush it; all texts stay the caller's.  0; -ENOMEM, -EIO
 * and others of the store, -ENOSPC, -EPIPE and others of writing.
 */
int upset_html_write(const struct upset_html_report *report, FILE *out, struct upset_error *error);

#endif
