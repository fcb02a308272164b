/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file or a folder that gets its name when all of it has been written.  Knows
 * nothing of what is written.
 */
#ifndef UPSET_EXPORT_OUTPUT_H
#define UPSET_EXPORT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

struct upset_export_output {
	char *path; /* as it will be called */
	char *made; /* as it is called until then; NULL: it is written to as it is */
	bool folder;
};

/*
 * Begin what will be called @path; a folder is made at once, under another name.  0, and
 * upset_export_output_finish() must follow; else nothing is left: -EISDIR a folder where a file
 * is wanted, -EEXIST something where a folder is wanted, -EACCES, -ENOENT, -ENOSPC, ...,
 * -ENOMEM.
 */
int upset_export_output_open(struct upset_export_output *output, const char *path, bool folder,
	struct upset_error *error);

/*
 * Open the file for writing; @name is what it is called in the folder, NULL where the
 * output is a file.  0 and *@out, to be closed with upset_export_output_close_file(); -errno.
 */
int upset_export_output_file(struct upset_export_output *output, const char *name, FILE **out,
	struct upset_error *error);

/* Close @out.  @result when it is an error already, or when all was written; else -errno. */
int upset_export_output_close_file(
	struct upset_export_output *output, FILE *out, int result, struct upset_error *error);

/* Give the output its name when @result is 0, else remove it.  @result, or -errno. */
int upset_export_output_finish(
	struct upset_export_output *output, int result, struct upset_error *error);

#endif
