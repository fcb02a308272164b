/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planner of the engine qemu: what it decides for blocks written out here,
 * and that no block of random code makes it refer to what is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/qemu/plugin/plan.h"
#include "isa/x86/x86.h"
#include "profile/profile.h"

enum { INSNS = 24 };

struct block {
	struct upset_plan_insn insns[INSNS];
	struct upset_plan_access accesses[INSNS][2];
	unsigned int count;
};

/* Decode @code into @block; each memory row becomes one access, as QEMU's simple moves do. */
static void make_block(struct block *block, const uint8_t *code, size_t size)
{
	size_t at = 0;

	block->count = 0;
	while (at < size && block->count < INSNS) {
		struct upset_plan_insn *in = &block->insns[block->count];

		if (upset_isa_decode(&upset_isa_x86_64, &in->insn, 0, 0x1000 + at, code + at,
			    size - at) != 0)
			break;
		in->accesses = block->accesses[block->count];
		in->access_count = 0;
		for (unsigned int k = 0; k < in->insn.operand_count; k++) {
			const struct upset_operand *o = &in->insn.operands[k];

			if (o->resource == UPSET_MEMORY && in->access_count < 2 && o->bits <= 128)
				block->accesses[block->count][in->access_count++] =
					(struct upset_plan_access){
						(uint8_t)(o->bits / 8), o->access == UPSET_WRITE};
		}
		at += in->insn.size;
		block->count++;
	}
}

static unsigned int stored_lanes(const struct upset_plan *plan)
{
	return plan->column_count;
}

#define PLAN(plan, block, detail, ...)                                                             \
	do {                                                                                       \
		static const uint8_t code[] = {__VA_ARGS__};                                       \
		make_block(block, code, sizeof(code));                                             \
		assert_int_equal(upset_plan_make(plan, &upset_isa_x86_64, detail, (block)->insns,  \
					 (block)->count),                                          \
			0);                                                                        \
	} while (0)

/* add rax, rbx; mov rcx, rax; add rcx, 8: two values come in, the rest follows. */
static void sums_are_not_stored(void **state)
{
	struct upset_plan plan = {0};
	struct block block;

	(void)state;
	PLAN(&plan, &block, UPSET_DETAIL_OPERANDS, 0x48, 0x01, 0xd8, 0x48, 0x89, 0xc1, 0x48, 0x83,
		0xc1, 0x08);
	assert_int_equal(block.count, 3);
	assert_int_equal(stored_lanes(&plan), 2);
	assert_int_equal(plan.emit_count, 2);
	/* The copy shares the lane of the sum. */
	assert_int_equal(plan.rows[plan.insns[1].first_row].value.lane,
		plan.rows[plan.insns[1].first_row + 1U].value.lane);
	upset_plan_fini(&plan);
}

/* mov eax, 5; xor ecx, ecx; lea rdx, [rip + 1]: constants need no lane at all. */
static void constants_have_no_lane(void **state)
{
	struct upset_plan plan = {0};
	struct block block;

	(void)state;
	PLAN(&plan, &block, UPSET_DETAIL_OPERANDS, 0xb8, 5, 0, 0, 0, 0x31, 0xc9, 0x48, 0x8d, 0x15,
		1, 0, 0, 0);
	assert_int_equal(block.count, 3);
	assert_int_equal(plan.lane_count, 0);
	assert_int_equal(plan.rows[0].value.lane, UPSET_SHM_CONSTANT);
	assert_int_equal(plan.rows[0].value.constant, 5);
	assert_int_equal(plan.rows[plan.insns[2].first_row].value.constant, 0x1000 + 14 + 1);
	upset_plan_fini(&plan);
}

/* imul rax, rbx; setc cl: flags without a kernel are stored by a callback, once for all rows. */
static void unknown_flags_are_stored_once(void **state)
{
	struct upset_plan plan = {0};
	struct block block;
	unsigned int callbacks = 0;

	(void)state;
	PLAN(&plan, &block, UPSET_DETAIL_FULL, 0x48, 0x0f, 0xaf, 0xc3, 0x0f, 0x92, 0xc1);
	for (unsigned int i = 0; i < plan.emit_count; i++)
		callbacks += plan.emits[i].kind == UPSET_PLAN_FLAGS;
	assert_int_equal(callbacks, 1);
	assert_int_equal(plan.flags_count, 0);
	upset_plan_fini(&plan);
}

/* cmp eax, ebx; jz: one kernel, and both rows of zf name it. */
static void compare_has_a_kernel(void **state)
{
	struct upset_plan plan = {0};
	struct block block;

	(void)state;
	PLAN(&plan, &block, UPSET_DETAIL_FULL, 0x39, 0xd8, 0x74, 0x00);
	assert_int_equal(plan.flags_count, 1);
	assert_int_equal(plan.flags[0].kind, UPSET_FLAGS_SUB);
	assert_int_equal(plan.flags[0].bits, 32);
	assert_int_equal(plan.rows[plan.insns[1].first_row].kind, UPSET_ROW_FLAG);
	upset_plan_fini(&plan);
}

/* mov rax, [rbx]; mov [rbx], rcx; mov rbx, rax: live cells by hand. */
static void live_cells(void **state)
{
	struct upset_plan plan = {0};
	struct block block;

	(void)state;
	PLAN(&plan, &block, UPSET_DETAIL_FULL, 0x48, 0x8b, 0x03, 0x48, 0x89, 0x0b, 0x48, 0x89,
		0xc3);
	assert_int_equal(plan.live_count, 12); /* rax, rcx, rbx with four parts each */
	/* rax: written first by instruction 0, read by 2. */
	assert_int_equal(plan.live[0].cell, 0);
	assert_true(plan.live[0].counts_first);
	assert_int_equal(plan.live[0].first, 0);
	assert_int_equal(plan.live[0].last, 2);
	assert_int_equal(plan.live[0].points, 0);
	/* rbx: read by 0 and 1, then written by 2: dead for the one point between. */
	assert_int_equal(plan.live[8].cell, X86_RBX * 4);
	assert_false(plan.live[8].counts_first);
	assert_int_equal(plan.live[8].points, 1);
	upset_plan_fini(&plan);
}

static void check_value(
	const struct upset_plan *plan, const struct upset_shm_value *v, unsigned int bits)
{
	if (v->lane == UPSET_SHM_CONSTANT)
		return;
	assert_int_not_equal(v->lane, UPSET_SHM_UNKNOWN);
	assert_true(v->lane + (bits + v->shift - 1U) / 64 < plan->lane_count);
}

static void check_plan(const struct upset_plan *plan)
{
	for (unsigned int r = 0; r < plan->row_count; r++) {
		const struct upset_shm_row *row = &plan->rows[r];

		if (row->kind == UPSET_ROW_VALUE)
			check_value(plan, &row->value, row->bits);
		else if (row->kind == UPSET_ROW_FLAG)
			assert_true(row->value.lane < plan->flags_count);
		else if (row->kind == UPSET_ROW_SLOW)
			assert_true(row->value.lane < plan->slow_count);
	}
	for (unsigned int i = 0; i < plan->lane_count; i++) {
		const struct upset_shm_lane *lane = &plan->lanes[i];

		if (!lane->derived) {
			assert_true(lane->column < plan->column_count);
			continue;
		}
		/* Inputs come before what is derived from them: one pass computes all. */
		assert_true(lane->a.lane == UPSET_SHM_CONSTANT || lane->a.lane < i);
		assert_true(lane->b.lane == UPSET_SHM_CONSTANT || lane->b.lane < i);
		assert_true(lane->column < UPSET_SHM_DERIVED);
	}
	for (unsigned int i = 0; i < plan->emit_count; i++)
		assert_true(plan->emits[i].lane < plan->lane_count);
	for (unsigned int i = 0; i < plan->live_count; i++)
		assert_true(plan->live[i].first <= plan->live[i].last);
}

/* mov rax, [rbx] that QEMU makes of two halves: one value, of which both come in. */
static void halves_are_joined(void **state)
{
	static const uint8_t code[] = {0x48, 0x8b, 0x03};
	const struct upset_shm_lane *joined, *high;
	const struct upset_shm_row *read;
	struct upset_plan plan = {0};
	struct block block;

	(void)state;
	make_block(&block, code, sizeof(code));
	block.accesses[0][0] = block.accesses[0][1] = (struct upset_plan_access){4, false};
	block.insns[0].access_count = 2;
	assert_int_equal(upset_plan_make(&plan, &upset_isa_x86_64, UPSET_DETAIL_OPERANDS,
				 block.insns, block.count),
		0);
	assert_int_equal(plan.insns[0].slow, 0);
	assert_int_equal(stored_lanes(&plan), 3); /* rbx and the halves */
	read = &plan.rows[0];
	while (read->bytes == 0)
		read++;
	joined = &plan.lanes[read->value.lane];
	assert_int_equal(joined->kind, UPSET_DERIVE_OR);
	high = &plan.lanes[joined->b.lane];
	assert_int_equal(high->kind, UPSET_DERIVE_SHL);
	assert_int_equal(high->amount, 32);
	assert_int_equal(plan.lanes[joined->a.lane].derived, 0);
	assert_int_equal(plan.lanes[high->a.lane].derived, 0);
	upset_plan_fini(&plan);
}

static void random_code_is_planned(void **state)
{
	struct upset_plan plan = {0};
	struct block block;
	uint64_t seed = 1;
	uint8_t code[64];

	(void)state;
	for (unsigned int run = 0; run < 60000; run++) {
		for (size_t i = 0; i < sizeof(code); i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			code[i] = (uint8_t)(seed >> 56);
		}
		make_block(&block, code, sizeof(code));
		if (block.count == 0)
			continue;
		assert_int_equal(upset_plan_make(&plan, &upset_isa_x86_64, run % 3, block.insns,
					 block.count),
			0);
		check_plan(&plan);
	}
	upset_plan_fini(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_not_stored),
		cmocka_unit_test(constants_have_no_lane),
		cmocka_unit_test(unknown_flags_are_stored_once),
		cmocka_unit_test(compare_has_a_kernel),
		cmocka_unit_test(live_cells),
		cmocka_unit_test(halves_are_joined),
		cmocka_unit_test(random_code_is_planned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
