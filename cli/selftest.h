/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether engines inject what they are told to: faults of which it is known what they do. */
#ifndef UPSET_CLI_SELFTEST_H
#define UPSET_CLI_SELFTEST_H

#include <stddef.h>
#include <stdio.h>

#include "engine/engine.h"

/*
 * Inject a fault of each model into each kind of location, by both kinds of
 * triggers, with each of engines[@count] (at most 4), and write a table of what
 * became of them to @out, and below it what is wrong.  0: nothing is; 1: something
 * is; -EINTR when upset_stop was set; else errno of making the program.
 */
int upset_selftest(const struct upset_engine *const *engines, size_t count, FILE *out,
	struct upset_error *error);

#endif
