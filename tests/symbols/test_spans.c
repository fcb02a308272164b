/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Overlapping ranges, by hand and against looking at every range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "symbols/spans.h"
#include "tests/symbols/random.h"

static void check(const struct upset_span *spans, size_t count, const char *expected)
{
	struct upset_span copy[16];
	struct upset_spans map;

	if (count > 0)
		memcpy(copy, spans, count * sizeof(*spans));
	assert_int_equal(upset_spans_build(&map, copy, count), 0);
	for (uint64_t address = 0; expected[address] != '\0'; address++) {
		uint32_t number = upset_spans_find(&map, address);

		assert_int_equal(
			number == UPSET_SPAN_NONE ? '.' : (char)('0' + number), expected[address]);
	}
	upset_spans_free(&map);
}

static void the_span_that_begins_last_counts(void **state)
{
	static const struct upset_span apart[] = {{6, 8, 1}, {1, 3, 0}};
	static const struct upset_span nested[] = {{1, 9, 0}, {3, 7, 1}, {4, 6, 2}};
	static const struct upset_span crossing[] = {{0, 5, 0}, {2, 8, 1}, {4, 6, 2}};
	static const struct upset_span together[] = {{1, 9, 0}, {4, 6, 1}, {5, 6, 2}};
	static const struct upset_span same_start[] = {{1, 3, 5}, {1, 6, 7}, {1, 6, 6}, {1, 3, 4}};
	static const struct upset_span empty[] = {{3, 3, 0}, {5, 2, 1}, {1, 2, 2}};
	static const struct upset_span touching[] = {{1, 3, 0}, {3, 5, 1}};

	(void)state;
	check(NULL, 0, "...");
	check(apart, 2, ".00...11..");
	check(nested, 3, ".00122100..");
	check(crossing, 3, "00112211..");
	check(together, 3, ".00012000..");
	check(same_start, 4, ".55777..");
	check(empty, 3, ".2....");
	check(touching, 2, ".0011..");
}

static void the_last_address_is_an_address(void **state)
{
	struct upset_span spans[] = {{UINT64_MAX - 1, UINT64_MAX, 3}};
	struct upset_spans map;

	(void)state;
	assert_int_equal(upset_spans_build(&map, spans, 1), 0);
	assert_int_equal(upset_spans_find(&map, UINT64_MAX - 1), 3);
	assert_int_equal(upset_spans_find(&map, UINT64_MAX), UPSET_SPAN_NONE);
	assert_int_equal(upset_spans_find(&map, 0), UPSET_SPAN_NONE);
	upset_spans_free(&map);
}

/* The rule, by looking at every span. */
static uint32_t find_slowly(const struct upset_span *spans, size_t count, uint64_t address)
{
	const struct upset_span *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct upset_span *span = &spans[i];
		bool better = best == NULL || span->start > best->start ||
			      (span->start == best->start && span->end < best->end) ||
			      (span->start == best->start && span->end == best->end &&
				      span->number > best->number);

		if (span->start <= address && address < span->end && better)
			best = span;
	}
	return best != NULL ? best->number : UPSET_SPAN_NONE;
}

static void random_spans_follow_the_rule(void **state)
{
	enum { SPANS = 40, ADDRESSES = 120 };
	struct upset_span spans[SPANS];
	uint64_t seed = 3;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t count = random_below(&seed, SPANS);
		struct upset_spans map;

		for (uint32_t i = 0; i < count; i++) {
			uint64_t start = random_below(&seed, 100);

			spans[i] = (struct upset_span){start, start + random_below(&seed, 20), i};
		}
		assert_int_equal(upset_spans_build(&map, spans, count), 0);
		for (size_t i = 0; i < 4 * (size_t)ADDRESSES; i++) {
			uint64_t address = i < ADDRESSES ? i : random_below(&seed, ADDRESSES);

			assert_int_equal(upset_spans_find(&map, address),
				find_slowly(spans, count, address));
		}
		upset_spans_free(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_span_that_begins_last_counts),
		cmocka_unit_test(the_last_address_is_an_address),
		cmocka_unit_test(random_spans_follow_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
