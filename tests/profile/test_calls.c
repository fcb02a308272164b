/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of calls worked out by hand: what threads tell, and what the profile makes of it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "isa/riscv/riscv.h"
#include "isa/x86/x86.h"
#include "tests/profile/build.h"

enum {
	START = 0x1000,
	F = 0x2000,
	G = 0x3000,
	H = 0x4000,
	TOP = 0x9000, /* of the stack, before the first call */
};

struct tree {
	struct upset_calls *calls;
	struct upset_calls_position position;
	struct upset_calls_thread thread;
	struct upset_work work;
};

static void *new_calls(void)
{
	void *calls = mmap(NULL, sizeof(struct upset_calls), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_ptr_not_equal(calls, MAP_FAILED);
	return calls;
}

static int enter(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));

	t->calls = new_calls();
	upset_calls_begin(&t->thread, &upset_isa_x86_64, t->calls, &t->position);
	*state = t;
	return 0;
}

static int leave(void **state)
{
	struct tree *t = *state;

	upset_calls_fini(&t->thread);
	(void)munmap(t->calls, sizeof(*t->calls));
	free(t);
	return 0;
}

/* Of each instruction; the tree is to keep them apart. */
static const unsigned int accesses[UPSET_WORK_KINDS] = {1, 2, 3, 5, 7};

/* The thread has executed @instructions. */
static void set_clock(struct tree *t, uint64_t instructions)
{
	for (unsigned int k = 0; k < UPSET_WORK_KINDS; k++)
		t->work.of[k] = accesses[k] * instructions;
}

static void pass(struct tree *t, uint64_t n)
{
	set_clock(t, t->work.of[UPSET_WORK_INSTRUCTIONS] + n);
}

/* Each of the next executes @n instructions, of which the last is the one it is called for. */
static void tell(struct tree *t, struct upset_insn insn, uint64_t n, uint64_t sp, uint64_t target)
{
	pass(t, n);
	upset_calls_insn(&t->thread, &insn, &t->work, sp, target);
}

/* @sp: with the return address. */
static void call(struct tree *t, uint64_t n, uint64_t site, uint64_t sp, uint64_t target)
{
	tell(t, build_insn(site, 5, 0xe8, UPSET_CLASS_BRANCH | UPSET_CLASS_CALL), n, sp, target);
}

/* @sp: where the return address lay. */
static void ret(struct tree *t, uint64_t n, uint64_t sp)
{
	tell(t, build_insn(0x10, 1, 0xc3, UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN), n, sp + 8, 0);
}

static void jump(struct tree *t, uint64_t n, uint64_t at, uint64_t sp, uint64_t target)
{
	tell(t, build_insn(at, 2, 0xff, UPSET_CLASS_BRANCH), n, sp, target);
}

/* An indirect jump through a fixed address. */
static void jump_by_table(struct tree *t, uint64_t n, uint64_t at, uint64_t sp, uint64_t target)
{
	struct upset_insn insn = build_insn(at, 6, 0xff, UPSET_CLASS_BRANCH);

	insn.memory_count = 1;
	insn.memory[0].absolute = true;
	tell(t, insn, n, sp, target);
}

/* Where calls leave the return address in a register: to @target, with the stack at @sp. */
static void ret_to(struct tree *t, uint64_t n, uint64_t sp, uint64_t target)
{
	tell(t, build_insn(0x10, 2, 0x82, UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN), n, sp, target);
}

static void end(struct tree *t, uint64_t n)
{
	pass(t, n);
	upset_calls_end(t->calls, &t->position, &t->work);
}

/* Nodes in the order in which they were met. */
static void expect_node(const struct tree *t, uint32_t number, uint32_t parent, uint64_t entry,
	uint64_t calls, uint64_t instructions)
{
	const struct upset_call_node *node = &t->calls->nodes[number];

	assert_true(number <= atomic_load(&t->calls->count));
	assert_int_equal(node->parent, parent);
	assert_int_equal(node->entry, entry);
	assert_int_equal(atomic_load(&node->calls), calls);
	for (unsigned int k = 0; k < UPSET_WORK_KINDS; k++)
		assert_int_equal(atomic_load(&node->work[k]), accesses[k] * instructions);
}

static void expect_count(const struct tree *t, unsigned int count)
{
	assert_int_equal(atomic_load(&t->calls->count), count);
}

static void test_calls(void **state)
{
	struct tree *t = *state;

	for (int i = 0; i < 2; i++) {
		call(t, 3, START, TOP - 8, F);
		call(t, 2, F + 4, TOP - 24, G);
		ret(t, 7, TOP - 24);
		ret(t, 1, TOP - 8);
	}
	call(t, 1, START + 5, TOP - 8, G);
	end(t, 4);
	expect_node(t, 0, 0, 0, 1, 7);
	expect_node(t, 1, 0, F, 2, 6);
	expect_node(t, 2, 1, G, 2, 14);
	expect_node(t, 3, 0, G, 1, 4);
	expect_count(t, 3);
}

/* F calls itself three times, G from within, and goes on. */
static void test_recursion(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	for (unsigned int i = 2; i <= 4; i++)
		call(t, 2, F + 4, TOP - 8 * i, F);
	call(t, 1, F + 9, TOP - 40, G);
	call(t, 1, G + 1, TOP - 48, F);
	ret(t, 1, TOP - 48);
	ret(t, 5, TOP - 40);
	for (unsigned int i = 4; i >= 1; i--)
		ret(t, 3, TOP - 8 * i);
	end(t, 9);
	expect_node(t, 0, 0, 0, 1, 10);
	expect_node(t, 1, 0, F, 1, 3 * 2 + 1 + 1 + 4 * 3);
	expect_node(t, 2, 1, F, 3, 0);
	expect_node(t, 3, 1, G, 1, 6);
	expect_node(t, 4, 3, F, 1, 0);
	expect_count(t, 4);
}

/* Out of three calls by one jump; a jump on the way that leaves nothing. */
static void test_far_jump(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 16, F);
	call(t, 1, F, TOP - 32, G);
	call(t, 1, G, TOP - 48, H);
	jump(t, 2, H + 2, TOP - 64, H + 8);
	jump(t, 2, H + 9, TOP - 8, START + 9);
	call(t, 5, START + 5, TOP - 16, G);
	ret(t, 1, TOP - 16);
	end(t, 1);
	expect_node(t, 0, 0, 0, 1, 7);
	expect_node(t, 1, 0, F, 1, 1);
	expect_node(t, 2, 1, G, 1, 1);
	expect_node(t, 3, 2, H, 1, 4);
	expect_node(t, 4, 0, G, 1, 1);
}

/* A return that goes elsewhere is one all the same; one from nowhere is a jump. */
static void test_odd_returns(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	ret(t, 2, TOP - 32);
	call(t, 2, F + 5, TOP - 16, G);
	ret(t, 4, TOP - 16);
	ret(t, 8, TOP - 8);
	ret(t, 16, TOP);
	end(t, 32);
	expect_node(t, 0, 0, 0, 1, 1 + 16 + 32);
	expect_node(t, 1, 0, F, 1, 2 + 2 + 8);
	expect_node(t, 2, 1, G, 1, 4);
}

/* On another stack, below, and back by a return. */
static void test_other_stack(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	jump(t, 1, F + 1, TOP - 4096, F + 9); /* to a lower stack */
	call(t, 1, F + 9, TOP - 4104, G);
	ret(t, 1, TOP - 8); /* of F */
	end(t, 1);
	expect_node(t, 0, 0, 0, 1, 2);
	expect_node(t, 1, 0, F, 1, 2);
	expect_node(t, 2, 1, G, 1, 1);
}

/* Handlers: below what they interrupt, left by rt_sigreturn and not by their own return. */
static void test_signals(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	pass(t, 2);
	upset_calls_signal(&t->thread, &t->work, H, TOP - 32);
	call(t, 3, H + 1, TOP - 1000, G);
	ret(t, 1, TOP - 1000);
	ret(t, 1, TOP - 992);
	pass(t, 2); /* the restorer */
	upset_calls_sigreturn(&t->thread, &t->work);
	ret(t, 10, TOP - 8);
	end(t, 1);
	expect_node(t, 0, 0, 0, 1, 2);
	expect_node(t, 1, 0, F, 1, 12);
	expect_node(t, 2, 1, H, 1, 6);
	expect_node(t, 3, 2, G, 1, 1);
	assert_int_equal(t->thread.depth, 0);
}

/* A handler that is left by longjmp, on the same stack and on one that lies higher. */
static void test_signals_left(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	upset_calls_signal(&t->thread, &t->work, H, TOP - 32);
	jump(t, 2, H + 1, TOP - 500, H + 5);
	jump(t, 2, H + 6, TOP - 32, F + 8);
	ret(t, 4, TOP - 8);
	expect_node(t, 1, 0, F, 1, 4);
	expect_node(t, 2, 1, H, 1, 4);
	call(t, 1, START, TOP - 8, F);
	upset_calls_signal(&t->thread, &t->work, H, TOP - 32);
	jump(t, 2, H + 1, TOP + 500, H + 5);
	jump(t, 2, H + 6, TOP - 32, F + 8);
	ret(t, 4, TOP - 8);
	end(t, 0);
	expect_node(t, 1, 0, F, 2, 4);
	expect_node(t, 2, 1, H, 2, 4 + 8);
	assert_int_equal(t->thread.depth, 0);
}

/* One handler interrupts the other before its first instruction; another executes nothing. */
static void test_signals_at_once(void **state)
{
	struct tree *t = *state;

	set_clock(t, 5);
	upset_calls_signal(&t->thread, &t->work, F, TOP);
	upset_calls_signal(&t->thread, &t->work, G, TOP - 600);
	set_clock(t, 8);
	upset_calls_sigreturn(&t->thread, &t->work);
	set_clock(t, 12);
	upset_calls_sigreturn(&t->thread, &t->work);
	set_clock(t, 20);
	upset_calls_signal(&t->thread, &t->work, H, TOP);
	end(t, 0);
	expect_node(t, 0, 0, 0, 1, 5 + 8);
	expect_node(t, 1, 0, F, 1, 4);
	expect_node(t, 2, 1, G, 1, 3);
	expect_count(t, 2);
}

/* A program that ends in a handler, which the thread has told nothing of since. */
static void test_signal_last(void **state)
{
	struct tree *t = *state;

	set_clock(t, 5);
	upset_calls_signal(&t->thread, &t->work, H, TOP);
	end(t, 3);
	expect_node(t, 0, 0, 0, 1, 5);
	expect_node(t, 1, 0, H, 1, 3);
}

static void test_stubs(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F); /* bound */
	jump_by_table(t, 1, F, TOP - 8, G);
	ret(t, 4, TOP - 8);
	call(t, 1, START + 5, TOP - 8, F + 16); /* with endbr64 */
	jump_by_table(t, 2, F + 20, TOP - 8, G);
	jump_by_table(t, 2, G + 6, TOP - 8, H); /* a tail call */
	ret(t, 4, TOP - 8);
	end(t, 0);
	expect_node(t, 0, 0, 0, 1, 2);
	expect_node(t, 1, 0, F, 0, 0);
	expect_node(t, 2, 0, G, 1, 5);
	expect_node(t, 3, 0, F + 16, 0, 0);
	expect_node(t, 4, 0, G, 1, 8);
	expect_count(t, 4);
}

/* G saves registers for F, and returns with another stack pointer than it was called with. */
static void test_linked(void **state)
{
	struct tree *t = *state;

	t->thread.isa = &upset_isa_riscv64;
	call(t, 3, START, TOP, F);
	call(t, 2, F + 4, TOP, G);
	ret_to(t, 4, TOP - 32, F + 9);
	ret_to(t, 5, TOP, START + 5);
	end(t, 1);
	expect_count(t, 2);
	expect_node(t, 1, 0, F, 1, 7);
	expect_node(t, 2, 1, G, 1, 4);
}

/* A stub that jumps where t3 says. */
static void test_linked_stub(void **state)
{
	struct tree *t = *state;
	struct upset_insn insn = build_insn(F + 8, 4, 0x67, UPSET_CLASS_BRANCH);

	t->thread.isa = &upset_isa_riscv64;
	build_row(&insn, UPSET_READ, RISCV_T3, 64, 0);
	call(t, 3, START, TOP, F);
	tell(t, insn, 3, TOP, G);
	ret_to(t, 4, TOP, START + 5);
	end(t, 1);
	expect_count(t, 2);
	expect_node(t, 1, 0, F, 0, 0);
	expect_node(t, 2, 0, G, 1, 7);
}

static void test_late_stub(void **state)
{
	struct tree *t = *state;

	call(t, 1, START, TOP - 8, F);
	jump_by_table(t, 1, F, TOP - 8, F + 6);
	jump_by_table(t, 4, F - 10, TOP - 24, H); /* two words pushed: to the resolver */
	call(t, 3, H + 4, TOP - 40, H + 64);
	ret(t, 5, TOP - 40);
	jump(t, 2, H + 16, TOP - 8, G);
	ret(t, 7, TOP - 8);
	end(t, 0);
	expect_node(t, 0, 0, 0, 1, 1);
	expect_node(t, 1, 0, F, 0, 0);
	expect_node(t, 2, 0, F + 6, 0, 1 + 4 + 3 + 2);
	expect_node(t, 3, 2, H + 64, 1, 5);
	expect_node(t, 4, 0, G, 1, 7);
}

/* Two threads on one tree. */
static void test_threads(void **state)
{
	struct tree *t = *state, other = {.calls = t->calls};

	upset_calls_share(t->calls);
	upset_calls_begin(&other.thread, &upset_isa_x86_64, other.calls, &other.position);
	call(t, 1, START, TOP - 8, F);
	call(&other, 2, START, TOP + 992, F);
	ret(t, 3, TOP - 8);
	ret(&other, 4, TOP + 992);
	end(t, 5);
	end(&other, 6);
	upset_calls_fini(&other.thread);
	expect_node(t, 0, 0, 0, 2, 14);
	expect_node(t, 1, 0, F, 2, 7);
}

/* More entries than there is room for: the last ones stay with their caller. */
static void test_limit(void **state)
{
	struct tree *t = *state;

	for (uint64_t i = 0; i < UPSET_CALLS_NODES + 10; i++) {
		call(t, 1, START, TOP - 8, F + i);
		ret(t, 2, TOP - 8);
	}
	end(t, 0);
	expect_count(t, UPSET_CALLS_NODES);
	assert_int_equal(atomic_load(&t->calls->lost), 10);
	expect_node(t, 0, 0, 0, 1, UPSET_CALLS_NODES + 10 + 20);
	expect_node(t, UPSET_CALLS_NODES, 0, F + UPSET_CALLS_NODES - 1, 1, 2);
	assert_int_equal(t->thread.depth, 0);
}

/* Deeper than frames are kept: what is beyond stays where it is, and returns still match. */
static void test_depth(void **state)
{
	struct tree *t = *state;
	const uint64_t base = 1ULL << 32;
	const uint64_t deep = UPSET_CALLS_FRAMES + 5;

	for (uint64_t i = 1; i <= deep; i++)
		call(t, 1, i == 1 ? START : F, base - 8 * i, F);
	assert_int_equal(atomic_load(&t->calls->lost), 5);
	for (uint64_t i = deep; i >= 1; i--)
		ret(t, 1, base - 8 * i);
	end(t, 7);
	expect_node(t, 0, 0, 0, 1, 8);
	expect_node(t, 1, 0, F, 1, 2 * deep - 1);
	expect_node(t, 2, 1, F, UPSET_CALLS_FRAMES - 1, 0);
	expect_count(t, 2);
}

/* --- in the profile ----------------------------------------------------------------------------
 */

static void expect_path(const struct upset_profile *profile, size_t i, uint32_t parent,
	uint64_t site, uint64_t entry, uint64_t calls, uint64_t instructions, uint64_t inclusive)
{
	const struct upset_call_path *path = &profile->call_paths[i];

	assert_true(i < profile->call_path_count);
	assert_int_equal(path->parent, parent);
	if (site == 0)
		assert_int_equal(path->site.insn, UPSET_NONE);
	else
		assert_int_equal(profile->insns[path->site.insn]->address, site);
	if (entry == 0)
		assert_int_equal(path->entry.insn, UPSET_NONE);
	else
		assert_int_equal(profile->insns[path->entry.insn]->address, entry);
	assert_int_equal(path->calls, calls);
	for (unsigned int k = 0; k < UPSET_WORK_KINDS; k++) {
		assert_int_equal(path->own.of[k], accesses[k] * instructions);
		assert_int_equal(path->inclusive.of[k], accesses[k] * inclusive);
	}
}

/* Met in another order than they stand; a stub and a handler that was not reached are dropped. */
static void test_profile(void **state)
{
	static const uint64_t plain[] = {F, G, H};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	uint32_t mapping = build_mapping(profile, 0x1000, 0x8000, "[anon]");
	struct upset_insn insn;
	struct tree *t = *state;

	call(t, 1, START + 5, TOP - 8, H);
	ret(t, 2, TOP - 8);
	call(t, 1, START, TOP - 8, F + 64);
	jump_by_table(t, 1, F + 64, TOP - 8, F);
	call(t, 1, F + 4, TOP - 16, G);
	ret(t, 4, TOP - 16);
	ret(t, 8, TOP - 8);
	call(t, 1, START + 5, TOP - 8, 0x7000); /* nothing is there */
	upset_calls_signal(&t->thread, &t->work, G + 9, TOP - 16);
	end(t, 0);
	/* Enough instructions at those addresses: 19 in all, of which 4 are calls. */
	insn = build_insn(START, 5, 0xe8, UPSET_CLASS_BRANCH | UPSET_CLASS_CALL);
	build_executed(profile, &insn, mapping, 1);
	insn.address = START + 5;
	build_executed(profile, &insn, mapping, 2);
	insn.address = F + 4;
	build_executed(profile, &insn, mapping, 1);
	for (size_t i = 0; i < 3; i++) {
		insn = build_insn(plain[i], 1, 0x90, 0);
		build_executed(profile, &insn, mapping, i == 0 ? 13 : 1);
	}
	assert_int_equal(upset_profile_take_calls(profile, t->calls), 0);
	profile->run.seen.end = UPSET_END_SIGNALED; /* the instructions have no rows */
	build_finish(profile);
	assert_int_equal(profile->call_path_count, 5);
	expect_path(profile, 0, UPSET_NONE, 0, 0, 1, 3, 19);
	expect_path(profile, 1, 0, START, F, 1, 10, 14);
	expect_path(profile, 2, 1, F + 4, G, 1, 4, 4);
	expect_path(profile, 3, 0, START + 5, H, 1, 2, 2);
	expect_path(profile, 4, 0, START + 5, 0, 1, 0, 0);
	upset_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_calls, enter, leave),
		cmocka_unit_test_setup_teardown(test_recursion, enter, leave),
		cmocka_unit_test_setup_teardown(test_far_jump, enter, leave),
		cmocka_unit_test_setup_teardown(test_odd_returns, enter, leave),
		cmocka_unit_test_setup_teardown(test_other_stack, enter, leave),
		cmocka_unit_test_setup_teardown(test_signals, enter, leave),
		cmocka_unit_test_setup_teardown(test_signals_left, enter, leave),
		cmocka_unit_test_setup_teardown(test_signals_at_once, enter, leave),
		cmocka_unit_test_setup_teardown(test_signal_last, enter, leave),
		cmocka_unit_test_setup_teardown(test_stubs, enter, leave),
		cmocka_unit_test_setup_teardown(test_late_stub, enter, leave),
		cmocka_unit_test_setup_teardown(test_linked, enter, leave),
		cmocka_unit_test_setup_teardown(test_linked_stub, enter, leave),
		cmocka_unit_test_setup_teardown(test_threads, enter, leave),
		cmocka_unit_test_setup_teardown(test_limit, enter, leave),
		cmocka_unit_test_setup_teardown(test_depth, enter, leave),
		cmocka_unit_test_setup_teardown(test_profile, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
