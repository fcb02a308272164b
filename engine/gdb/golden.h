/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A golden run over a connection that somebody has made: for the engine, its tests and fuzzer. */
#ifndef UPSET_ENGINE_GDB_GOLDEN_H
#define UPSET_ENGINE_GDB_GOLDEN_H

#include "engine/engine.h"

/*
 * Fill @profile from the program that stands at its beginning in the stub on @fd, which is
 * closed; @name is where it is, "at HOST:PORT".  As struct upset_engine's golden(), without the
 * program's output.
 */
int gdb_golden_on(const struct upset_golden_request *request, struct upset_profile *profile, int fd,
	const char *name, struct upset_error *error);

#endif
