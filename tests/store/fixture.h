/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile made by hand, every field with a value of its own, and provenance
 * to go with it: what the tests of store/ and report/ write and read back.
 */
#ifndef UPSET_TESTS_STORE_FIXTURE_H
#define UPSET_TESTS_STORE_FIXTURE_H

#include <sqlite3.h>

#include "store/campaign.h"
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

/* Setup and teardown of a test in a fresh folder, whose state is the fixture for all details. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A fresh folder for the test's files, removed by fixture_leave(); the process moves there. */
void fixture_enter(void);
void fixture_leave(void);

/* Add the fixture to the study at @path, which must succeed; the run's number. */
int64_t fixture_store(struct fixture *f, const char *path);

/*
 * A campaign of 105 experiments, in order of their numbers: 60 masked, 7 sdc by
 * stdout and 3 by stderr, 20 due by signal and 5 by a hang, 5 detected, 4 not
 * injected (3 not reached, 1 impossible) and a tool error.  The first 80 are faults
 * of rax, the others of zf; bit is number % 2; the first 65 lie in function HOSTILE,
 * line 7, the others in main, line 8.  Experiment 5 has two faults; what was read
 * back in 6 is not what was written.
 */
enum { FIXTURE_EXPERIMENTS = 105, FIXTURE_POPULATION = 1000 };

/* The campaign with @identity, planned for 200 experiments, at 95 %. */
void fixture_campaign(struct upset_campaign_row *row, const char *identity);

struct fixture_experiment {
	struct upset_experiment_row row;
	struct upset_injection_row injections[2];
	char faults[88], fault[2][40];
	uint8_t values[3][8];
};
/* Fill @experiment, which must stay where it is. */
void fixture_experiment(struct fixture_experiment *experiment, uint64_t number);

/* Add @count experiments from @first on; what upset_store_add_experiments() returns. */
int fixture_add_experiments(struct upset_store *store, int64_t campaign, uint64_t first,
	size_t count, struct upset_error *error);

/* Add the campaign and all its experiments to the study at @path, which must succeed; its number.
 */
int64_t fixture_store_campaign(struct fixture *f, const char *path, const char *identity);

/* The first column of the first row of @sql as text, in the study at @path; "" for NULL. */
const char *fixture_value(const char *path, const char *sql);

/* Change the study at @path, which must succeed. */
void fixture_run_sql(const char *path, const char *sql);

/* What queries of s.upset must give. */
struct fixture_expected {
	const char *sql, *value;
};
void fixture_check(const struct fixture_expected *expected, size_t count);
#define FIXTURE_CHECK(expected) fixture_check(expected, sizeof(expected) / sizeof((expected)[0]))

/*
 * In a process of its own, where s.upset may grow by a few pages only: @add, which gets
 * @context, must fail with a message that names the study.
 */
void fixture_check_full(
	int (*add)(struct upset_store *store, void *context, struct upset_error *error),
	void *context);

#endif
