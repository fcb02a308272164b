/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder of A64 beyond its tables: what is no instruction, masks, addresses,
 * branches and their targets, immediates, effects, and random bytes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/aarch64/aarch64.h"
#include "isa/state.h"
#include "tests/isa/random.h"
#include "tests/isa/rows.h"

static const struct upset_isa *const isa = &upset_isa_aarch64;

static int result_of(struct upset_insn *insn, uint32_t word)
{
	uint8_t bytes[4] = {
		(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};

	return upset_isa_decode(isa, insn, 0, 0x401000, bytes, sizeof(bytes));
}

static void decode(struct upset_insn *insn, uint32_t word)
{
	assert_int_equal(result_of(insn, word), 0);
}

static unsigned int find(const char *name, unsigned int expected_bits)
{
	uint16_t bits = 0;
	unsigned int id = upset_isa_find_resource(isa, name, strlen(name), &bits);

	assert_int_equal(bits, expected_bits);
	return id;
}

static void test_resources(void **state)
{
	uint16_t bits;

	(void)state;
	assert_int_equal(find("x0", 64), 0);
	assert_int_equal(find("w30", 32), 30);
	assert_int_equal(find("lr", 64), 30);
	assert_int_equal(find("sp", 64), AARCH64_SP);
	assert_int_equal(find("c", 1), AARCH64_C);
	assert_int_equal(find("v31", 128), AARCH64_V0 + 31);
	assert_int_equal(find("d8", 64), AARCH64_V0 + 8);
	assert_int_equal(find("b0", 8), AARCH64_V0);
	assert_int_equal(find("tpidr_el0", 64), AARCH64_TPIDR);
	assert_int_equal(upset_isa_find_resource(isa, "xzr", 3, &bits), UPSET_RESOURCE_NONE);
	assert_int_equal(upset_isa_find_resource(isa, "nzcv", 4, &bits), UPSET_RESOURCE_NONE);
	assert_string_equal(upset_isa_resource_name(isa, AARCH64_V0 + 3, 32), "s3");
	assert_string_equal(upset_isa_resource_name(isa, 5, 32), "w5");
	assert_string_equal(upset_isa_resource(isa, UPSET_MEMORY)->name, "memory");
	assert_true(upset_isa_find("aarch64") == isa);
	assert_true(upset_isa_find_qemu("aarch64") == isa);
}

static void test_truncated(void **state)
{
	static const uint8_t nop[] = {0x1f, 0x20, 0x03, 0xd5, 0xff};
	struct upset_insn insn;

	(void)state;
	for (size_t size = 0; size < 4; size++)
		assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, nop, size), -ENODATA);
	assert_int_equal(upset_isa_decode(isa, &insn, 0, 0, nop, 5), 0);
	assert_int_equal(insn.size, 4);
}

static void test_no_instruction(void **state)
{
	static const uint32_t words[] = {
		0x00000000,			   /* udf */
		0x92000000 | 0x3f << 10 | 1 << 22, /* and with a mask of ones alone */
		0x12400000,			   /* and of 32 bits with a mask of 64 */
		0x13400000,			   /* sbfm of 32 bits with N */
		0x0b208000 | 5 << 10,		   /* add, sxtb by 5 */
		0x8bc00000,			   /* add, ror */
		0x0b008000,			   /* add of 32 bits, lsl by 32 */
		0x04200000,			   /* SVE */
		0x91800000,			   /* addg */
		0xd9200400,			   /* stg */
		0x19000400,			   /* cpyfp */
		0xd500403f,			   /* xaflag */
		0xdac10000,			   /* pacia */
		0xd65f0bff,			   /* retaa */
		0xd4000002,			   /* hvc */
		0xd69f03e0,			   /* eret */
		0xd503305f | 7 << 5,		   /* sb */
		0x0ee08400,			   /* add v0.1d */
		0x0e400800 | 3 << 22,		   /* rev64 of elements of 64 bits */
		0x08207c00 | 1 << 16,		   /* casp of an odd register */
		0x0c008c00,			   /* st2 of 1d */
	};
	struct upset_insn insn;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (result_of(&insn, words[i]) != -EILSEQ)
			fail_msg("%08x is no instruction", words[i]);
	}
}

/* The masks of logical instructions: size of the element, ones, turned right. */
static void test_masks(void **state)
{
	static const struct {
		uint32_t word;
		uint64_t mask;
	} cases[] = {
		{0x92400000, 1},		  /* 64 bits, 1 */
		{0x9240f800, 0x7fffffffffffffff}, /* 63 */
		{0x92410000, 0x8000000000000000}, /* 1, by 1 */
		{0x92407c00, 0xffffffff},	  /* 32 */
		{0x92000000, 0x0000000100000001}, /* elements of 32 bits */
		{0x9200f000, 0x5555555555555555}, /* elements of 2 */
		{0x9201f000, 0xaaaaaaaaaaaaaaaa}, /* by 1 */
		{0x9200c400, 0x0303030303030303}, /* elements of 8, 2 */
		{0x12000000, 1},		  /* 32 bits */
		{0x1201f000, 0xaaaaaaaa},
	};
	struct upset_insn insn;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decode(&insn, cases[i].word);
		assert_int_equal(insn.immediate, cases[i].mask);
		assert_int_equal(insn.immediate_index, 2);
	}
}

static uint64_t address_of(uint32_t word, const struct upset_state *registers)
{
	struct upset_insn insn;

	decode(&insn, word);
	assert_int_equal(insn.memory_count, 1);
	return upset_state_address(registers, &insn.memory[0]);
}

static void test_addresses(void **state)
{
	struct upset_state registers;

	(void)state;
	upset_state_init(&registers, isa);
	upset_state_set_word(&registers, 1, 0x7fff0047);
	upset_state_set_word(&registers, 2, 0x1fffffffe);
	upset_state_set_word(&registers, AARCH64_SP, 0x1000);
	assert_int_equal(address_of(0xf85ff020, &registers), 0x7fff0046); /* ldur x0,[x1,#-1] */
	assert_int_equal(address_of(0xf97ffc20, &registers), 0x7fff803f); /* ldr x0,[x1,#32760] */
	assert_int_equal(address_of(0xf85f0c20, &registers), 0x7fff0037); /* ldr x0,[x1,#-16]! */
	assert_int_equal(address_of(0xf85f0420, &registers), 0x7fff0047); /* ldr x0,[x1],#-16 */
	assert_int_equal(address_of(0xa9bf03e0, &registers), 0xff0);	  /* stp x0,x0,[sp,#-16]! */
	assert_int_equal(address_of(0xf8626820, &registers), 0x27fff0045);  /* ldr x0,[x1,x2] */
	assert_int_equal(address_of(0xf8627820, &registers), 0x107fff0037); /* lsl #3 */
	assert_int_equal(address_of(0xf8624820, &registers), 0x17fff0045);  /* w2, uxtw */
	assert_int_equal(address_of(0xf862c820, &registers), 0x7fff0045);   /* w2, sxtw */
	assert_int_equal(address_of(0xf862d820, &registers), 0x7fff0037);   /* w2, sxtw #3 */
	assert_int_equal(address_of(0x3ce27820, &registers), 0x207fff0027); /* ldr q0, lsl #4 */
	assert_int_equal(address_of(0x58ffffe0, &registers), 0x400ffc);	    /* ldr x0, before it */
	assert_int_equal(address_of(0xd50b7421, &registers), 0x7fff0040);   /* dc zva,x1 */
	assert_int_equal(address_of(0x4c40a020, &registers), 0x7fff0047);   /* ld1 of two */
}

static void test_targets(void **state)
{
	static const struct {
		uint32_t word;
		uint64_t target;
	} cases[] = {
		{0x14000000, 0x401000}, {0x17ffffff, 0x400ffc},
		{0x95ffffff, 0x8400ffc},	  /* bl, as far as it goes */
		{0x96000000, 0xfffffffff8401000}, /* and back */
		{0x547fffe0, 0x500ffc},		  /* b.eq */
		{0x34800000, 0x301000},		  /* cbz */
		{0x3603ffe0, 0x408ffc},		  /* tbz */
		{0xb7040000, 0x3f9000},		  /* tbnz x0,#32 */
		{0xd65f03c0, 0},		  /* ret */
		{0x10000080, 0},		  /* adr is no branch */
	};
	struct upset_insn insn;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decode(&insn, cases[i].word);
		assert_int_equal(insn.branch_target, cases[i].target);
	}
}

static bool taken(uint32_t word, const struct upset_state *registers)
{
	struct upset_insn insn;

	decode(&insn, word);
	assert_true(insn.classes & UPSET_CLASS_CONDITIONAL);
	return isa->taken(&insn, registers);
}

/* Conditions 0 .. 13 by the manual's words, for all flags; 14 and 15 are none. */
static void test_conditions(void **state)
{
	struct upset_state registers;

	(void)state;
	upset_state_init(&registers, isa);
	for (unsigned int flags = 0; flags < 16; flags++) {
		const bool n = flags >> 3 & 1, z = flags >> 2 & 1, c = flags >> 1 & 1,
			   v = flags & 1;
		const bool expected[14] = {z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v,
			n != v, !z && n == v, z || n != v};

		upset_state_set_word(&registers, AARCH64_N, n);
		upset_state_set_word(&registers, AARCH64_Z, z);
		upset_state_set_word(&registers, AARCH64_C, c);
		upset_state_set_word(&registers, AARCH64_V, v);
		assert_int_equal(upset_state_word(&registers, AARCH64_NZCV), (uint64_t)flags << 28);
		for (unsigned int i = 0; i < 14; i++)
			assert_int_equal(taken(0x54000000 | i, &registers), expected[i]);
	}
	for (unsigned int i = 14; i < 16; i++) {
		struct upset_insn insn;

		decode(&insn, 0x54000000 | i);
		assert_int_equal(insn.classes, UPSET_CLASS_BRANCH);
	}
}

static void test_compared(void **state)
{
	struct upset_state registers;

	(void)state;
	upset_state_init(&registers, isa);
	upset_state_set_word(&registers, 3, UINT64_C(0x8000000000));
	assert_true(taken(0x34000003, &registers));  /* cbz w3 */
	assert_false(taken(0xb4000003, &registers)); /* cbz x3 */
	assert_true(taken(0xb5000003, &registers));  /* cbnz x3 */
	assert_true(taken(0xb400001f, &registers));  /* cbz xzr */
	assert_true(taken(0xb7380003, &registers));  /* tbnz x3,#39 */
	assert_false(taken(0xb7400003, &registers)); /* tbnz x3,#40 */
	assert_true(taken(0x36000003, &registers));  /* tbz w3,#0 */
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
	decode(&insn, 0x92800020); /* mov x0,#-2 */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_CONSTANT);
	assert_int_equal(effect_of(&insn, 0)->value, (uint64_t)-2);
	decode(&insn, 0xd0000000); /* adrp x0 */
	assert_int_equal(effect_of(&insn, 0)->value, 0x403000);
	decode(&insn, 0x94000400); /* bl */
	assert_int_equal(effect_of(&insn, 0)->value, 0x401004);
	decode(&insn, 0xaa0103e0); /* mov x0,x1 */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_COPY);
	assert_int_equal(effect_of(&insn, 0)->a, 1);
	decode(&insn, 0x8b020c20); /* add x0,x1,x2,lsl #3 */
	assert_int_equal(effect_of(&insn, 0)->derive, UPSET_DERIVE_ADDRESS);
	assert_int_equal(effect_of(&insn, 0)->amount, 3);
	decode(&insn, 0x8b820c20); /* asr: observed */
	assert_int_equal(insn.operands[0].effect, UPSET_NO_EFFECT);
	decode(&insn, 0x93407c20); /* sxtw x0,w1 */
	assert_int_equal(effect_of(&insn, 0)->derive, UPSET_DERIVE_SIGN_EXTEND);
	assert_int_equal(effect_of(&insn, 0)->bits, 32);
	decode(&insn, 0xf81f0c3f); /* str xzr,[x1,#-16]! */
	assert_int_equal(effect_of(&insn, 0)->kind, UPSET_EFFECT_CONSTANT);
	assert_int_equal(effect_of(&insn, 2)->value, (uint64_t)-16);
}

static void test_flag_effects(void **state)
{
	struct upset_insn insn;

	(void)state;
	decode(&insn, 0xf1001c1f); /* cmp x0,#7 */
	assert_int_equal(insn.flags.kind, UPSET_FLAGS_SUB);
	assert_int_equal(insn.flags.result, UPSET_FROM_NOTHING);
	assert_int_equal(insn.flags.derive, UPSET_DERIVE_SUB);
	assert_int_equal(insn.flags.b, UPSET_FROM_IMMEDIATE);
	decode(&insn, 0x2b020020); /* adds w0,w1,w2 */
	assert_int_equal(insn.flags.kind, UPSET_FLAGS_ADD);
	assert_int_equal(insn.flags.bits, 32);
	assert_int_equal(insn.flags.result, 0);
	decode(&insn, 0x6a2003ff); /* bics wzr, with no result to look at: observed */
	assert_int_equal(insn.flags.kind, UPSET_FROM_NOTHING);
	decode(&insn, 0x7a400000); /* ccmp: observed */
	assert_int_equal(insn.flags.kind, UPSET_FROM_NOTHING);
	decode(&insn, 0x0b020020); /* add: none */
	assert_int_equal(insn.flags.kind, UPSET_FROM_NOTHING);
}

/* Structures in memory are put together by callbacks; nothing else is. */
static void test_quirks(void **state)
{
	struct upset_insn insn;

	(void)state;
	decode(&insn, 0x4c404020); /* ld3 */
	assert_int_equal(insn.quirks, UPSET_QUIRK_CALLBACKS);
	decode(&insn, 0x0d008020); /* st1 of an element */
	assert_int_equal(insn.quirks, UPSET_QUIRK_CALLBACKS);
	decode(&insn, 0xad400400); /* ldp q0,q1 */
	assert_int_equal(insn.quirks, 0);
	decode(&insn, 0x0e020020); /* tbl */
	assert_int_equal(insn.quirks, 0);
}

static void test_random_bytes(void **state)
{
	enum { TRIALS = 1000000 };
	unsigned int decoded = 0;
	struct upset_insn insn;
	char text[64];

	(void)state;
	for (unsigned int i = 0; i < TRIALS; i++) {
		uint64_t word = random_next();
		size_t size = 1 + i % 6;
		uint8_t bytes[8];
		const char *broken;
		int result;

		memcpy(bytes, &word, sizeof(bytes));
		result = upset_isa_decode(isa, &insn, 0, word, bytes, size);
		if (result) {
			assert_true(result == (size < 4 ? -ENODATA : -EILSEQ));
			continue;
		}
		broken = rows_broken_invariant(isa, &insn, size);
		if (broken)
			fail_msg("trial %u does not hold: %s", i, broken);
		upset_isa_format(isa, &insn, text, sizeof(text));
		assert_true(text[0] != '\0' && strlen(text) < sizeof(text) - 1);
		decoded++;
	}
	assert_true(decoded > TRIALS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_no_instruction),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_compared),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_flag_effects),
		cmocka_unit_test(test_quirks),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests_name("isa aarch64 decode", tests, NULL, NULL);
}
