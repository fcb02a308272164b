/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is derived from counts: order, blocks, registers, regions, totals, files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "isa/x86/x86.h"
#include "tests/profile/build.h"

/* --- order -------------------------------------------------------------------------- */

static void instructions_are_sorted_and_the_unexecuted_dropped(void **state)
{
	static const struct {
		uint64_t address;
		uint8_t size, byte;
		uint64_t executions;
	} given[] = {
		{0x1010, 2, 0x50, 1},
		{0x1000, 2, 0x51, 2},
		{0x1000, 1, 0x52, 3},
		{0x1000, 2, 0x41, 4},
		{0x1008, 1, 0x53, 0},
		{0x0fff, 9, 0x54, 5},
	};
	static const uint64_t executions[] = {5, 3, 4, 2, 1};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	uint32_t mapping = build_mapping(profile, 0, 0x10000, "[anon]");

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct upset_insn insn =
			build_insn(given[i].address, given[i].size, given[i].byte, 0);

		build_executed(profile, &insn, mapping, given[i].executions);
	}
	build_finish(profile);
	assert_int_equal(profile->insn_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(profile->insns[i]->executions, executions[i]);
	assert_int_equal(profile->instructions, 15);
	upset_profile_free(profile);
}

/* A REP that was begun and given up is not executed, but what it did is kept. */
static void an_abandoned_repetition_stays(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	struct upset_insn insn = build_insn(0x1000, 2, 0xf3, UPSET_CLASS_STRING | UPSET_CLASS_REP);
	struct upset_profile_insn *record;

	(void)state;
	build_row(&insn, UPSET_WRITE, UPSET_MEMORY, 8, 0);
	insn.operands[0].conditional = true;
	record = build_executed(profile, &insn, UINT32_MAX, 0);
	record->repeats = 3;
	upset_profile_add_samples(profile, record, 0, 3, NULL);
	build_finish(profile);
	assert_int_equal(profile->insn_count, 1);
	assert_int_equal(profile->insns[0]->first_index, 0);
	assert_int_equal(profile->block_count, 0);
	upset_profile_free(profile);
}

/* The same code in two mappings of one module is one instruction. */
static void equal_instructions_are_added_up(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	uint32_t first = build_mapping(profile, 0x1000, 0x2000, "[anon]");
	uint32_t second = build_mapping(profile, 0x1000, 0x3000, "[anon]");
	struct upset_insn insn = build_insn(0x1000, 4, 0x74, UPSET_CLASS_BRANCH);
	const uint8_t byte = 0x81;

	(void)state;
	build_row(&insn, UPSET_READ, UPSET_MEMORY, 8, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct upset_profile_insn *record =
			build_executed(profile, &insn, i == 0 ? second : first, 3 + i);

		record->taken = 1 + i;
		record->repeats = 10 + i;
		record->first_index = 4 - i;
		record->last_index = 5 + i;
		upset_profile_add_samples(profile, record, 0, 2 + i, NULL);
		upset_profile_add_sample(profile, record, 0, &byte);
		upset_profile_add_range(record, 0, 0x5000 + i, 0x5010 + i);
	}
	build_finish(profile);
	assert_int_equal(profile->insn_count, 1);
	assert_int_equal(profile->insns[0]->executions, 7);
	assert_int_equal(profile->insns[0]->taken, 3);
	assert_int_equal(profile->insns[0]->repeats, 21);
	assert_int_equal(profile->insns[0]->first_index, 3);
	assert_int_equal(profile->insns[0]->last_index, 6);
	assert_int_equal(profile->insns[0]->tallies[0].samples, 7);
	assert_int_equal(profile->insns[0]->tallies[0].ones[0], 2);
	assert_int_equal(profile->insns[0]->tallies[0].ones[1], 0);
	assert_int_equal(profile->insns[0]->tallies[0].ones[7], 2);
	assert_int_equal(profile->insns[0]->tallies[0].address_min, 0x5000);
	assert_int_equal(profile->insns[0]->tallies[0].address_max, 0x5011);
	upset_profile_free(profile);
}

/* Below detail full there are none of these, whatever an engine left there. */
static void lower_details_have_no_indices_ranges_and_pages(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_OPERANDS);
	struct upset_insn insn = build_insn(0x1000, 4, 0x8b, 0);
	struct upset_profile_insn *record;

	(void)state;
	build_row(&insn, UPSET_READ, UPSET_MEMORY, 8, 0);
	record = build_executed(profile, &insn, UINT32_MAX, 9);
	upset_profile_add_samples(profile, record, 0, 9, NULL);
	upset_profile_add_range(record, 0, 1, 2);
	upset_profile_add_page(profile, 1, 9, 0, 9, 0);
	build_finish(profile);
	assert_int_equal(profile->page_count, 0);
	assert_int_equal(profile->region_bytes_read[UPSET_REGION_MAPPING], 0);
	assert_int_equal(record->last_index, 0);
	assert_true(record->tallies[0].address_min > record->tallies[0].address_max);
	assert_true(isnan(profile->registers[X86_RAX].live_share));
	upset_profile_free(profile);
}

/* --- blocks --------------------------------------------------------------------------- */

static void blocks_are_cut_where_control_enters_or_leaves(void **state)
{
	static const struct {
		uint64_t address;
		uint8_t size;
		unsigned int classes;
		uint64_t target, executions;
	} given[] = {
		{0x1000, 1, 0, 0, 10}, /* block 0 */
		{0x1001, 3, 0, 0, 10}, /* 1: target of the branch at 0x1004 */
		{0x1004, 2, UPSET_CLASS_BRANCH | UPSET_CLASS_CONDITIONAL, 0x1001, 10},
		{0x1006, 1, 0, 0, 10}, /* 2: after a branch */
		{0x1007, 1, 0, 0, 10},
		{0x1008, 1, 0, 0, 9}, /* 3: other count */
		{0x1009, 2, UPSET_CLASS_SYSCALL, 0, 9},
		{0x100b, 1, UPSET_CLASS_TRAP, 0, 9}, /* 4: after a system call */
		{0x100c, 5, UPSET_CLASS_BRANCH | UPSET_CLASS_CALL, 0x9000, 9}, /* 5: after a trap */
		{0x1020, 2, 0, 0, 9},					       /* 6: after a gap */
		{0x1021, 1, 0, 0, 4}, /* 7: inside the one before */
		{0x1022, 1, UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN, 0, 4},
	};
	static const struct upset_block blocks[] = {
		{0, 1, 1, 10},
		{1, 2, 5, 10},
		{3, 2, 2, 10},
		{5, 2, 3, 9},
		{7, 1, 1, 9},
		{8, 1, 5, 9},
		{9, 1, 2, 9},
		{10, 2, 2, 4},
	};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct upset_insn insn =
			build_insn(given[i].address, given[i].size, 0x90, given[i].classes);

		insn.branch_target = given[i].target;
		build_executed(profile, &insn, UINT32_MAX, given[i].executions);
	}
	build_finish(profile);
	assert_int_equal(profile->block_count, 8);
	for (size_t i = 0; i < 8; i++)
		assert_memory_equal(&profile->blocks[i], &blocks[i], sizeof(blocks[i]));
	assert_int_equal(profile->block_executions, 10 + 10 + 10 + 9 + 9 + 9 + 9 + 4);
	assert_int_equal(profile->instructions, 5 * 10 + 5 * 9 + 2 * 4);
	assert_int_equal(profile->branches, 10 + 9 + 4);
	assert_int_equal(profile->calls, 9);
	upset_profile_free(profile);
}

/* Two contents of one address, executed equally often, are two blocks; both tile. */
static void rewritten_code_still_tiles(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	static const struct upset_block blocks[] = {{0, 1, 2, 5}, {1, 2, 4, 5}};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct upset_insn insn =
			build_insn(i == 2 ? 0x1002 : 0x1000, 2, (uint8_t)(0x31 + i), 0);

		build_executed(profile, &insn, UINT32_MAX, 5);
	}
	build_finish(profile);
	assert_int_equal(profile->block_count, 2);
	assert_memory_equal(profile->blocks, blocks, sizeof(blocks));
	assert_int_equal(profile->instructions, 15);
	upset_profile_free(profile);
}

/* --- registers -------------------------------------------------------------------------- */

static void registers_add_up_their_rows(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_insn insn = build_insn(0x1000, 2, 0x00, 0); /* add ah, al */
	struct upset_profile_insn *record;
	const uint8_t ah = 0x81, al = 0x03, sum = 0x84, one = 1;
	const struct upset_register_counts *rax = &profile->registers[X86_RAX];

	(void)state;
	build_row(&insn, UPSET_READ, X86_RAX, 8, 8);
	build_row(&insn, UPSET_WRITE, X86_RAX, 8, 8);
	build_row(&insn, UPSET_READ, X86_RAX, 8, 0);
	build_row(&insn, UPSET_WRITE, X86_SF, 1, 0);
	build_row(&insn, UPSET_READ, UPSET_MEMORY, 8, 0);
	record = build_executed(profile, &insn, UINT32_MAX, 1);
	upset_profile_add_sample(profile, record, 0, &ah);
	upset_profile_add_sample(profile, record, 1, &sum);
	upset_profile_add_sample(profile, record, 2, &al);
	upset_profile_add_sample(profile, record, 3, &one);
	upset_profile_add_sample(profile, record, 4, &al);
	upset_profile_add_range(record, 4, 0x100, 0x100);
	build_finish(profile);
	assert_int_equal(rax->reads, 2);
	assert_int_equal(rax->writes, 1);
	for (unsigned int bit = 0; bit < 64; bit++) {
		assert_int_equal(
			rax->read_ones[bit], bit == 0 || bit == 1 || bit == 8 || bit == 15);
		assert_int_equal(rax->write_ones[bit], bit == 10 || bit == 15);
	}
	assert_int_equal(profile->registers[X86_SF].writes, 1);
	assert_int_equal(profile->registers[X86_SF].write_ones[0], 1);
	assert_int_equal(profile->registers[UPSET_MEMORY].reads, 0);
	upset_profile_free(profile);
}

/* --- regions ---------------------------------------------------------------------------- */

static void add_region(
	struct upset_profile *profile, uint64_t start, uint64_t end, enum upset_region region)
{
	struct upset_mapping mapping = {
		.start = start, .end = end, .region = region, .path = (char *)"[anon]"};

	assert_true(upset_profile_add_mapping(profile, &mapping) != UINT32_MAX);
}

static void a_page_belongs_to_the_latest_mapping(void **state)
{
	static const enum upset_region regions[] = {
		UPSET_REGION_MAPPING,
		UPSET_REGION_DATA,
		UPSET_REGION_BSS,
		UPSET_REGION_HEAP,
		UPSET_REGION_STACK,
		UPSET_REGION_MAPPING,
	};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);

	(void)state;
	add_region(profile, 0x1000, 0x5000, UPSET_REGION_DATA);
	add_region(profile, 0x4000, 0x5000, UPSET_REGION_STACK);
	add_region(profile, 0x3000, 0x4000, UPSET_REGION_CODE);
	add_region(profile, 0x3000, 0x5000, UPSET_REGION_HEAP);
	add_region(profile, 0x2000, 0x3000, UPSET_REGION_BSS);
	add_region(profile, 0x4000, 0x5000, UPSET_REGION_STACK); /* seen again: the latest now */
	for (uint64_t page = 6; page-- > 0;)
		assert_int_equal(upset_profile_add_page(
					 profile, page * 0x1000, 1, 1, 1U << page, 100U << page),
			0);
	build_finish(profile);
	assert_int_equal(profile->page_count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(profile->pages[i].address, i * 0x1000);
		assert_int_equal(profile->pages[i].region, regions[i]);
	}
	assert_int_equal(profile->region_bytes_read[UPSET_REGION_MAPPING], 1 + 32);
	assert_int_equal(profile->region_bytes_written[UPSET_REGION_HEAP], 800);
	assert_int_equal(profile->region_bytes_read[UPSET_REGION_CODE], 0);
	upset_profile_free(profile);
}

/* --- the run ------------------------------------------------------------------------------ */

static void numbers_and_threads_are_sorted_and_added_up(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	struct upset_error error = {0};
	struct upset_insn insn = build_insn(0x1000, 1, 0x90, 0);

	(void)state;
	build_executed(profile, &insn, UINT32_MAX, 60);
	upset_profile_add_syscall(profile, 60, 1);
	upset_profile_add_syscall(profile, -1, 4);
	upset_profile_add_syscall(profile, 1, 2);
	upset_profile_add_syscall(profile, 60, 5);
	upset_profile_add_signal(profile, 11, 1);
	upset_profile_add_signal(profile, 5, 1);
	upset_profile_add_thread(profile, 2, 10);
	upset_profile_add_thread(profile, 0, 20);
	upset_profile_add_thread(profile, 2, 30);
	assert_int_equal(upset_profile_finish(profile, &error), 0);
	assert_int_equal(profile->syscall_count, 3);
	assert_int_equal(profile->syscalls[0].number, -1);
	assert_int_equal(profile->syscalls[2].number, 60);
	assert_int_equal(profile->syscalls[2].count, 6);
	assert_int_equal(profile->signals[0].number, 5);
	assert_int_equal(profile->thread_count, 2);
	assert_int_equal(profile->threads[1].number, 2);
	assert_int_equal(profile->threads[1].instructions, 40);
	assert_int_equal(profile->instructions, 60);
	upset_profile_free(profile);
}

static void written_files_are_hashed(void **state)
{
	char folder[] = "/tmp/upset-files-XXXXXX", written[64], gone[64], pipe_path[64];
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	char hex[UPSET_HASH_HEX_SIZE];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(written, sizeof(written), "%s/written", folder);
	(void)snprintf(gone, sizeof(gone), "%s/gone", folder);
	(void)snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", folder);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	file = fopen(written, "w");
	assert_non_null(file);
	assert_true(fputs("abc", file) >= 0);
	assert_int_equal(fclose(file), 0);
	upset_profile_add_file(profile, written);
	upset_profile_add_file(profile, pipe_path);
	upset_profile_add_file(profile, gone);
	upset_profile_add_file(profile, written);
	build_finish(profile);
	assert_int_equal(profile->run.file_count, 2);
	assert_string_equal(profile->run.files[0].path, gone);
	assert_false(profile->run.files[0].exists);
	assert_string_equal(profile->run.files[0].sha256, "");
	assert_true(profile->run.files[1].exists);
	assert_int_equal(profile->run.files[1].bytes, 3);
	assert_int_equal(upset_hash_file(written, hex, NULL), 0);
	assert_string_equal(profile->run.files[1].sha256, hex);
	upset_profile_free(profile);
	assert_int_equal(unlink(written), 0);
	assert_int_equal(unlink(pipe_path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void an_empty_profile_is_sound(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(upset_profile_finish(profile, &error), 0);
	assert_int_equal(profile->block_count, 0);
	assert_true(isnan(profile->registers[X86_RAX].live_share));
	upset_profile_free(profile);
	upset_profile_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_are_sorted_and_the_unexecuted_dropped),
		cmocka_unit_test(an_abandoned_repetition_stays),
		cmocka_unit_test(equal_instructions_are_added_up),
		cmocka_unit_test(lower_details_have_no_indices_ranges_and_pages),
		cmocka_unit_test(blocks_are_cut_where_control_enters_or_leaves),
		cmocka_unit_test(rewritten_code_still_tiles),
		cmocka_unit_test(registers_add_up_their_rows),
		cmocka_unit_test(a_page_belongs_to_the_latest_mapping),
		cmocka_unit_test(numbers_and_threads_are_sorted_and_added_up),
		cmocka_unit_test(written_files_are_hashed),
		cmocka_unit_test(an_empty_profile_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
