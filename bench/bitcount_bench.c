/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What counting costs: core cycles per value of every SIMD level and of methods
 * that lost, for several bucket sizes and widths, with one block's columns hot
 * in the first-level cache and with many blocks taking turns.  Prints a table;
 * doc/counting.md explains it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/bitcount_bench.h"
#include "profile/flagcount.h"

/* Rounds are short, so that the least of them were not disturbed. */
enum {
	HOT_COLUMNS = 8, /* of one block: states and columns fit the first-level cache */
	ALL_COLUMNS = 2000,
	BATCH = 8,	      /* columns of a block */
	BUDGET_NS = 50000000, /* for the rounds of one measurement */
	VALUES = 1 << 14,     /* per measurement */
};

static uint64_t random_word(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double now_ns(void)
{
	return (double)upset_now_ns();
}

/* Core cycles per nanosecond, from a chain of additions that take one cycle each. */
static double cycles_per_ns(void)
{
	double best = 0;

	for (unsigned int round = 0; round < 20; round++) {
		uint64_t x = random_word(), y = random_word();
		double start = now_ns();

		for (unsigned int i = 0; i < 100000; i++)
			__asm__ volatile(".rept 8\n\tadd %1, %0\n\t.endr" : "+r"(x) : "r"(y));
		start = 8 * 100000 / (now_ns() - start);
		best = start > best ? start : best;
	}
	return best;
}

struct columns {
	unsigned int count, records, width;
	uint8_t *states, *values;
	struct upset_bitcount_item *items;
};

static void *zeroes(size_t size)
{
	void *memory = NULL;

	if (posix_memalign(&memory, 4096, size))
		abort();
	memset(memory, 0, size);
	return memory;
}

static void columns_init(struct columns *c, const struct method *method, unsigned int records,
	unsigned int count, unsigned int width)
{
	size_t state_bytes = method->state_bytes(width);
	size_t column_bytes = ((size_t)records * width + 63) & ~(size_t)63;

	*c = (struct columns){.count = count, .records = records, .width = width};
	c->states = zeroes(count * state_bytes);
	c->values = zeroes(count * column_bytes);
	c->items = zeroes(count * sizeof(*c->items));
	for (unsigned int i = 0; i < count; i++) {
		c->items[i].state_offset = (uint32_t)(i * state_bytes);
		c->items[i].column_offset = (uint32_t)(i * column_bytes);
		c->items[i].width_bytes = width;
	}
	for (size_t i = 0; i < count * column_bytes; i++)
		c->values[i] = (uint8_t)(random_word() >> 32);
	/* Columns do not spill in step. */
	for (unsigned int i = 0; i < count; i++)
		for (unsigned int drains = (unsigned int)(random_word() % 1024); drains > 0;
			drains--)
			method->drain_batch(c->states, c->values, c->items + i, 1, records);
}

static void columns_fini(struct columns *c)
{
	free(c->states);
	free(c->values);
	free(c->items);
}

/* Nanoseconds per value, the least of all rounds: what others take from the machine is not ours. */
static double measure(
	const struct method *method, unsigned int records, unsigned int count, unsigned int width)
{
	struct columns c;
	double least = 1e9;

	columns_init(&c, method, records, count, width);
	for (double begin = now_ns(); now_ns() - begin < BUDGET_NS;) {
		unsigned int done = 0;
		double start = now_ns(), time;

		while (done < VALUES)
			for (unsigned int i = 0; i < count; i += BATCH, done += BATCH * records)
				method->drain_batch(
					c.states, c.values, c.items + i, BATCH, records);
		time = (now_ns() - start) / done;
		least = time < least ? time : least;
	}
	columns_fini(&c);
	return least;
}

/* clang-format off */
#define SIZES_OF(level) {methods_##level##_32, methods_##level##_64, methods_##level##_128}
/* clang-format on */

static const struct method *const tables[UPSET_SIMD_COUNT][3] = {
	[UPSET_SIMD_BASELINE] = SIZES_OF(baseline),
#ifdef __x86_64__
	[UPSET_SIMD_AVX2] = SIZES_OF(avx2),
	[UPSET_SIMD_AVX512] = SIZES_OF(avx512),
#endif
};

static void print_method(const struct method *method, unsigned int records, double cycles)
{
	static const unsigned int widths[] = {1, 4, 8, 16, 32};

	printf("%-44s %4u", method->name, records);
	for (unsigned int w = 0; w < sizeof(widths) / sizeof(widths[0]); w++)
		printf(" %5.2f /%5.2f", cycles * measure(method, records, HOT_COLUMNS, widths[w]),
			cycles * measure(method, records, ALL_COLUMNS, widths[w]));
	printf("\n");
	fflush(stdout);
}

/* --- flags and derived columns, at the bucket size and SIMD level in use ------------------ */

static uint64_t columns[4][UPSET_BUCKET_RECORDS] __attribute__((aligned(64)));
static uint64_t counts[UPSET_FLAG_COUNT];

/* clang-format off */
#define COLUMN(n) {columns[n], 0, 8}
#define CONSTANT {.constant = 40}
/* clang-format on */

static void print_cost(const char *name, double ns, double cycles)
{
	printf("%-44s %4d %7.2f\n", name, UPSET_BUCKET_RECORDS, ns * cycles);
}

static void print_flags(const char *name, const struct upset_flags *flags, double cycles)
{
	double least = 1e9;

	for (double begin = now_ns(); now_ns() - begin < BUDGET_NS;) {
		double start = now_ns(), time;

		for (unsigned int i = 0; i < 100; i++)
			upset_flags_count(counts, flags, UPSET_BUCKET_RECORDS);
		time = (now_ns() - start) / 100 / UPSET_BUCKET_RECORDS;
		least = time < least ? time : least;
	}
	print_cost(name, least, cycles);
}

static void print_derivation(
	const char *name, const struct upset_derivation *derivation, double cycles)
{
	double least = 1e9;

	for (double begin = now_ns(); now_ns() - begin < BUDGET_NS;) {
		double start = now_ns(), time;

		for (unsigned int i = 0; i < 100; i++)
			upset_derive(columns[3], 8, derivation, UPSET_BUCKET_RECORDS);
		time = (now_ns() - start) / 100 / UPSET_BUCKET_RECORDS;
		least = time < least ? time : least;
	}
	print_cost(name, least, cycles);
}

static void print_addresses(double cycles)
{
	double least = 1e9;
	uint64_t min = UINT64_MAX, max = 0;

	for (double begin = now_ns(); now_ns() - begin < BUDGET_NS;) {
		double start = now_ns(), time;

		for (unsigned int i = 0; i < 100; i++)
			upset_addresses_range(columns[0], UPSET_BUCKET_RECORDS, &min, &max);
		time = (now_ns() - start) / 100 / UPSET_BUCKET_RECORDS;
		least = time < least ? time : least;
	}
	print_cost("address range", least, cycles);
}

static void print_others(double cycles)
{
	static const struct {
		const char *name;
		struct upset_flags flags;
	} flags[] = {
		{"flags of add, 64 bits",
			{UPSET_FLAGS_ADD, 64, 0, COLUMN(0), COLUMN(1), COLUMN(2)}},
		{"flags of cmp with a constant, 64 bits",
			{UPSET_FLAGS_SUB, 64, 0, COLUMN(0), CONSTANT, COLUMN(2)}},
		{"flags of add, 32 bits",
			{UPSET_FLAGS_ADD, 32, 0, COLUMN(0), COLUMN(1), COLUMN(2)}},
		{"flags of and, 64 bits",
			{UPSET_FLAGS_LOGIC, 64, 0, CONSTANT, CONSTANT, COLUMN(2)}},
		{"flags of shl, 64 bits", {UPSET_FLAGS_SHL, 64, 3, COLUMN(0), CONSTANT, COLUMN(2)}},
	};
	static const struct {
		const char *name;
		struct upset_derivation derivation;
	} derivations[] = {
		{"derive a + b, 64 bits", {UPSET_DERIVE_ADD, 64, 0, COLUMN(0), COLUMN(1), 0}},
		{"derive a + constant, 32 bits", {UPSET_DERIVE_ADD, 32, 0, COLUMN(0), CONSTANT, 0}},
		{"derive a + 8 b + constant",
			{UPSET_DERIVE_ADDRESS, 64, 3, COLUMN(0), COLUMN(1), 16}},
		{"derive a >> 3, signed, 32 bits",
			{UPSET_DERIVE_SAR, 32, 3, COLUMN(0), CONSTANT, 0}},
	};

	printf("\n%-44s %4s  8 bytes\n", upset_simd_name(upset_simd_best()), "R");
	for (unsigned int i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		print_flags(flags[i].name, &flags[i].flags, cycles);
	for (unsigned int i = 0; i < sizeof(derivations) / sizeof(derivations[0]); i++)
		print_derivation(derivations[i].name, &derivations[i].derivation, cycles);
	print_addresses(cycles);
}

int main(void)
{
	double cycles = cycles_per_ns();

	printf("core clock %.2f GHz; core cycles per value, %d columns hot / %d in turn\n", cycles,
		HOT_COLUMNS, ALL_COLUMNS);
	for (unsigned int level = UPSET_SIMD_BASELINE; level < UPSET_SIMD_COUNT; level++) {
		if (!upset_simd_available((enum upset_simd)level))
			continue;
		printf("\n%-44s %4s       1 byte       4 bytes      8 bytes     16 bytes     32 "
		       "bytes\n",
			upset_simd_name((enum upset_simd)level), "R");
		for (const struct method *method = tables[level][0]; method->name; method++)
			for (unsigned int i = 0; i < 3; i++)
				print_method(tables[level][i] + (method - tables[level][0]),
					32u << i, cycles);
	}
	print_others(cycles);
	return 0;
}
