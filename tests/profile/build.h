/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building small profiles by hand, for the tests of profile/. */
#ifndef UPSET_TESTS_PROFILE_BUILD_H
#define UPSET_TESTS_PROFILE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile/profile.h"

/* An instruction of @size bytes, the first of which is @byte, without rows. */
struct upset_insn build_insn(uint64_t address, uint8_t size, uint8_t byte, unsigned int classes);
/* Add a row to it; its number is returned. */
unsigned int build_row(struct upset_insn *insn, enum upset_access access, unsigned int resource,
	unsigned int bits, unsigned int bit_offset);
/* The mapping [@start, @end) of @path, executable. */
uint32_t build_mapping(
	struct upset_profile *profile, uint64_t start, uint64_t end, const char *path);
/* Execute @insn of @mapping @executions times, at indices 0 to @executions - 1. */
struct upset_profile_insn *build_executed(struct upset_profile *profile,
	const struct upset_insn *insn, uint32_t mapping, uint64_t executions);
/* Set thread 0 to what the instructions were executed in all, and finish; must succeed. */
void build_finish(struct upset_profile *profile);
/* A number below @limit (not 0), the same ones in every run (xorshift64*). */
unsigned int build_random(unsigned int limit);

#endif
