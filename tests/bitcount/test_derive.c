/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Derived columns and ranges of addresses: every SIMD level against the
 * definitions, written here value by value.
 */
#include <stdbool.h>

#include "profile/flagcount.h"
#include "profile/flagcount_level.h"
#include "tests/bitcount/levels.h"

enum { R = UPSET_BUCKET_RECORDS };

static uint64_t low_bits(uint64_t value, unsigned int bits)
{
	return bits < 64 ? value & (((uint64_t)1 << bits) - 1) : value;
}

static uint64_t column_value(const struct upset_column *column, unsigned int i)
{
	uint64_t value = 0;

	if (!column->values)
		return column->constant;
	memcpy(&value, (const char *)column->values + (size_t)i * column->bytes, column->bytes);
	return value;
}

/* Value @i by the definition, before it is cut to the output. */
static uint64_t define(const struct upset_derivation *d, unsigned int i)
{
	uint64_t a = low_bits(column_value(&d->a, i), d->bits);
	uint64_t b = low_bits(column_value(&d->b, i), d->bits);
	bool negative = a >> (d->bits - 1) & 1;
	uint64_t sum;

	switch (d->kind) {
	case UPSET_DERIVE_ADD:
		return low_bits(a + b, d->bits);
	case UPSET_DERIVE_SUB:
		return low_bits(a - b, d->bits);
	case UPSET_DERIVE_AND:
		return a & b;
	case UPSET_DERIVE_OR:
		return a | b;
	case UPSET_DERIVE_XOR:
		return a ^ b;
	case UPSET_DERIVE_SIGNED_ADD:
	case UPSET_DERIVE_SIGNED_SUB:
		sum = low_bits(d->kind == UPSET_DERIVE_SIGNED_ADD ? a + b : a - b, d->bits);
		return sum >> (d->bits - 1) & 1 ? sum | ~low_bits(UINT64_MAX, d->bits) : sum;
	case UPSET_DERIVE_NOT:
		return low_bits(~a, d->bits);
	case UPSET_DERIVE_NEG:
		return low_bits(~a + 1, d->bits);
	case UPSET_DERIVE_SHL:
		return low_bits(a << d->amount, d->bits);
	case UPSET_DERIVE_SHR:
		return a >> d->amount;
	case UPSET_DERIVE_SAR:
		for (unsigned int n = 0; n < d->amount; n++)
			a = a >> 1 | (uint64_t)negative << (d->bits - 1);
		return a;
	case UPSET_DERIVE_ZERO_EXTEND:
		return a;
	case UPSET_DERIVE_SIGN_EXTEND:
		return negative ? a | ~low_bits(UINT64_MAX, d->bits) : a;
	default:
		return low_bits(a + b * ((uint64_t)1 << d->amount) + d->displacement, d->bits);
	}
}

static void check(const struct upset_flagcount_level *kernels, const struct upset_derivation *d,
	unsigned int out_bytes, unsigned int n)
{
	uint8_t out[R * 8] __attribute__((aligned(64)));

	memset(out, 0xcc, sizeof(out));
	kernels->derive(out, out_bytes, d, n);
	for (unsigned int i = 0; i < R; i++) {
		uint64_t value = 0, expected = i < n ? define(d, i) : 0xcccccccccccccccc;

		memcpy(&value, out + (size_t)i * out_bytes, out_bytes);
		if (value != low_bits(expected, out_bytes * 8))
			fail_msg("kind %u, %u bits, amount %u, to %u bytes, n %u, %u: %llx, not "
				 "%llx",
				d->kind, d->bits, d->amount, out_bytes, n, i,
				(unsigned long long)value, (unsigned long long)expected);
	}
}

static void check_inputs(const struct upset_flagcount_level *kernels, struct upset_derivation *d,
	const uint64_t *values)
{
	for (unsigned int a = 1; a <= 8; a *= 2) {
		for (unsigned int b = 1; b <= 8; b *= 2) {
			unsigned int out = 1u << random_word() % 4;

			d->a = (struct upset_column){.values = values, .bytes = (uint8_t)a};
			d->b = (struct upset_column){.values = values + R, .bytes = (uint8_t)b};
			check(kernels, d, out, R);
			check(kernels, d, d->bits / 8u, (unsigned int)(random_word() % (R + 1)));
			d->b = (struct upset_column){.constant = random_word()};
			check(kernels, d, out, R);
			check(kernels, d, 8, (unsigned int)(random_word() % (R + 1)));
			d->a = (struct upset_column){.constant = random_word()};
			check(kernels, d, out, R);
		}
	}
}

static void test_derive(void **state)
{
	const struct upset_flagcount_level *kernels = upset_flagcount_level(level_of(state));
	uint64_t values[2 * R];

	for (enum upset_derive_kind kind = 0; kind < UPSET_DERIVE_KIND_COUNT; kind++) {
		for (unsigned int bits = 8; bits <= 64; bits *= 2) {
			for (unsigned int amount = 0; amount < bits; amount++) {
				struct upset_derivation d = {.kind = kind,
					.bits = (uint8_t)bits,
					.amount = (uint8_t)amount,
					.displacement = random_word()};

				for (unsigned int i = 0; i < 2 * R; i++)
					values[i] = random_word();
				check_inputs(kernels, &d, values);
			}
		}
	}
}

static void test_every_n(void **state)
{
	const struct upset_flagcount_level *kernels = upset_flagcount_level(level_of(state));
	uint64_t values[2 * R];

	for (unsigned int i = 0; i < 2 * R; i++)
		values[i] = random_word();
	for (enum upset_derive_kind kind = 0; kind < UPSET_DERIVE_KIND_COUNT; kind++) {
		for (unsigned int n = 0; n <= R; n++) {
			struct upset_derivation d = {.kind = kind,
				.bits = 32,
				.amount = 3,
				.a = {.values = values, .bytes = 4},
				.b = {.values = values + R, .bytes = 8},
				.displacement = UINT64_MAX};

			check(kernels, &d, 4, n);
			check(kernels, &d, 8, n);
		}
	}
}

static void test_addresses(void **state)
{
	const struct upset_flagcount_level *kernels = upset_flagcount_level(level_of(state));
	uint64_t addresses[R], min = 500, max = 600;

	for (unsigned int i = 0; i < R; i++)
		addresses[i] = 1000 + i * 8;
	kernels->addresses_range(addresses, 0, &min, &max);
	assert_true(min == 500 && max == 600);
	kernels->addresses_range(addresses, R, &min, &max);
	assert_true(min == 500 && max == 1000 + (R - 1) * 8);
	for (unsigned int n = 1; n <= R; n++) {
		/* The lowest and the highest address at every place, signs mixed. */
		for (unsigned int i = 0; i < R; i++)
			addresses[i] = 0x7ffffffffffff000 + i;
		addresses[n - 1] = UINT64_MAX - n;
		addresses[n / 2] = n;
		min = UINT64_MAX;
		max = 0;
		kernels->addresses_range(addresses, n, &min, &max);
		assert_true(min == n);
		assert_true(max == (n == 1 ? n : n == 2 ? 0x7ffffffffffff000 : UINT64_MAX - n));
	}
}

static void test_page(void **state)
{
	const struct upset_flagcount_level *kernels = upset_flagcount_level(level_of(state));
	uint64_t addresses[R];

	for (unsigned int n = 1; n <= R; n++) {
		for (unsigned int i = 0; i < R; i++)
			addresses[i] = 0xffffffff80001000 + random_word() % 4096;
		assert_true(kernels->addresses_in_page(addresses, n));
		addresses[n - 1] = 0xffffffff80001fff;
		addresses[0] = 0xffffffff80001000;
		assert_true(kernels->addresses_in_page(addresses, n));
		addresses[n - 1] = 0xffffffff80002000;
		assert_int_equal(kernels->addresses_in_page(addresses, n), n == 1);
		addresses[n - 1] = 0x7fffffff80001000;
		assert_int_equal(kernels->addresses_in_page(addresses, n), n == 1);
	}
	assert_true(kernels->addresses_in_page(addresses, 0));
}

/* Worked out by hand, through the public functions. */
static void by_hand(void **unused)
{
	static const uint32_t index[R] = {0, 1, 0xffffffff};
	const struct upset_derivation d = {.kind = UPSET_DERIVE_ADDRESS,
		.bits = 64,
		.amount = 3,
		.a = {.constant = 0x1000},
		.b = {.values = index, .bytes = 4},
		.displacement = 0x10};
	const struct upset_derivation extend = {
		.kind = UPSET_DERIVE_SIGN_EXTEND, .bits = 32, .a = {.values = index, .bytes = 4}};
	uint64_t out[R], min = UINT64_MAX, max = 0;

	(void)unused;
	upset_derive(out, 8, &d, 3);
	assert_int_equal(out[0], 0x1010);
	assert_int_equal(out[1], 0x1018);
	assert_int_equal(out[2], 0x800001008);
	upset_addresses_range(out, 3, &min, &max);
	assert_int_equal(min, 0x1010);
	assert_int_equal(max, 0x800001008);
	assert_int_equal(upset_addresses_in_page(out, 2), 1);
	assert_int_equal(upset_addresses_in_page(out, 3), 0);
	upset_derive(out, 8, &extend, 3);
	assert_int_equal(out[1], 1);
	assert_int_equal(out[2], UINT64_MAX);
}

int main(void)
{
	static const struct CMUnitTest once[] = {cmocka_unit_test(by_hand)};
	static const struct CMUnitTest each[] = {
		cmocka_unit_test(test_derive),
		cmocka_unit_test(test_every_n),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_page),
	};
	int failures = cmocka_run_group_tests_name("derive", once, NULL, NULL);

	return failures + run_for_each_level(each, sizeof(each) / sizeof(each[0]));
}
