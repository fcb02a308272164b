/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile made by hand, every field with a value of its own, and provenance
 * to go with it: what the tests of store/ and report/ write and read back.
 */
#ifndef UPSET_TESTS_STORE_FIXTURE_H
#define UPSET_TESTS_STORE_FIXTURE_H

#include <sqlite3.h>

#include "store/store.h"

/* A name with everything that must not reach a terminal or break a table. */
#define HOSTILE                                                                                    \
	"ev\"il,\n\033[31mname\xff\xc2\x9b"                                                        \
	"end"

struct fixture {
	struct upset_profile profile;
	struct upset_provenance provenance;
	struct upset_module modules[2];
	struct upset_mapping mappings[2];
	struct upset_profile_insn insn[3], *insns[3];
	struct upset_tally tallies[3][UPSET_INSN_MAX_OPERANDS];
	uint64_t ones[3][UPSET_INSN_MAX_OPERANDS][UPSET_COUNTED_BITS_MAX];
	struct upset_block blocks[2];
	struct upset_page pages[2];
	struct upset_thread threads[2];
	struct upset_number_count syscalls[2], signals[1];
	struct upset_written_file files[2];
	struct upset_input_file inputs[2];
};

/*
 * Fill @f for a run with @detail: "add rax, rbx", "jz -2" and "mov rax, [rsp]",
 * the last in a module of its own.
 */
void fixture_init(struct fixture *f, enum upset_detail detail);

/* A lookup that knows a function for every address, HOSTILE for the module's second. */
void fixture_lookup(void *context, const struct upset_module *module, uint64_t address,
	struct upset_store_symbol *symbol);

/* A fresh folder for the test's files, removed by fixture_leave(); the process moves there. */
void fixture_enter(void);
void fixture_leave(void);

/* Add the fixture to the study at @path, which must succeed; the run's number. */
int64_t fixture_store(struct fixture *f, const char *path);

/* The first column of the first row of @sql as text, in the study at @path; "" for NULL. */
const char *fixture_value(const char *path, const char *sql);

#endif
