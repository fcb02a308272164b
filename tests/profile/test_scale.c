/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile as large as a big interpreter's, in little time and memory. */
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "isa/x86/x86.h"
#include "tests/profile/build.h"

/* Sanitizers are slow, and hold on to what was freed. */
#ifdef __SANITIZE_ADDRESS__
enum { INSNS = 50000, SAMPLES = 1000000 };
#else
enum { INSNS = 1000000, SAMPLES = 20000000 };
#endif
enum { ROWS = 8 };

static double seconds(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Peak memory of this process in bytes. */
static uint64_t peak(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return (uint64_t)usage.ru_maxrss * 1024;
}

/* A million instructions of 8 rows, made in no order, every row with a sample. */
static void a_million_instructions(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_insn insn = build_insn(0, 4, 0x90, 0);
	uint32_t mapping = build_mapping(profile, 0, UINT64_C(1) << 40, "[anon]");
	uint64_t value = 1, before = peak();
	double start = seconds();

	(void)state;
	build_row(&insn, UPSET_READ, X86_RAX, 64, 0);
	for (unsigned int row = 1; row < ROWS; row++)
		build_row(&insn, UPSET_WRITE, X86_CF + row - 1, 1, 0);
	for (uint64_t i = 0; i < INSNS; i++) {
		struct upset_profile_insn *record;

		insn.address = 0x10000 + 4 * (i * 7919 % INSNS);
		record = build_executed(profile, &insn, mapping, 1);
		upset_profile_add_samples(profile, record, 0, 1, NULL);
		for (unsigned int row = 1; row < ROWS; row++)
			upset_profile_add_sample(profile, record, row, &value);
		assert_int_equal(upset_profile_add_page(profile, i * 4096, 1, 0, 8, 0), 0);
	}
	build_finish(profile);
	assert_int_equal(profile->insn_count, INSNS);
	assert_int_equal(profile->block_count, 1);
	assert_int_equal(profile->registers[X86_OF].write_ones[0], INSNS);
	print_message("%.2f s, %llu bytes for each instruction\n", seconds() - start,
		(unsigned long long)((peak() - before) / INSNS));
	assert_true(seconds() - start < 30);
#ifndef __SANITIZE_ADDRESS__
	assert_true(peak() - before < UINT64_C(1000) * INSNS);
#endif
	upset_profile_free(profile);
}

/* As the native engine does it: one call for each value. */
static void samples_are_counted_fast(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_insn insn = build_insn(0x1000, 3, 0x90, 0);
	uint64_t value = UINT64_C(0x0123456789abcdef), sum = 0;
	struct upset_profile_insn *record;
	double start = seconds();

	(void)state;
	build_row(&insn, UPSET_READ, X86_RAX, 64, 0);
	record = upset_profile_get_insn(profile, &insn, 0);
	for (unsigned int i = 0; i < SAMPLES; i++) {
		value = value * UINT64_C(6364136223846793005) + 1442695040888963407;
		sum += value >> 63;
		upset_profile_add_sample(profile, record, 0, &value);
	}
	print_message("%.1f ns for each sample of 64 bits\n", (seconds() - start) * 1e9 / SAMPLES);
	assert_int_equal(record->tallies[0].samples, SAMPLES);
	assert_int_equal(record->tallies[0].ones[63], sum);
	assert_true(seconds() - start < 30);
	upset_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_instructions),
		cmocka_unit_test(samples_are_counted_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
