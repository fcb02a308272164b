/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a tiny guest under an engine, and asking its profile. */
#ifndef UPSET_TESTS_ENGINE_RUN_H
#define UPSET_TESTS_ENGINE_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/engine.h"

/* Where the guests lie; to be set before the first run. */
extern const char *guest_folder;

/* Whether ptrace is permitted here; says so when it is not. */
bool can_trace(void);

struct guest_run {
	const struct upset_engine *engine; /* NULL: native, */
	const struct upset_isa *isa;	   /* and x86-64 */
	const char *name;		   /* of the guest */
	const char *argument;		   /* its only one, or NULL */
	enum upset_detail detail;
	int out_fd;
	void (*progress)(void *context, uint64_t instructions);
	struct upset_stop *stop; /* NULL: nobody stops it; also the progress function's context */
};

/* Run it and finish; fails the test when that is not possible. */
struct upset_profile *run_guest_with(const struct guest_run *run);
/* Under `native` at detail full, output going nowhere. */
struct upset_profile *run_guest(const char *name, const char *argument);

/* The only instruction with this text; fails the test when there is none or another.
 */
const struct upset_profile_insn *find_insn(const struct upset_profile *profile, const char *text);
/* How many instructions have this text. */
size_t count_insns(const struct upset_profile *profile, const char *text);
/* The row of @insn with this access and resource, the first one. */
const struct upset_tally *find_row(
	const struct upset_profile_insn *insn, enum upset_access access, unsigned int resource);

/* The row has @samples samples, the sum of which is @ones[0 .. 63] given as counts per bit. */
void assert_row(const struct upset_profile_insn *insn, enum upset_access access,
	unsigned int resource, uint64_t samples, const char *ones);

uint64_t syscalls_of(const struct upset_profile *profile, int64_t number);
uint64_t signals_of(const struct upset_profile *profile, int64_t number);

/* All system calls and all signals together, to see that there are no others. */
uint64_t all_syscalls(const struct upset_profile *profile);
uint64_t all_signals(const struct upset_profile *profile);

#endif
