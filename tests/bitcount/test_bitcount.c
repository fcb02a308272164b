/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bit counting: every SIMD level of this processor against a count made here,
 * value by value, for every width and every number of records; spills, limits
 * and interleaved finishes.
 */
#include <stdlib.h>

#include "profile/bitcount.h"
#include "profile/bitcount_level.h"
#include "tests/bitcount/levels.h"

enum {
	R = UPSET_BUCKET_RECORDS,
	WIDTHS = 6,
	WIDTH_MAX = UPSET_BITCOUNT_WIDTH_MAX,
	BITS_MAX = WIDTH_MAX * 8,
};

enum pattern { RANDOM, ALL_ONES, ALL_ZERO, ONE_BIT, ONE_RECORD, COUNTING, PATTERNS };

static void *aligned_zeroes(size_t size)
{
	void *memory = NULL;

	assert_int_equal(posix_memalign(&memory, UPSET_BITCOUNT_ALIGNMENT, size), 0);
	memset(memory, 0, size);
	return memory;
}

/* One column with its state and what is expected of it. */
struct subject {
	unsigned int width;
	uint8_t *column;
	void *state;
	uint64_t expected[BITS_MAX];
};

static void subject_init(struct subject *s, unsigned int width)
{
	memset(s, 0, sizeof(*s));
	s->width = width;
	s->column = aligned_zeroes(upset_bitcount_column_bytes(width));
	s->state = aligned_zeroes(upset_bitcount_state_bytes(width));
}

static void subject_fini(struct subject *s)
{
	free(s->column);
	free(s->state);
}

static void fill(struct subject *s, enum pattern pattern)
{
	size_t size = (size_t)R * s->width;
	uint64_t pick = random_word();

	memset(s->column, pattern == ALL_ONES ? 0xff : 0, size);
	if (pattern == RANDOM) {
		for (size_t i = 0; i < size; i++)
			s->column[i] = (uint8_t)(random_word() >> 32);
	} else if (pattern == ONE_BIT) {
		s->column[pick / 8 % size] = (uint8_t)(1u << pick % 8);
	} else if (pattern == ONE_RECORD) {
		memset(s->column + pick % R * s->width, 0xff, s->width);
	} else if (pattern == COUNTING) {
		for (unsigned int i = 0; i < R; i++)
			s->column[(size_t)i * s->width] = (uint8_t)(pick + i);
	}
}

/* The count as its definition says it, with nothing of the code under test. */
static void expect(struct subject *s, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int bit = 0; bit < s->width * 8; bit++)
			if (s->column[i * s->width + bit / 8] & (1u << bit % 8))
				s->expected[bit]++;
}

/* Finish as upset_bitcount_finish() does, with @level's kernels, and compare. */
static void check(struct subject *s, const struct upset_bitcount_level *level)
{
	struct upset_bitcount_state *state = s->state;
	const uint8_t *bytes = s->state;
	uint64_t ones[BITS_MAX];

	level->spill(state, s->width);
	memset(ones, 0, sizeof(ones));
	upset_bitcount_finish(s->state, s->width, ones);
	for (unsigned int bit = 0; bit < s->width * 8; bit++)
		if (ones[bit] != s->expected[bit])
			fail_msg("width %u bit %u: %llu, not %llu", s->width, bit,
				(unsigned long long)ones[bit],
				(unsigned long long)s->expected[bit]);
	for (size_t i = 0; i < upset_bitcount_state_bytes(s->width); i++)
		assert_int_equal(bytes[i], 0);
	memset(s->expected, 0, sizeof(s->expected));
}

static void every_count_of_records(const struct upset_bitcount_level *level)
{
	for (unsigned int width = 1; width <= WIDTH_MAX; width *= 2) {
		for (unsigned int n = 0; n <= R; n++) {
			struct subject s;

			subject_init(&s, width);
			for (enum pattern pattern = 0; pattern < PATTERNS; pattern++) {
				fill(&s, pattern);
				level->drain(s.state, s.column, n, width);
				expect(&s, n);
				check(&s, level);
			}
			subject_fini(&s);
		}
	}
}

/* Enough drains that every plane fills and many spills happen, finished here and there. */
static void many_drains(const struct upset_bitcount_level *level)
{
	for (unsigned int width = 1; width <= WIDTH_MAX; width *= 2) {
		for (enum pattern pattern = 0; pattern < PATTERNS; pattern++) {
			struct subject s;

			subject_init(&s, width);
			for (unsigned int i = 0; i < 700; i++) {
				unsigned int n = i % 7 == 6 ? (unsigned int)(random_word() % R) : R;

				fill(&s, pattern);
				level->drain(s.state, s.column, n, width);
				expect(&s, n);
				if (i == 300 || i == 301)
					check(&s, level);
			}
			check(&s, level);
			subject_fini(&s);
		}
	}
}

/* A batch of all widths, in an order that changes the width often, beside single drains. */
static void batch(const struct upset_bitcount_level *level)
{
	static const unsigned int widths[] = {8, 8, 4, 32, 1, 1, 2, 16, 8, 16, 4, 4, 2, 32, 1, 8};
	enum { ITEMS = sizeof(widths) / sizeof(widths[0]) };
	struct upset_bitcount_item items[ITEMS];
	struct subject subjects[ITEMS];
	uint32_t state_bytes = 0, column_bytes = 0;
	uint8_t *states, *columns;

	for (unsigned int i = 0; i < ITEMS; i++) {
		subject_init(&subjects[i], widths[i]);
		items[i] = (struct upset_bitcount_item){state_bytes, column_bytes, widths[i]};
		state_bytes += (uint32_t)upset_bitcount_state_bytes(widths[i]);
		column_bytes += (uint32_t)upset_bitcount_column_bytes(widths[i]);
	}
	states = aligned_zeroes(state_bytes);
	columns = aligned_zeroes(column_bytes);
	for (unsigned int round = 0; round < 3 * R; round++) {
		unsigned int n = round % 2 ? R : round / 2 % (R + 1);

		for (unsigned int i = 0; i < ITEMS; i++) {
			fill(&subjects[i], RANDOM);
			memcpy(columns + items[i].column_offset, subjects[i].column,
				(size_t)R * widths[i]);
			expect(&subjects[i], n);
		}
		level->drain_batch(states, columns, items, ITEMS, n);
	}
	for (unsigned int i = 0; i < ITEMS; i++) {
		memcpy(subjects[i].state, states + items[i].state_offset,
			upset_bitcount_state_bytes(widths[i]));
		check(&subjects[i], level);
		subject_fini(&subjects[i]);
	}
	free(states);
	free(columns);
}

/* Counts go on past 2^32, and up to 2^64 - 1. */
static void large_counts(const struct upset_bitcount_level *level)
{
	static const uint64_t starts[] = {
		0xffff, 0xfffffff0, 0xffffffff, UINT64_MAX - 4500 * (uint64_t)R};

	for (unsigned int width = 1; width <= WIDTH_MAX; width *= 2) {
		/* Enough for several spills of the high planes: 4000 * R / 32 in each lane. */
		const unsigned int drains = 4000 / width + 500;

		for (unsigned int i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
			struct subject s;

			subject_init(&s, width);
			for (unsigned int bit = 0; bit < width * 8; bit++)
				s.expected[bit] = starts[i] - bit;
			upset_bitcount_add(s.state, width, s.expected);
			fill(&s, ALL_ONES);
			for (unsigned int drain = 0; drain < drains; drain++)
				level->drain(s.state, s.column, R, width);
			for (unsigned int bit = 0; bit < width * 8; bit++)
				s.expected[bit] += drains * (uint64_t)R;
			check(&s, level);
			subject_fini(&s);
		}
	}
}

/* A state begun by one level is carried on and finished by others. */
static void levels_share_a_state(void **unused)
{
	(void)unused;
	for (unsigned int width = 1; width <= WIDTH_MAX; width *= 2) {
		struct subject s;

		subject_init(&s, width);
		for (unsigned int i = 0; i < 600; i++) {
			enum upset_simd simd = (enum upset_simd)(random_word() % UPSET_SIMD_COUNT);
			const struct upset_bitcount_level *level = upset_bitcount_level(simd);

			if (!level)
				continue;
			fill(&s, RANDOM);
			level->drain(s.state, s.column, R, width);
			expect(&s, R);
		}
		check(&s, upset_bitcount_level(UPSET_SIMD_SCALAR));
		subject_fini(&s);
	}
}

/* Three values with counts worked out by hand, through the public functions. */
static void by_hand(void **unused)
{
	static const uint16_t values[3] = {0x8001, 0x0003, 0x8100};
	uint64_t ones[16] = {[4] = 70};
	struct subject s;

	(void)unused;
	subject_init(&s, 2);
	memset(s.column, 0xa5, (size_t)R * 2);
	memcpy(s.column, values, sizeof(values));
	upset_bitcount_drain(s.state, s.column, 3, 2);
	upset_bitcount_drain_batch(s.state, s.column, &(struct upset_bitcount_item){0, 0, 2}, 1, 2);
	upset_bitcount_finish(s.state, 2, ones);
	for (unsigned int bit = 0; bit < 16; bit++) {
		static const uint64_t expected[16] = {
			[0] = 4, [1] = 2, [4] = 70, [8] = 1, [15] = 3};

		assert_int_equal(ones[bit], expected[bit]);
	}
	subject_fini(&s);
}

static void sizes(void **unused)
{
	(void)unused;
	for (unsigned int width = 1; width <= WIDTH_MAX; width *= 2) {
		unsigned char used[BITS_MAX] = {0};

		assert_int_equal(upset_bitcount_state_bytes(width) % 64, 0);
		assert_int_equal(upset_bitcount_column_bytes(width) % 64, 0);
		for (unsigned int bit = 0; bit < width * 8; bit++) {
			size_t at = upset_bitcount_counter(width, bit);

			assert_in_range(at, 0, width * 8 - 1);
			assert_int_equal(used[at], 0);
			used[at] = 1;
		}
	}
}

static const struct upset_bitcount_level *kernels_of(void **state)
{
	return upset_bitcount_level(level_of(state));
}

static void test_every_count_of_records(void **state)
{
	every_count_of_records(kernels_of(state));
}

static void test_many_drains(void **state)
{
	many_drains(kernels_of(state));
}

static void test_batch(void **state)
{
	batch(kernels_of(state));
}

static void test_large_counts(void **state)
{
	large_counts(kernels_of(state));
}

int main(void)
{
	static const struct CMUnitTest once[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(levels_share_a_state),
	};
	static const struct CMUnitTest each[] = {
		cmocka_unit_test(test_every_count_of_records),
		cmocka_unit_test(test_many_drains),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_large_counts),
	};
	int failures = cmocka_run_group_tests_name("bitcount", once, NULL, NULL);

	return failures + run_for_each_level(each, sizeof(each) / sizeof(each[0]));
}
