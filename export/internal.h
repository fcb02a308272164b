/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of export/ share: the job, and the functions of the formats. */
#ifndef UPSET_EXPORT_INTERNAL_H
#define UPSET_EXPORT_INTERNAL_H

#include <stdio.h>

#include "export/export.h"
#include "export/output.h"

struct upset_export_job {
	struct upset_store *store;
	const struct upset_export_options *options;
	struct upset_export_output *output;
	FILE *out; /* of formats that make a file; the job's owner closes it */
};

/* Tell the user, see upset_export_options. */
void upset_export_note(const struct upset_export_job *job, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* 0, or -EINTR with a message when the user wants it to end. */
int upset_export_check_stop(const struct upset_export_job *job, struct upset_error *error);

/*
 * Write @text on a line of its own or into one: control characters, a space at its start,
 * and characters in @reserved become \xHH; all other bytes stay.  "???" for no text.
 */
void upset_export_write_name(const char *text, const char *reserved, FILE *out);

/* The formats: what .write of the table does. */
int upset_export_callgrind(struct upset_export_job *job, struct upset_error *error);
int upset_export_folded(struct upset_export_job *job, struct upset_error *error);
int upset_export_csv(struct upset_export_job *job, struct upset_error *error);
int upset_export_json(struct upset_export_job *job, struct upset_error *error);
int upset_export_lcov(struct upset_export_job *job, struct upset_error *error);

#endif
