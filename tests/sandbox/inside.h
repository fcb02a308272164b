/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Acting inside a sandbox, for the tests of this folder. */
#ifndef UPSET_TESTS_SANDBOX_INSIDE_H
#define UPSET_TESTS_SANDBOX_INSIDE_H

#include <stdbool.h>

#include "base/hash.h"
#include "sandbox/sandbox.h"

enum { PROCESSES = 40, SKIPPED = 77 };

extern const struct upset_limits limits;

/* Of what the last one in a sandbox did to files. */
extern char files[UPSET_HASH_HEX_SIZE];
/* What limit ended it, or processes of it. */
extern enum upset_obstacle obstacle;

/* Go to a new folder; false where no sandbox is possible, which is said.  Leave it, with @result.
 */
bool inside_begin(void);
int inside_end(int result);

/* Run @act in a sandbox and return what it returns; -signal when it was killed. */
int inside(int (*act)(void));

bool exists(const char *path);

/* Make an empty file, or empty it.  0, -errno. */
int put(const char *path);

#endif
