/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Studies in formats that other programs read.  Reads the store, and for lines that
 * were never executed the modules' line tables; knows nothing of engines and profiles.
 */
#ifndef UPSET_EXPORT_EXPORT_H
#define UPSET_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"

struct upset_export_job;

struct upset_export_format {
	const char *name;
	const char *help;  /* one line */
	bool folder;	   /* what is made is a folder, else a file */
	bool of_campaigns; /* has something of campaigns too */
	int (*write)(struct upset_export_job *job, struct upset_error *error);
};

/* The formats, @upset_export_format_count of them. */
extern const struct upset_export_format upset_export_formats[];
extern const size_t upset_export_format_count;

/* The format called @name, or NULL. */
const struct upset_export_format *upset_export_find(const char *name);

struct upset_export_options {
	const struct upset_export_format *format;
	const char *output; /* path of the file or folder to make */
	int64_t run;	    /* 0: the latest */
	int64_t campaign;   /* 0: the latest; of formats with campaigns only */
	/* Told what the user should know of the result, a line each; may be NULL. */
	void (*note)(void *context, const char *message);
	void *context;
	/* Asked now and then whether the user wants it to end; may be NULL. */
	bool (*stopped)(void);
};

/*
 * Write the study to options->output.  It is made under another name and given its own
 * when all of it is there: on failure nothing is left, and a file that was there stays as
 * it was.  A file is replaced; what is no regular file (a pipe, /dev/stdout) is written
 * to.  A folder must be new or empty.  0; -ENOENT no such run or campaign; -EEXIST,
 * -EISDIR the output cannot be replaced; -EINTR stopped; -ENOSPC and others of writing,
 * -EIO and others of the store; -ENOMEM.
 */
int upset_export_write(struct upset_store *store, const struct upset_export_options *options,
	struct upset_error *error);

#endif
