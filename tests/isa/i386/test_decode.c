/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder of i386 beyond its tables: widths of addresses, targets, counters
 * and the stack's effects, and random bytes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/state.h"
#include "isa/x86/x86.h"
#include "tests/isa/rows.h"

static const struct upset_isa *const isa = &upset_isa_i386;

#define DECODE(insn, address, ...)                                                                 \
	do {                                                                                       \
		static const uint8_t code[] = {__VA_ARGS__};                                       \
                                                                                                   \
		assert_int_equal(                                                                  \
			upset_isa_decode(isa, &(insn), 0, (address), code, sizeof(code)), 0);      \
	} while (0)

static void test_resources(void **state)
{
	uint16_t bits;

	(void)state;
	assert_int_equal(upset_isa_find_resource(isa, "esp", 3, &bits), X86_RSP);
	assert_int_equal(bits, 32);
	assert_int_equal(upset_isa_find_resource(isa, "rax", 3, &bits), UPSET_RESOURCE_NONE);
	assert_null(upset_isa_resource(isa, X86_R8));
	assert_null(upset_isa_resource(isa, X86_YMM0 + 8));
	assert_string_equal(upset_isa_resource_name(isa, X86_YMM0 + 7, 128), "xmm7");
	assert_ptr_equal(upset_isa_find("i386"), isa);
}

static void test_addresses(void **state)
{
	struct upset_state registers;
	struct upset_insn insn;

	(void)state;
	upset_state_init(&registers, isa);
	upset_state_set_word(&registers, X86_RBX, 0xfffffff0);
	upset_state_set_word(&registers, X86_RCX, 8);
	upset_state_set_word(&registers, X86_RSP, 0xffffd000);
	upset_state_set_word(&registers, X86_GS_BASE, 0xf7f00000);
	DECODE(insn, 0, 0x8b, 0x44, 0x8b, 0x08); /* mov eax, [ebx+ecx*4+8] wraps */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0x18);
	DECODE(insn, 0, 0x65, 0xa1, 0x14, 0, 0, 0); /* mov eax, gs:[0x14] */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0xf7f00014);
	DECODE(insn, 0, 0x50); /* push eax */
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0xffffcffc);
	DECODE(insn, 0, 0x60); /* pusha: eight registers */
	assert_int_equal(insn.memory[0].bits, 256);
	assert_int_equal(upset_state_address(&registers, &insn.memory[0]), 0xffffcfe0);
	DECODE(insn, 0, 0x67, 0x8b, 0x00); /* mov eax, [bx+si] */
	assert_true(insn.memory[0].scattered);
}

static void test_branches(void **state)
{
	struct upset_state registers;
	struct upset_insn insn;

	(void)state;
	upset_state_init(&registers, isa);
	DECODE(insn, 0xfffffff0, 0xe9, 0x1b, 0, 0, 0); /* jmp +27 wraps */
	assert_int_equal(insn.branch_target, 0x10);
	upset_state_set_word(&registers, X86_RCX, 0x10000);
	DECODE(insn, 0, 0xe3, 0); /* jecxz */
	assert_false(isa->taken(&insn, &registers));
	DECODE(insn, 0, 0x67, 0xe3, 0); /* jcxz */
	assert_true(isa->taken(&insn, &registers));
	DECODE(insn, 0, 0x67, 0xe2, 0); /* loop by cx */
	assert_true(isa->taken(&insn, &registers));
	upset_state_set_word(&registers, X86_RCX, 0x10001);
	assert_false(isa->taken(&insn, &registers));
}

/* That what write row @row leaves follows by @kind, with @value. */
static void check_effect(
	const struct upset_insn *insn, unsigned int row, unsigned int kind, uint64_t value)
{
	const struct upset_operand *o = &insn->operands[row];

	assert_int_equal(o->access, UPSET_WRITE);
	assert_true(o->effect < insn->effect_count);
	assert_int_equal(insn->effects[o->effect].kind, kind);
	assert_int_equal((uint32_t)insn->effects[o->effect].value, (uint32_t)value);
	if (kind == UPSET_EFFECT_DERIVE)
		assert_int_equal(insn->effects[o->effect].bits, 32);
}

static void test_effects(void **state)
{
	struct upset_insn insn;

	(void)state;
	DECODE(insn, 0x401000, 0x50); /* push eax: eax esp esp [esp-4] */
	check_effect(&insn, 2, UPSET_EFFECT_DERIVE, (uint64_t)-4);
	check_effect(&insn, 3, UPSET_EFFECT_COPY, 0);
	DECODE(insn, 0x401000, 0xe8, 0, 0, 0, 0); /* call: esp esp [esp-4] */
	check_effect(&insn, 1, UPSET_EFFECT_DERIVE, (uint64_t)-4);
	check_effect(&insn, 2, UPSET_EFFECT_CONSTANT, 0x401005);
	DECODE(insn, 0x401000, 0xc2, 0x08, 0x00); /* ret 8: esp esp [esp] */
	check_effect(&insn, 1, UPSET_EFFECT_DERIVE, 12);
	DECODE(insn, 0x401000, 0x5b); /* pop ebx: ebx esp esp [esp] */
	check_effect(&insn, 0, UPSET_EFFECT_COPY, 0);
	check_effect(&insn, 2, UPSET_EFFECT_DERIVE, 4);
	DECODE(insn, 0x401000, 0x07); /* pop es: esp esp [esp] */
	check_effect(&insn, 1, UPSET_EFFECT_DERIVE, 4);
	DECODE(insn, 0x401000, 0x66, 0x0f, 0xa9); /* pop gs, of 16 bits */
	check_effect(&insn, 1, UPSET_EFFECT_DERIVE, 2);
	DECODE(insn, 0x401000, 0xc9); /* leave: [ebp] ebp ebp esp */
	check_effect(&insn, 2, UPSET_EFFECT_COPY, 0);
	check_effect(&insn, 3, UPSET_EFFECT_DERIVE, 4);
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
	enum { TRIALS = 500000 };
	uint64_t seed = 0x9e3779b97f4a7c15, words[2];
	unsigned int decoded = 0;
	struct upset_insn insn;
	char text[64];

	(void)state;
	for (unsigned int i = 0; i < TRIALS; i++) {
		uint8_t code[16];
		size_t size = 1 + i % 16;
		const char *broken;
		int result;

		words[0] = next_random(&seed);
		words[1] = next_random(&seed);
		memcpy(code, words, sizeof(code));
		result = upset_isa_decode(isa, &insn, 0, (uint32_t)words[0], code, size);
		if (result) {
			assert_true(result == -EILSEQ || (result == -ENODATA && size < 15));
			continue;
		}
		broken = rows_broken_invariant(isa, &insn, size);
		if (broken) {
			upset_isa_format(isa, &insn, text, sizeof(text));
			fail_msg("trial %u, %s, does not hold: %s", i, text, broken);
		}
		assert_int_equal(insn.branch_target >> 32, 0);
		decoded++;
	}
	assert_true(decoded > TRIALS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests_name("isa i386 decode", tests, NULL, NULL);
}
