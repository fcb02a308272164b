/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each invariant holds of a sound profile and fails, with its numbers, when broken. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/x86/x86.h"
#include "tests/profile/build.h"

enum { ROW_READ, ROW_WRITE, ROW_MEMORY };

/*
 * 0x1000 xor eax, [...]: executed 3 times, with rows rax read, rax write and memory
 * read; 0x1002 ret: executed twice, in a second block.
 */
static struct upset_profile *sound_profile(void)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_insn insn = build_insn(0x1000, 2, 0x33, 0);
	struct upset_insn last = build_insn(0x1002, 1, 0xc3, UPSET_CLASS_BRANCH);
	uint32_t mapping = build_mapping(profile, 0x1000, 0x2000, "[anon]");
	struct upset_profile_insn *record;
	const uint32_t value = 5;

	insn.bytes[1] = 0x00;
	build_row(&insn, UPSET_READ, X86_RAX, 32, 0);
	build_row(&insn, UPSET_WRITE, X86_RAX, 32, 0);
	build_row(&insn, UPSET_READ, UPSET_MEMORY, 32, 0);
	record = build_executed(profile, &insn, mapping, 3);
	for (unsigned int row = 0; row < 3; row++) {
		for (int i = 0; i < 3; i++)
			upset_profile_add_sample(profile, record, row, &value);
	}
	upset_profile_add_range(record, ROW_MEMORY, 0x8000, 0x8003);
	build_executed(profile, &last, mapping, 2);
	build_finish(profile);
	return profile;
}

static struct upset_profile_insn *first(struct upset_profile *profile)
{
	return profile->insns[0];
}

static void break_nothing(struct upset_profile *profile)
{
	(void)profile;
}

static void lose_a_sample(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_READ].samples = 2;
}

static void invent_a_sample(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_WRITE].samples = 4;
}

static void lose_samples_knowingly(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_WRITE].samples = 1;
	first(profile)->tallies[ROW_WRITE].ones = NULL;
	profile->run.lost = 2;
	profile->registers[X86_RAX].writes = 1;
	memset(profile->registers[X86_RAX].write_ones, 0,
		sizeof(profile->registers[X86_RAX].write_ones));
}

static void have_more_conditional_samples(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_MEMORY].samples = 1000;
	first(profile)->insn.operands[ROW_MEMORY].conditional = true;
}

static void have_too_many_ones(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_READ].ones[31] = 4;
}

static void have_no_range(struct upset_profile *profile)
{
	first(profile)->tallies[ROW_MEMORY].address_min = UINT64_MAX;
	first(profile)->tallies[ROW_MEMORY].address_max = 0;
}

static void be_taken_too_often(struct upset_profile *profile)
{
	first(profile)->taken = 4;
}

static void have_indices_in_disorder(struct upset_profile *profile)
{
	first(profile)->first_index = 2;
	first(profile)->last_index = 1;
}

static void have_an_index_behind_the_end(struct upset_profile *profile)
{
	first(profile)->last_index = 5;
}

static void be_executed_more_than_the_block(struct upset_profile *profile)
{
	profile->blocks[1].executions = 3;
}

static void miss_a_block(struct upset_profile *profile)
{
	profile->block_count--;
}

static void have_a_block_too_long(struct upset_profile *profile)
{
	profile->blocks[1].instruction_count = 2;
}

static void have_another_thread_total(struct upset_profile *profile)
{
	profile->threads[0].instructions = 6;
	profile->instructions = 6;
}

static void have_another_total(struct upset_profile *profile)
{
	profile->instructions = 6;
}

static void have_another_thread_total_knowingly(struct upset_profile *profile)
{
	have_another_thread_total(profile);
	profile->run.lost = 1;
}

static void read_a_register_more(struct upset_profile *profile)
{
	profile->registers[X86_RAX].reads = 4;
}

static void have_register_ones(struct upset_profile *profile)
{
	profile->registers[X86_YMM0 + 1].write_ones[200] = 1;
}

static void live_too_long(struct upset_profile *profile)
{
	profile->live[X86_RSP][3] = 6;
}

/* A root that executed 3 instructions and called something twice, which executed 2. */
static void have_calls(struct upset_profile *profile)
{
	struct upset_call_path *paths = calloc(2, sizeof(*paths));

	paths[0] = (struct upset_call_path){.parent = UPSET_NONE,
		.calls = 1,
		.own = {{3, 3, 2, 1, 0}},
		.inclusive = {{5, 3, 3, 3, 0}}};
	paths[1] = (struct upset_call_path){.site = {.address = 1},
		.calls = 2,
		.own = {{2, 0, 1, 2, 0}},
		.inclusive = {{2, 0, 1, 2, 0}}};
	profile->call_paths = paths;
	profile->call_path_count = 2;
	profile->calls = 2;
}

static void lose_an_instruction_in_calls(struct upset_profile *profile)
{
	have_calls(profile);
	profile->call_paths[1].own.of[UPSET_WORK_INSTRUCTIONS] = 1;
}

static void lose_a_write_in_calls(struct upset_profile *profile)
{
	have_calls(profile);
	profile->call_paths[0].own.of[UPSET_WORK_REGISTER_WRITES] = 1;
}

static void lose_a_write_by_a_kill(struct upset_profile *profile)
{
	lose_a_write_in_calls(profile);
	profile->run.seen.end = UPSET_END_SIGNALED;
}

static void invent_a_store_in_calls(struct upset_profile *profile)
{
	have_calls(profile);
	profile->call_paths[1].own.of[UPSET_WORK_STORES] = 1;
}

static void lose_a_call(struct upset_profile *profile)
{
	have_calls(profile);
	profile->calls = 3;
}

static void lose_a_call_knowingly(struct upset_profile *profile)
{
	lose_a_call(profile);
	profile->calls_lost = 1;
}

static void lose_a_call_by_a_kill(struct upset_profile *profile)
{
	lose_a_call(profile);
	profile->run.seen.end = UPSET_END_SIGNALED;
}

static void invent_a_call(struct upset_profile *profile)
{
	have_calls(profile);
	profile->run.seen.end = UPSET_END_SIGNALED;
	profile->calls = 1;
}

static void stand_before_the_parent(struct upset_profile *profile)
{
	have_calls(profile);
	profile->call_paths[1].parent = 1;
}

static void include_too_little(struct upset_profile *profile)
{
	have_calls(profile);
	profile->call_paths[0].inclusive.of[UPSET_WORK_INSTRUCTIONS] = 2;
}

static const struct {
	void (*change)(struct upset_profile *profile);
	const char *message; /* NULL: still sound */
} cases[] = {
	{break_nothing, NULL},
	{lose_a_sample,
		"row 0 (read) of 0x1000 in [anon] (xor eax, [rax]) has 2 samples in 3 executions"},
	{invent_a_sample,
		"row 1 (write) of 0x1000 in [anon] (xor eax, [rax]) has 4 samples in 3 executions"},
	{lose_samples_knowingly, NULL},
	{have_more_conditional_samples, NULL},
	{have_too_many_ones, "bit 31 of row 0 (read) of 0x1000 in [anon] (xor eax, [rax]) was 1 in "
			     "4 of 3 samples"},
	{have_no_range,
		"row 2 (read) of 0x1000 in [anon] (xor eax, [rax]) has 3 samples of memory but the "
		"address range 0xffffffffffffffff to 0x0"},
	{be_taken_too_often, "0x1000 in [anon] (xor eax, [rax]) was taken 4 times in 3 executions"},
	{have_indices_in_disorder,
		"0x1000 in [anon] (xor eax, [rax]) has first index 2 and last index 1, "
		"the longest thread 5 instructions"},
	{have_an_index_behind_the_end,
		"0x1000 in [anon] (xor eax, [rax]) has first index 0 and last index 5, "
		"the longest thread 5 instructions"},
	{be_executed_more_than_the_block,
		"0x1002 in [anon] (ret) was executed 2 times, its block 3 times"},
	{miss_a_block, "0x1002 in [anon] (ret) lies in no block"},
	{have_a_block_too_long, "a block ends after the last instruction"},
	{have_another_thread_total,
		"the blocks hold 5 executed instructions, the threads retired 6"},
	{have_another_total, "the run has 6 instructions, its threads have 5"},
	{have_another_thread_total_knowingly, NULL},
	{read_a_register_more, "register rax has 4 reads and 3 writes, the rows naming it 3 and 3"},
	{have_register_ones, "bit 200 of register ymm1 was 1 in 0 reads and 1 writes, of the rows "
			     "naming it in 0 and 0"},
	{live_too_long, "part 3 of register rsp was live at 6 of 5 instructions"},
	{have_calls, NULL},
	{lose_an_instruction_in_calls, "the tree of calls holds 4 instructions, the run 5"},
	{lose_a_write_in_calls, "the tree of calls holds 2 writes of registers, the run 3"},
	{lose_a_write_by_a_kill, NULL},
	{invent_a_store_in_calls, "the tree of calls holds 1 stores, the run 0"},
	{lose_a_call, "the tree of calls holds 2 calls, the run 3"},
	{lose_a_call_knowingly, NULL},
	{lose_a_call_by_a_kill, NULL},
	{invent_a_call, "the tree of calls holds 2 calls, the run 1"},
	{stand_before_the_parent, "node 1 of the tree of calls stands before its parent"},
	{include_too_little, "node 0 of the tree of calls holds less than its own instructions"},
};

static void each_invariant_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_profile *profile = sound_profile();
		struct upset_error error = {0};

		cases[i].change(profile);
		assert_int_equal(upset_profile_check(profile, &error),
			cases[i].message != NULL ? -EPROTO : 0);
		assert_string_equal(
			error.message, cases[i].message != NULL ? cases[i].message : "");
		upset_profile_free(profile);
	}
}

/* Finish reports a broken count itself. */
static void finish_checks(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	struct upset_insn insn = build_insn(0x1000, 1, 0x90, 0);
	struct upset_error error = {0};

	(void)state;
	build_executed(profile, &insn, UINT32_MAX, 7);
	upset_profile_add_thread(profile, 0, 8);
	assert_int_equal(upset_profile_finish(profile, &error), -EPROTO);
	assert_string_equal(
		error.message, "the blocks hold 7 executed instructions, the threads retired 8");
	upset_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_invariant_is_checked),
		cmocka_unit_test(finish_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
