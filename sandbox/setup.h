/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sets a sandbox up, and the files that its programs see.  Inside sandbox/
 * only.
 */
#ifndef UPSET_SANDBOX_SETUP_H
#define UPSET_SANDBOX_SETUP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "sandbox/changes.h"
#include "sandbox/sandbox.h"

enum { SANDBOX_LAYERS = 2 };

/* Who says what went wrong, as it goes through the pipe. */
struct sandbox_report {
	enum { FROM_HELPER, FROM_KEEPER } from;
	pid_t keeper; /* from the helper */
	int code;     /* 0: nothing */
	char what[84];
};

struct sandbox_setup {
	const struct upset_limits *limits;
	struct sandbox_report report;
	bool new_user;
	char folder[PATH_MAX];	   /* the working folder */
	char layers[PATH_MAX / 4]; /* where the file system for copies is mounted */
	struct sandbox_layer covered[SANDBOX_LAYERS];
	unsigned int copies;
	char tops[SANDBOX_LAYERS][PATH_MAX]; /* files to be seen on top of what is covered, and */
	int under_fds[SANDBOX_LAYERS];	     /* that as it is; see shown.h.  "", -1: none */
};

/* Note that @what failed with errno; -1. */
int sandbox_failed(struct sandbox_setup *s, const char *what);

/* Write @text to the file @path, which is there; -1 with errno. */
int sandbox_write_file(const char *path, const char *text);

/*
 * Give the mount namespace of the caller its files: everything read-only but
 * copies of the working folder and of /tmp, few devices, a /proc of its own.  -1:
 * @s says why not.
 */
int sandbox_set_up_files(struct sandbox_setup *s);

#endif
