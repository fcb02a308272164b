/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the builder functions count, before anything is derived. */
#include <string.h>

#include "isa/x86/x86.h"
#include "tests/profile/build.h"

static struct upset_profile_insn *one_row(
	struct upset_profile *profile, unsigned int resource, unsigned int bits)
{
	struct upset_insn insn = build_insn(0x1000, 3, 0x01, 0);

	build_row(&insn, UPSET_READ, resource, bits, 0);
	return upset_profile_get_insn(profile, &insn, 0);
}

static void samples_are_counted_by_bit(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_profile_insn *insn = one_row(profile, X86_RAX, 64);
	const uint64_t values[] = {0, 1, UINT64_C(0x8000000000000001), UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		upset_profile_add_sample(profile, insn, 0, &values[i]);
	assert_int_equal(insn->tallies[0].samples, 4);
	assert_int_equal(insn->tallies[0].ones[0], 3);
	assert_int_equal(insn->tallies[0].ones[1], 1);
	assert_int_equal(insn->tallies[0].ones[62], 1);
	assert_int_equal(insn->tallies[0].ones[63], 2);
	upset_profile_free(profile);
}

/* Bits and bytes behind the last bit of a row are neither read nor counted to the next row. */
static void only_the_bits_of_the_row_are_counted(void **state)
{
	static const unsigned int widths[] = {1, 3, 8, 16, 63, 65, 80, 128, 200, 256, 512};
	const uint64_t none[64] = {0};
	uint8_t value[64];

	(void)state;
	memset(value, 0xff, sizeof(value));
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct upset_profile *profile =
			upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
		struct upset_insn insn = build_insn(0x1000, 3, 0x01, 0);
		size_t bytes = (widths[i] + 7) / 8;
		struct upset_profile_insn *record;

		build_row(&insn, UPSET_READ, UPSET_MEMORY, widths[i], 0);
		build_row(&insn, UPSET_READ, X86_RAX, 64, 0);
		record = upset_profile_get_insn(profile, &insn, 0);
		upset_profile_add_sample(profile, record, 0, value + sizeof(value) - bytes);
		upset_profile_add_samples(profile, record, 1, 1, none);
		upset_profile_add_sample(profile, record, 0, value + sizeof(value) - bytes);
		for (unsigned int bit = 0; bit < widths[i]; bit++)
			assert_int_equal(record->tallies[0].ones[bit], 2);
		for (unsigned int bit = 0; bit < 64; bit++)
			assert_int_equal(record->tallies[1].ones[bit], 0);
		upset_profile_free(profile);
	}
}

static void high_bits_of_wide_rows_keep_their_places(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_OPERANDS);
	struct upset_profile_insn *insn = one_row(profile, X86_YMM0 + 3, 256);
	uint8_t value[32] = {0};

	(void)state;
	value[9] = 0x04;  /* bit 74 */
	value[31] = 0x80; /* bit 255 */
	upset_profile_add_sample(profile, insn, 0, value);
	for (unsigned int bit = 0; bit < 256; bit++)
		assert_int_equal(insn->tallies[0].ones[bit], bit == 74 || bit == 255);
	upset_profile_free(profile);
}

static void sums_are_added(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_profile_insn *insn = one_row(profile, X86_RAX, 8);
	const uint64_t ones[8] = {5, 0, 0, 0, 0, 0, 0, UINT64_C(0x100000000)};

	(void)state;
	upset_profile_add_samples(profile, insn, 0, 7, NULL);
	assert_null(insn->tallies[0].ones);
	upset_profile_add_samples(profile, insn, 0, UINT64_C(0x100000000), ones);
	upset_profile_add_samples(profile, insn, 0, UINT64_C(0x100000000), ones);
	assert_int_equal(insn->tallies[0].samples, UINT64_C(0x200000007));
	assert_int_equal(insn->tallies[0].ones[0], 10);
	assert_int_equal(insn->tallies[0].ones[7], UINT64_C(0x200000000));
	upset_profile_free(profile);
}

/* counts: no values; operands: none of flags; never those of rows above 512 bits. */
static void detail_decides_which_values_are_kept(void **state)
{
	static const struct {
		enum upset_detail detail;
		unsigned int resource, bits;
		bool kept;
	} cases[] = {
		{UPSET_DETAIL_COUNTS, X86_RAX, 64, false},
		{UPSET_DETAIL_COUNTS, X86_ZF, 1, false},
		{UPSET_DETAIL_OPERANDS, X86_RAX, 64, true},
		{UPSET_DETAIL_OPERANDS, X86_CF, 1, false},
		{UPSET_DETAIL_OPERANDS, X86_OF, 1, false},
		{UPSET_DETAIL_OPERANDS, X86_YMM0, 128, true},
		{UPSET_DETAIL_FULL, X86_OF, 1, true},
		{UPSET_DETAIL_FULL, UPSET_MEMORY, 512, true},
		{UPSET_DETAIL_FULL, UPSET_MEMORY, 520, false},
	};
	const uint8_t value[65] = {1};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_profile *profile =
			upset_profile_new(&upset_isa_x86_64, cases[i].detail);
		struct upset_profile_insn *insn =
			one_row(profile, cases[i].resource, cases[i].bits);

		upset_profile_add_sample(profile, insn, 0, value);
		assert_int_equal(insn->tallies[0].samples, 1);
		assert_int_equal(insn->tallies[0].ones != NULL, cases[i].kept);
		upset_profile_free(profile);
	}
}

static void records_are_found_again_and_stay(void **state)
{
	enum { COUNT = 5000 };
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	struct upset_insn insn = build_insn(0, 2, 0x31, 0);
	struct upset_profile_insn *first[COUNT];

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++) {
		insn.address = 0x1000 + 2 * i;
		first[i] = upset_profile_get_insn(profile, &insn, i % 3);
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		insn.address = 0x1000 + 2 * i;
		assert_ptr_equal(upset_profile_get_insn(profile, &insn, i % 3), first[i]);
	}
	assert_int_equal(profile->insn_count, COUNT);
	insn.address = 0x1000;
	assert_ptr_not_equal(upset_profile_get_insn(profile, &insn, 1), first[0]);
	insn.bytes[1] = 0xc0;
	assert_ptr_not_equal(upset_profile_get_insn(profile, &insn, 0), first[0]);
	assert_int_equal(profile->insn_count, COUNT + 2);
	upset_profile_free(profile);
}

static void a_record_ends_after_its_rows(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	struct upset_insn insn = build_insn(0x1000, 1, 0x50, 0);
	struct upset_profile_insn *records[2];

	(void)state;
	build_row(&insn, UPSET_READ, X86_RAX, 64, 0);
	build_row(&insn, UPSET_WRITE, UPSET_MEMORY, 64, 0);
	for (unsigned int i = 0; i < 2; i++) {
		insn.address = 0x1000 + i;
		records[i] = upset_profile_get_insn(profile, &insn, 0);
	}
	assert_true((size_t)((char *)records[1] - (char *)records[0]) < 400);
	assert_int_equal(records[0]->insn.operands[1].resource, UPSET_MEMORY);
	assert_int_equal(records[0]->first_index, UINT64_MAX);
	assert_true(records[0]->tallies[1].address_min > records[0]->tallies[1].address_max);
	upset_profile_free(profile);
}

static void equal_mappings_are_one(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	uint32_t first = build_mapping(profile, 0x1000, 0x2000, "/a");

	(void)state;
	assert_int_equal(first, 0);
	assert_int_equal(build_mapping(profile, 0x1000, 0x2000, "/b"), 1);
	assert_int_equal(build_mapping(profile, 0x1000, 0x3000, "/a"), 2);
	assert_int_equal(build_mapping(profile, 0x1000, 0x2000, "/a"), first);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(build_mapping(profile, 0x10000 * i, 0x10000 * i + 1, "/c"), 3 + i);
	assert_int_equal(build_mapping(profile, 0, 1, "/c"), 3);
	assert_int_equal(profile->mapping_count, 1003);
	upset_profile_free(profile);
}

static void pages_hold_all_addresses_in_them(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);

	(void)state;
	assert_int_equal(upset_profile_add_page(profile, 0x1fff, 1, 0, 8, 0), 0);
	assert_int_equal(upset_profile_add_page(profile, 0x2000, 0, 1, 0, 4), 0);
	assert_int_equal(upset_profile_add_page(profile, 0x1000, 2, 3, 5, 7), 0);
	assert_int_equal(profile->page_count, 2);
	assert_int_equal(profile->pages[0].address, 0x1000);
	assert_int_equal(profile->pages[0].reads, 3);
	assert_int_equal(profile->pages[0].writes, 3);
	assert_int_equal(profile->pages[0].bytes_read, 13);
	assert_int_equal(profile->pages[0].bytes_written, 7);
	upset_profile_free(profile);
}

static void names_can_be_parsed_again(void **state)
{
	enum upset_detail detail;

	(void)state;
	for (unsigned int i = UPSET_DETAIL_COUNTS; i <= UPSET_DETAIL_FULL; i++) {
		assert_true(upset_detail_parse(upset_detail_name((enum upset_detail)i), &detail));
		assert_int_equal(detail, i);
	}
	assert_false(upset_detail_parse("ful", &detail));
	assert_false(upset_detail_parse("", &detail));
	for (unsigned int i = 0; i < UPSET_REGION_COUNT; i++)
		assert_non_null(upset_region_name((enum upset_region)i));
	assert_string_equal(upset_region_name(UPSET_REGION_MAPPING), "mapping");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_counted_by_bit),
		cmocka_unit_test(only_the_bits_of_the_row_are_counted),
		cmocka_unit_test(high_bits_of_wide_rows_keep_their_places),
		cmocka_unit_test(sums_are_added),
		cmocka_unit_test(detail_decides_which_values_are_kept),
		cmocka_unit_test(records_are_found_again_and_stay),
		cmocka_unit_test(a_record_ends_after_its_rows),
		cmocka_unit_test(equal_mappings_are_one),
		cmocka_unit_test(pages_hold_all_addresses_in_them),
		cmocka_unit_test(names_can_be_parsed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
