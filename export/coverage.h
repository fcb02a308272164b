/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often each source line and each function was executed.  Private to export/. */
#ifndef UPSET_EXPORT_COVERAGE_H
#define UPSET_EXPORT_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "export/names.h"

/*
 * A line.  While it is gathered there is one for every instruction (@owner: the function
 * it is in), later one for all.
 */
struct upset_coverage_line {
	size_t file; /* number of the name */
	int64_t line;
	size_t owner;
	uint64_t count;
};

struct upset_coverage_function {
	size_t file, name; /* numbers of names */
	int64_t line;
	uint64_t count;
};

struct upset_coverage {
	struct upset_names files, names; /* of files, and of functions */
	struct upset_coverage_line *lines;
	size_t line_count, line_room;
	struct upset_coverage_function *functions;
	size_t function_count, function_room;
};

/*
 * An instruction of @line in @file, executed @count times, or a place that never was
 * (@count 0); @owner is a number of the function.  0, -ENOMEM.
 */
int upset_coverage_add_line(struct upset_coverage *coverage, const char *file, int64_t line,
	size_t owner, uint64_t count, struct upset_error *error);

/* A function that begins in @line of @file and was entered @count times.  0, -ENOMEM. */
int upset_coverage_add_function(struct upset_coverage *coverage, const char *file, int64_t line,
	const char *name, uint64_t count, struct upset_error *error);

/*
 * Sort by file and line, a line and a function of a file once.  A line's count is that of
 * its most executed instruction; copies of it in several functions are added up, and so
 * are functions of one name in one file.
 */
void upset_coverage_finish(struct upset_coverage *coverage);

/* Free what was added. */
void upset_coverage_fini(struct upset_coverage *coverage);

#endif
