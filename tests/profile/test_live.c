/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live points, worked out by hand and by asking every point of random programs. */
#include <stdlib.h>
#include <string.h>

#include "isa/x86/x86.h"
#include "tests/profile/build.h"

static struct upset_operand operand(
	enum upset_access access, unsigned int resource, unsigned int bits, unsigned int bit_offset)
{
	return (struct upset_operand){
		.access = access,
		.resource = (uint8_t)resource,
		.bits = (uint16_t)bits,
		.bit_offset = (uint16_t)bit_offset,
	};
}

static void parts_tile_the_registers(void **state)
{
	static const struct {
		unsigned int resource, bytes[UPSET_LIVE_PARTS];
	} cases[] = {
		{X86_RAX, {1, 1, 2, 4}},
		{X86_R15, {1, 1, 2, 4}},
		{X86_CF, {1, 0, 0, 0}},
		{X86_OF, {1, 0, 0, 0}},
		{23, {0, 0, 0, 0}},
		{X86_YMM0, {4, 4, 8, 16}},
		{39, {4, 4, 8, 16}},
		{X86_ST0, {10, 0, 0, 0}},
		{X86_MM0 + 7, {8, 0, 0, 0}},
		{UPSET_MEMORY, {0, 0, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++)
			assert_int_equal(
				upset_live_part_bytes(&upset_isa_x86_64, cases[i].resource, part),
				cases[i].bytes[part]);
	}
	assert_int_equal(upset_live_part_bytes(&upset_isa_x86_64, X86_RAX, UPSET_LIVE_PARTS), 0);
}

static void accesses_touch_parts(void **state)
{
	static const struct {
		struct upset_operand operand;
		unsigned int parts;
	} cases[] = {
		{{.resource = X86_RAX, .bits = 8}, 0x1},		  /* al */
		{{.resource = X86_RAX, .bits = 8, .bit_offset = 8}, 0x2}, /* ah */
		{{.resource = X86_RAX, .bits = 16}, 0x3},
		{{.resource = X86_RAX, .bits = 32}, 0x7},
		{{.resource = X86_RAX, .bits = 64}, 0xf},
		{{.resource = X86_RAX, .bits = 0}, 0x0},
		{{.resource = X86_RAX, .access = UPSET_WRITE, .bits = 32, .zero_extends = true},
			0xf},
		{{.resource = X86_RAX, .access = UPSET_WRITE, .bits = 16}, 0x3},
		{{.resource = X86_RAX, .access = UPSET_WRITE, .bits = 64, .conditional = true},
			0x0},
		{{.resource = X86_RAX, .access = UPSET_READ, .bits = 64, .conditional = true}, 0xf},
		{{.resource = X86_YMM0, .bits = 32}, 0x1},
		{{.resource = X86_YMM0, .bits = 64}, 0x3},
		{{.resource = X86_YMM0, .bits = 128}, 0x7},
		{{.resource = X86_YMM0, .bits = 256}, 0xf},
		{{.resource = X86_YMM0, .access = UPSET_WRITE, .bits = 128, .zero_extends = true},
			0xf},
		{{.resource = X86_ZF, .bits = 1}, 0x1},
		{{.resource = X86_ST0, .bits = 80}, 0x1},
		{{.resource = UPSET_MEMORY, .bits = 64}, 0x0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			upset_live_parts(&upset_isa_x86_64, &cases[i].operand), cases[i].parts);
}

/*
 * The worked example of doc/statistics.md:
 *
 *	0  mov eax, 5      writes rax
 *	1  mov ebx, eax    reads eax
 *	2  nop
 *	3  add al, bl      reads al, writes al
 *	4  mov eax, 7      writes rax
 *
 * al: a write at 0 (point 0 dead), read at 1 and 3 (points 1 to 3 live), written
 * at 4 (4 dead): 3 points.  ah and the rest of eax: last read at 1: 1 point.  The
 * upper half of rax is never read: 0 points.
 */
static void the_documented_example_holds(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_live live = {0};
	struct upset_insn insns[5];

	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		insns[i] = build_insn(0x1000 + i, 1, 0x90, 0);
	build_row(&insns[0], UPSET_WRITE, X86_RAX, 32, 0);
	insns[0].operands[0].zero_extends = true;
	build_row(&insns[1], UPSET_WRITE, X86_RBX, 32, 0);
	insns[1].operands[0].zero_extends = true;
	build_row(&insns[1], UPSET_READ, X86_RAX, 32, 0);
	build_row(&insns[3], UPSET_WRITE, X86_RAX, 8, 0);
	build_row(&insns[3], UPSET_READ, X86_RAX, 8, 0);
	build_row(&insns[3], UPSET_READ, X86_RBX, 8, 0);
	insns[4].operands[0] = insns[0].operands[0];
	insns[4].operand_count = 1;
	for (uint64_t n = 0; n < 5; n++) {
		struct upset_profile_insn *record =
			build_executed(profile, &insns[n], UINT32_MAX, 1);

		for (unsigned int row = 0; row < insns[n].operand_count; row++)
			upset_profile_add_sample(profile, record, row, NULL);
		upset_live_insn(&live, &upset_isa_x86_64, &insns[n], n);
	}
	assert_int_equal(upset_live_points(&live, X86_RAX, 0, 5), 3);
	assert_int_equal(upset_live_points(&live, X86_RAX, 1, 5), 1);
	assert_int_equal(upset_live_points(&live, X86_RAX, 2, 5), 1);
	assert_int_equal(upset_live_points(&live, X86_RAX, 3, 5), 0);
	/* bl: written at 1, read at 3: points 2 and 3. */
	assert_int_equal(upset_live_points(&live, X86_RBX, 0, 5), 2);
	assert_int_equal(upset_live_points(&live, X86_RBX, 1, 5), 0);
	assert_int_equal(upset_live_points(&live, X86_RCX, 0, 5), 0);
	upset_profile_add_live(profile, &live, 5);
	build_finish(profile);
	/* (1 x 3 + 1 x 1 + 2 x 1 + 4 x 0) / (8 x 5) */
	assert_true(profile->registers[X86_RAX].live_share == 6.0 / 40.0);
	assert_true(profile->registers[X86_RBX].live_share == 2.0 / 40.0);
	assert_true(profile->registers[X86_ZF].live_share == 0.0);
	upset_profile_free(profile);
}

/* Straight from the definition: the first access at or after the point is a read. */
static bool is_live(const struct upset_insn *insns, uint64_t count, uint64_t point,
	unsigned int resource, unsigned int part)
{
	for (uint64_t n = point; n < count; n++) {
		for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
			for (unsigned int row = 0; row < insns[n].operand_count; row++) {
				const struct upset_operand *o = &insns[n].operands[row];

				if (o->access == access && o->resource == resource &&
					(upset_live_parts(&upset_isa_x86_64, o) >> part & 1) != 0)
					return access == UPSET_READ;
			}
		}
	}
	return false;
}

static void random_programs_agree_with_the_definition(void **state)
{
	enum { INSNS = 60, PROGRAMS = 50 };
	static const unsigned int resources[] = {X86_RAX, X86_RCX, X86_ZF, X86_YMM0};
	static const unsigned int widths[] = {8, 16, 32, 64};
	struct upset_insn insns[INSNS];

	(void)state;
	for (int program = 0; program < PROGRAMS; program++) {
		struct upset_live live = {0};

		for (unsigned int n = 0; n < INSNS; n++) {
			insns[n] = build_insn(n, 1, 0x90, 0);
			for (unsigned int row = build_random(4); row > 0; row--) {
				struct upset_operand o = operand(
					build_random(2) ? UPSET_READ : UPSET_WRITE,
					resources[build_random(4)], widths[build_random(4)], 0);

				o.zero_extends = build_random(2) != 0;
				insns[n].operands[insns[n].operand_count++] = o;
			}
			upset_live_insn(&live, &upset_isa_x86_64, &insns[n], n);
		}
		for (unsigned int i = 0; i < 4 * UPSET_LIVE_PARTS; i++) {
			unsigned int resource = resources[i / 4], part = i % 4;
			uint64_t points = 0;

			if (upset_live_part_bytes(&upset_isa_x86_64, resource, part) == 0)
				continue;
			for (uint64_t point = 0; point < INSNS; point++)
				points += is_live(insns, INSNS, point, resource, part);
			assert_int_equal(upset_live_points(&live, resource, part, INSNS), points);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_tile_the_registers),
		cmocka_unit_test(accesses_touch_parts),
		cmocka_unit_test(the_documented_example_holds),
		cmocka_unit_test(random_programs_agree_with_the_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
