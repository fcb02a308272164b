/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written of a study, kept as text to be looked at. */
#ifndef UPSET_TESTS_CLI_SHOWN_H
#define UPSET_TESTS_CLI_SHOWN_H

#include <stdio.h>

#include "report/report.h"

/* What was written last, with a NUL at its end, and what went wrong then. */
extern char *output;
extern struct upset_error error;

/* Forget both, and begin anew: what is written into the file is `output` when it is closed. */
FILE *shown_open(void);

/* Write a view of s.upset into `output`; what else @options say stays. */
int shown_view(const char *view, enum upset_format format, struct upset_report_options options);

/* `output` must have this line. */
void expect_line(const char *line);

/* A test's teardown. */
int shown_leave(void **state);

#endif
