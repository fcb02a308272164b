/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engine gdb against counts of an AArch64 program worked out by hand.  Read beside guests/. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "isa/aarch64/aarch64.h"
#include "tests/engine/run.h"

/* Instructions of the guest by their places. */
enum { ADD = 2, SUBS, BNE, SCVTF, FADD, STR = 8, LDR, SVC = 15 };

static struct upset_profile *run(void)
{
	const struct guest_run guest = {.engine = &upset_engine_gdb,
		.isa = &upset_isa_aarch64,
		.name = "aarch64",
		.detail = UPSET_DETAIL_FULL,
		.out_fd = -1};

	return run_guest_with(&guest);
}

/* 2 + 3 * 3 + 3 + 2 + 3 + 3 instructions. */
static void counts_what_is_known(void **state)
{
	struct upset_profile *profile = run();
	const struct upset_profile_insn *add = profile->insns[ADD], *subs = profile->insns[SUBS];

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_EXITED);
	assert_int_equal(profile->run.seen.status, 12);
	assert_int_equal(profile->instructions, 22);
	assert_int_equal(add->last_index, 8);
	assert_row(add, UPSET_WRITE, AARCH64_X0 + 1, 3, "0:2 1:2 2:2"); /* 3 5 6 */
	assert_row(subs, UPSET_WRITE, AARCH64_Z, 3, "0:1");
	assert_row(subs, UPSET_WRITE, AARCH64_N, 3, "");
	assert_row(subs, UPSET_WRITE, AARCH64_C, 3, "0:3"); /* nothing is borrowed */
	assert_int_equal(profile->insns[BNE]->taken, 2);
	/* 4018000000000000, 4028000000000000 */
	assert_row(profile->insns[FADD], UPSET_READ, AARCH64_V0, 1, "51:1 52:1 62:1");
	assert_row(profile->insns[STR], UPSET_WRITE, UPSET_MEMORY, 1, "2:1 3:1");
	assert_row(profile->insns[LDR], UPSET_READ, UPSET_MEMORY, 1, "2:1 3:1");
	assert_int_equal(profile->insns[SVC]->last_index, 21);
	assert_int_equal(all_syscalls(profile), 1);
	upset_profile_free(profile);
}

/* With an argument the program would try for ever. */
static void refuses_exclusive_loads(void **state)
{
	char path[4096];
	char *const arguments[] = {path, path, NULL}, *const environment[] = {NULL};
	struct upset_profile *profile = upset_profile_new(&upset_isa_aarch64, UPSET_DETAIL_COUNTS);
	const struct upset_golden_request request = {.target = {.isa = &upset_isa_aarch64,
							     .program = path,
							     .arguments = arguments,
							     .environment = environment,
							     .in_fd = -1},
		.detail = UPSET_DETAIL_COUNTS,
		.out_fd = -1,
		.err_fd = -1};
	struct upset_error error = {0};

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/guest_aarch64", guest_folder);
	assert_non_null(profile);
	assert_int_equal(upset_engine_gdb.golden(&request, profile, &error), -EIO);
	assert_non_null(strstr(error.message, "'ldxr"));
	upset_profile_free(profile);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_is_known),
		cmocka_unit_test(refuses_exclusive_loads),
	};

	guest_folder = argc > 2 ? argv[1] : ".";
	if (argc < 3 || access(argv[2], X_OK) != 0) {
		(void)fprintf(stderr, "skipped: there is no QEMU for aarch64\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
