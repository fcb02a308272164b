/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder of RISC-V beyond its tables: what is no instruction, addresses,
 * branches and their targets, immediates, effects, and random bytes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/riscv/riscv.h"
#include "isa/state.h"
#include "tests/isa/rows.h"

static const struct upset_isa *const isa = &upset_isa_riscv64;

static void decode(struct upset_insn *insn, uint32_t word)
{
	uint8_t bytes[4] = {
		(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};

	assert_int_equal(upset_isa_decode(isa, insn, 0, 0x401000, bytes, sizeof(bytes)), 0);
}

static int result_of(uint32_t word)
{
	uint8_t bytes[4] = {
		(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
	struct upset_insn insn;

	return upset_isa_decode(isa, &insn, 0, 0x401000, bytes, sizeof(bytes));
}

static void test_resources(void **state)
{
	uint16_t bits;

	(void)state;
	assert_null(upset_isa_resource(isa, RISCV_X0));
	assert_string_equal(upset_isa_resource(isa, 1)->name, "ra");
	assert_string_equal(upset_isa_resource(isa, 31)->name, "t6");
	assert_string_equal(upset_isa_resource(isa, RISCV_F0 + 10)->name, "fa0");
	assert_int_equal(upset_isa_resource(isa, RISCV_FFLAGS)->bits, 5);
	assert_int_equal(upset_isa_resource(isa, RISCV_FRM)->bits, 3);
	assert_string_equal(upset_isa_resource(isa, UPSET_MEMORY)->name, "memory");
	assert_int_equal(upset_isa_find_resource(isa, "x10", 3, &bits), 10);
	assert_int_equal(upset_isa_find_resource(isa, "a0", 2, &bits), 10);
	assert_int_equal(upset_isa_find_resource(isa, "fp", 2, &bits), 8);
	assert_int_equal(upset_isa_find_resource(isa, "f31", 3, &bits), RISCV_F0 + 31);
	assert_int_equal(bits, 64);
	assert_int_equal(upset_isa_find_resource(isa, "zero", 4, &bits), UPSET_RESOURCE_NONE);
}

static void test_truncated(void **state)
{
	static const uint8_t ld[] = {0x03, 0xb5, 0x85, 0x00, 0xff}; /* ld a0,8(a1) */
	static const uint8_t move[] = {0x2e, 0x85};		    /* mv a0,a1 */
	struct upset_insn insn;

	(void)state;
	for (size_t size = 0; size < 4; size++)
		assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, ld, size), -ENODATA);
	assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, ld, 5), 0);
	assert_int_equal(insn.size, 4);
	assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, move, 1), -ENODATA);
	assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, move, 2), 0);
	assert_int_equal(insn.size, 2);
}

static void test_no_instruction(void **state)
{
	(void)state;
	assert_int_equal(result_of(0x0000001f), -EILSEQ); /* of 48 bits */
	assert_int_equal(result_of(0x0000007f), -EILSEQ); /* longer */
	assert_int_equal(result_of(0x00005573), 0);	  /* csrrwi */
	assert_int_equal(result_of(0x00004573), -EILSEQ); /* hypervisor load */
	assert_int_equal(result_of(0x02c5f553), 0);	  /* fadd.d, dynamic rounding */
	assert_int_equal(result_of(0x02c5d553), -EILSEQ); /* reserved rounding mode 5 */
	assert_int_equal(result_of(0x02c5e553), -EILSEQ); /* and 6 */
	assert_int_equal(result_of(0x0205f057), -EILSEQ); /* vector */
	assert_int_equal(result_of(0x4002), -EILSEQ);	  /* c.lwsp into x0 */
	assert_int_equal(result_of(0x8002), -EILSEQ);	  /* c.jr to x0 */
	assert_int_equal(result_of(0x6101), -EILSEQ);	  /* c.addi16sp of 0 */
	assert_int_equal(result_of(0x0004), -EILSEQ);	  /* c.addi4spn of 0 */
	assert_int_equal(result_of(0x9c7d), -EILSEQ);	  /* reserved beside c.not */
}

static void test_format_is_terminated(void **state)
{
	struct upset_insn insn;
	char text[8];

	(void)state;
	decode(&insn, 0x00c58533); /* add a0,a1,a2 */
	memset(text, 'x', sizeof(text));
	upset_isa_format(isa, &insn, text, sizeof(text));
	assert_string_equal(text, "add a0,");
	memset(text, 'x', sizeof(text));
	upset_isa_format(isa, &insn, text, 1);
	assert_int_equal(text[0], '\0');
	assert_int_equal(text[1], 'x');
}

static void test_addresses(void **state)
{
	struct upset_state registers;
	struct upset_insn insn;

	(void)state;
	upset_state_init(&registers, isa);
	upset_state_set_word(&registers, 11, 0x7fff0000);
	decode(&insn, 0xff85b503); /* ld a0,-8(a1) */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0x7ffefff8);
	decode(&insn, 0x7ea5bfa3); /* sd a0,2047(a1) */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0x7fff07ff);
	decode(&insn, 0x00c5b52f); /* amoadd.d a0,a2,(a1) */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0x7fff0000);
	decode(&insn, 0xff003503); /* ld a0,-16(zero) */
	assert_true(insn.memory[0].absolute);
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0xfffffffffffffff0);
	upset_state_set_word(&registers, 11, 4);
	decode(&insn, 0xff85b503); /* wraps */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0xfffffffffffffffc);
}

static void test_targets(void **state)
{
	struct upset_insn insn;

	(void)state;
	decode(&insn, 0x0000006f); /* j to itself */
	assert_int_equal(insn.branch_target, 0x401000);
	decode(&insn, 0x7ffff0ef); /* jal, as far as it goes */
	assert_int_equal(insn.branch_target, 0x500ffe);
	decode(&insn, 0x800000ef);
	assert_int_equal(insn.branch_target, 0x301000);
	decode(&insn, 0x80b50063); /* beq, as far back as it goes */
	assert_int_equal(insn.branch_target, 0x400000);
	decode(&insn, 0x7eb50fe3);
	assert_int_equal(insn.branch_target, 0x401ffe);
	decode(&insn, 0xfbf9); /* c.bnez a5 */
	assert_int_equal(insn.branch_target, 0x401000 - 42);
	decode(&insn, 0x00008067); /* ret */
	assert_int_equal(insn.branch_target, 0);
}

/* Branches of a0 and a1, and of both orders of some numbers, by the manual's words. */
static void test_conditions(void **state)
{
	static const struct {
		uint64_t a, b;
		const char *taken; /* beq bne blt bge bltu bgeu */
	} cases[] = {
		{5, 5, "ynnyny"},
		{3, 5, "nyynyn"},
		{5, 3, "nynyny"},
		{UINT64_MAX, 1, "nyynny"},
		{1, UINT64_MAX, "nynyyn"},
		{0x8000000000000000, 0x7fffffffffffffff, "nyynny"},
	};
	static const uint32_t functions[] = {0, 1, 4, 5, 6, 7};
	struct upset_state registers;
	struct upset_insn insn;

	(void)state;
	upset_state_init(&registers, isa);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		upset_state_set_word(&registers, 10, cases[i].a);
		upset_state_set_word(&registers, 11, cases[i].b);
		for (size_t k = 0; k < 6; k++) {
			decode(&insn, 0x00b50063 | functions[k] << 12);
			assert_true(insn.classes & UPSET_CLASS_CONDITIONAL);
			assert_int_equal(isa->taken(&insn, &registers), cases[i].taken[k] == 'y');
		}
	}
	upset_state_set_word(&registers, 15, 1);
	decode(&insn, 0xfbf9); /* c.bnez a5 */
	assert_true(isa->taken(&insn, &registers));
	decode(&insn, 0xdbf1); /* c.beqz a5 */
	assert_false(isa->taken(&insn, &registers));
}

static const struct upset_effect *effect_of(const struct upset_insn *insn, unsigned int row)
{
	assert_true(row < insn->operand_count);
	assert_true(insn->operands[row].effect < insn->effect_count);
	return &insn->effects[insn->operands[row].effect];
}

/* tests/isa/black_box.c tries them; these are the kinds. */
static void test_effects(void **state)
{
	struct upset_insn insn;

	(void)state;
	decode(&insn, 0xff900513); /* li a0,-7 */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_CONSTANT);
	assert_int_equal(effect_of(&insn, 0)->value, (uint64_t)-7);
	decode(&insn, 0x80000537); /* lui a0,0x80000 */
	assert_int_equal(effect_of(&insn, 0)->value, 0xffffffff80000000);
	decode(&insn, 0x00002517); /* auipc a0,0x2 */
	assert_int_equal(effect_of(&insn, 0)->value, 0x403000);
	decode(&insn, 0x010000ef); /* jal */
	assert_int_equal(effect_of(&insn, 0)->value, 0x401004);
	decode(&insn, 0x9782); /* c.jalr a5 */
	assert_int_equal(effect_of(&insn, 0)->value, 0x401002);
	decode(&insn, 0x00058513); /* mv a0,a1 */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_COPY);
	assert_int_equal(effect_of(&insn, 0)->a, 1);
	decode(&insn, 0x0005a503); /* lw a0,0(a1) */
	assert_int_equal(effect_of(&insn, 0)->derive, UPSET_DERIVE_SIGN_EXTEND);
	assert_int_equal(effect_of(&insn, 0)->bits, 32);
	decode(&insn, 0x0005b023); /* sd zero,0(a1) */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_CONSTANT);
	decode(&insn, 0x20c5e533); /* sh3add a0,a1,a2 */
	assert_int_equal(effect_of(&insn, 0)->derive, UPSET_DERIVE_ADDRESS);
	assert_int_equal(effect_of(&insn, 0)->amount, 3);
	assert_int_equal(effect_of(&insn, 0)->a, 2);
	decode(&insn, 0x02c58533); /* mul: observed */
	assert_int_equal(insn.operands[0].effect, UPSET_NO_EFFECT);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void test_random_bytes(void **state)
{
	enum { TRIALS = 1000000 };
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int decoded = 0;
	struct upset_insn insn;
	char text[64];

	(void)state;
	for (unsigned int i = 0; i < TRIALS; i++) {
		uint64_t word = next_random(&seed);
		size_t size = 1 + i % 6;
		uint8_t bytes[8];
		const char *broken;
		int result;

		memcpy(bytes, &word, sizeof(bytes));
		result = upset_isa_decode(isa, &insn, 0, word, bytes, size);
		if (result) {
			assert_true(result == -EILSEQ || (result == -ENODATA && size < 4));
			continue;
		}
		broken = rows_broken_invariant(isa, &insn, size);
		if (broken)
			fail_msg("trial %u does not hold: %s", i, broken);
		upset_isa_format(isa, &insn, text, sizeof(text));
		assert_true(text[0] != '\0' && strlen(text) < sizeof(text) - 1);
		decoded++;
	}
	assert_true(decoded > TRIALS / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_no_instruction),
		cmocka_unit_test(test_format_is_terminated),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests_name("isa riscv decode", tests, NULL, NULL);
}
