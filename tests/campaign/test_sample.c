/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples: reproducible, within the space, and all of it with one probability. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "campaign/sample.h"
#include "isa/isa.h"
#include "isa/x86/x86.h"

static const struct upset_sample_place places[] = {{NULL, 0x401000, 3, 4}, {NULL, 0x401004, 0, 4},
	{"libm.so.6", 0x10, 5, 2}, {NULL, 0x401008, 2, 1}};
static const struct upset_sample_space space = {.isa = &upset_isa_x86_64,
	.places = places,
	.count = 4,
	.locations = UPSET_SAMPLE_GENERAL | UPSET_SAMPLE_FLAGS,
	.models = 1 << UPSET_FAULT_FLIP};

static int sample(
	const struct upset_sample_space *s, uint64_t seed, uint64_t i, struct upset_faults *faults)
{
	struct upset_sampler *sampler = upset_sampler_new(s);
	int rc;

	assert_non_null(sampler);
	rc = upset_sampler_fault(sampler, seed, i, faults);
	upset_sampler_free(sampler);
	return rc;
}

static uint64_t population(const struct upset_sample_space *s)
{
	struct upset_sampler *sampler = upset_sampler_new(s);
	uint64_t n;

	assert_non_null(sampler);
	n = upset_sampler_population(sampler);
	upset_sampler_free(sampler);
	return n;
}

static char *text_of(const struct upset_sample_space *s, uint64_t seed, uint64_t i)
{
	struct upset_faults faults;
	char *text;

	assert_int_equal(sample(s, seed, i, &faults), 0);
	text = upset_faults_print(&faults);
	upset_faults_free(&faults);
	assert_non_null(text);
	return text;
}

static void knows_its_size(void **state)
{
	const struct upset_sample_place many[] = {{NULL, 1, UINT64_MAX / 2, 1}};
	const struct upset_sample_range range = {0x1000, 16};
	struct upset_sample_space large = space, empty = space, all = space;
	struct upset_faults faults;

	(void)state;
	large.places = many;
	large.count = 1;
	large.locations = UPSET_SAMPLE_VECTOR;
	empty.count = 0;
	all.locations |= UPSET_SAMPLE_CODE | UPSET_SAMPLE_MEMORY;
	all.ranges = &range;
	all.range_count = 1;
	all.models |= 1 << UPSET_FAULT_STUCK0;
	assert_int_equal(
		population(&all), 2 * (10 * (1024 + 7 + 16 * 8) + 3 * 32 + 5 * 16 + 2 * 8));
	assert_int_equal(upset_sample_bits(&upset_isa_x86_64, UPSET_SAMPLE_GENERAL), 16 * 64);
	assert_int_equal(upset_sample_bits(&upset_isa_x86_64, UPSET_SAMPLE_FLAGS), 7);
	assert_int_equal(upset_sample_bits(&upset_isa_x86_64, UPSET_SAMPLE_VECTOR), 16 * 256);
	assert_int_equal(population(&space), 10 * (1024 + 7));
	assert_int_equal(population(&large), UINT64_MAX);
	assert_int_equal(population(&empty), 0);
	assert_int_equal(sample(&empty, 1, 0, &faults), -EINVAL);
}

/* A campaign that goes on with another version of upset goes on with the same faults.  These
 * were computed apart from the code. */
static void is_the_same_for_ever(void **state)
{
	static const struct {
		uint64_t seed, i;
		const char *fault;
	} known[] = {
		{1, 0, "flip:43 r9 @ pc=0x401008 #2"},
		{1, 1, "flip:60 r10 @ pc=0x401000 #2"},
		{2, 0, "flip:45 rcx @ pc=0x401000 #2"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
		char *text = text_of(&space, known[k].seed, known[k].i);

		assert_string_equal(text, known[k].fault);
		free(text);
	}
}

/* It is the one before which the fault is. */
static void tells_the_place(void **state)
{
	struct upset_sampler *sampler = upset_sampler_new(&space);
	struct upset_sample_space empty = space;

	(void)state;
	assert_non_null(sampler);
	assert_int_equal(upset_sampler_place(sampler, 1, 0)->address, 0x401008);
	assert_int_equal(upset_sampler_place(sampler, 1, 1)->address, 0x401000);
	for (uint64_t i = 0; i < 100; i++) {
		const struct upset_sample_place *place = upset_sampler_place(sampler, 3, i);
		struct upset_faults faults;

		assert_int_equal(upset_sampler_fault(sampler, 3, i, &faults), 0);
		assert_int_equal(faults.faults[0].trigger_place.offset, place->address);
		assert_int_equal(
			faults.faults[0].trigger_place.module != NULL, place->module != NULL);
		upset_faults_free(&faults);
	}
	upset_sampler_free(sampler);
	empty.count = 0;
	sampler = upset_sampler_new(&empty);
	assert_null(upset_sampler_place(sampler, 1, 0));
	upset_sampler_free(sampler);
}

/* Which of @n cells each sample falls into; chi-square at a millionth. */
static void check_uniform(const unsigned int *cells, unsigned int n, unsigned int samples)
{
	double expected = (double)samples / n, chi = 0;

	for (unsigned int c = 0; c < n; c++)
		chi += (cells[c] - expected) * (cells[c] - expected) / expected;
	if (gsl_cdf_chisq_Q(chi, n - 1) < 1e-6)
		fail_msg("chi-square %.1f of %u cells", chi, n);
}

static unsigned int bit_of(const struct upset_fault *f)
{
	unsigned int bit = 0;

	while (!(f->bits[bit / 64] >> bit % 64 & 1))
		bit++;
	assert_true(bit < f->location_bits);
	return f->resource < X86_CF ? f->resource * 64U + bit : 1024U + f->resource - X86_CF;
}

static unsigned int execution_of(const struct upset_fault *f)
{
	unsigned int before = 0;

	for (size_t p = 0; p < space.count; p++) {
		if (places[p].address == f->trigger_place.offset) {
			assert_true(f->count >= 1 && f->count <= places[p].executions);
			return before + (unsigned int)f->count - 1;
		}
		before += (unsigned int)places[p].executions;
	}
	fail_msg("address 0x%llx", (unsigned long long)f->trigger_place.offset);
	return 0;
}

static void is_uniform(void **state)
{
	enum { SAMPLES = 200000, BITS = 1024 + 7, EXECUTIONS = 10 };
	static unsigned int bits[BITS], times[EXECUTIONS];

	(void)state;
	for (uint64_t i = 0; i < SAMPLES; i++) {
		struct upset_faults faults;

		assert_int_equal(sample(&space, 42, i, &faults), 0);
		bits[bit_of(&faults.faults[0])]++;
		times[execution_of(&faults.faults[0])]++;
		upset_faults_free(&faults);
	}
	check_uniform(bits, BITS, SAMPLES);
	check_uniform(times, EXECUTIONS, SAMPLES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_size),
		cmocka_unit_test(is_the_same_for_ever),
		cmocka_unit_test(tells_the_place),
		cmocka_unit_test(is_uniform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
