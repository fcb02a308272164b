/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sampling faults: see sample.h. */
#include "campaign/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"

/* --- random numbers that depend on their place alone ------------------------------------------ */

/* The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static uint64_t word(uint64_t seed, uint64_t i, uint64_t draw)
{
	const uint64_t golden = 0x9e3779b97f4a7c15ULL;

	return mix(mix(mix(seed + golden) + i * golden) + draw * golden);
}

__extension__ typedef unsigned __int128 wide;

/* Uniform in [0, @n), @n > 0: by multiplication, the biased part rejected (Lemire, 2019). */
static uint64_t below(uint64_t seed, uint64_t i, uint64_t *draw, uint64_t n)
{
	const uint64_t biased = -n % n;
	wide product;

	do
		product = (wide)word(seed, i, (*draw)++) * n;
	while ((uint64_t)product < biased);
	return (uint64_t)(product >> 64);
}

/* --- the space -------------------------------------------------------------------------------- */

static bool is_chosen(unsigned int locations, const struct upset_resource *r)
{
	if (r == NULL)
		return false;
	switch (r->kind) {
	case UPSET_RESOURCE_GENERAL:
		return (locations & UPSET_SAMPLE_GENERAL) != 0;
	case UPSET_RESOURCE_FLAG:
		return (locations & UPSET_SAMPLE_FLAGS) != 0;
	case UPSET_RESOURCE_VECTOR:
		return (locations & UPSET_SAMPLE_VECTOR) != 0;
	default:
		return false;
	}
}

unsigned int upset_sample_bits(unsigned int locations)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; i < UPSET_RESOURCE_COUNT; i++) {
		if (is_chosen(locations, upset_isa_resource(i)))
			bits += upset_isa_resource(i)->bits;
	}
	return bits;
}

static uint64_t executions(const struct upset_sample_space *space)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < space->count; i++)
		sum += space->places[i].executions;
	return sum;
}

uint64_t upset_sample_space_size(const struct upset_sample_space *space)
{
	uint64_t size;

	if (__builtin_mul_overflow(executions(space), upset_sample_bits(space->locations), &size))
		return UINT64_MAX;
	return size;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* Bit @bit of the chosen locations, in the order of their numbers. */
static void set_location(struct upset_fault *f, unsigned int locations, uint64_t bit)
{
	for (unsigned int i = 0; i < UPSET_RESOURCE_COUNT; i++) {
		const struct upset_resource *r = upset_isa_resource(i);

		if (!is_chosen(locations, r))
			continue;
		if (bit < r->bits) {
			f->resource = (uint8_t)i;
			f->location_bits = r->bits;
			f->bits[bit / 64] = 1ULL << bit % 64;
			return;
		}
		bit -= r->bits;
	}
}

/* Execution @n of all, in the order of the places. */
static int set_trigger(struct upset_fault *f, const struct upset_sample_space *space, uint64_t n)
{
	const struct upset_sample_place *place = space->places;

	for (; n >= place->executions; place++)
		n -= place->executions;
	f->trigger = UPSET_FAULT_AT_PLACE;
	f->count = n + 1;
	f->trigger_place.offset = place->address;
	if (place->module == NULL)
		return 0;
	f->trigger_place.module = strdup(place->module);
	return f->trigger_place.module == NULL ? -ENOMEM : 0;
}

int upset_sample_fault(const struct upset_sample_space *space, uint64_t seed, uint64_t i,
	struct upset_faults *faults)
{
	unsigned int bits = upset_sample_bits(space->locations);
	uint64_t all = executions(space), draw = 0;
	struct upset_fault *f;

	*faults = (struct upset_faults){0};
	if (all == 0 || bits == 0)
		return -EINVAL;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	*faults = (struct upset_faults){f, 1};
	f->model = UPSET_FAULT_FLIP;
	f->location = UPSET_FAULT_REGISTER;
	f->thread = -1;
	set_location(f, space->locations, below(seed, i, &draw, bits));
	return set_trigger(f, space, below(seed, i, &draw, all));
}
