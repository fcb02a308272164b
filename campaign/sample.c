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

/* Uniform in [0, @n), @n > 0: as many random bits as it has, again while they are too large. */
static wide below(uint64_t seed, uint64_t i, wide n)
{
	wide mask = n - 1, value;
	uint64_t draw = 0;

	for (unsigned int shift = 1; shift < 128; shift *= 2)
		mask |= mask >> shift;
	do {
		value = (wide)word(seed, i, draw) << 64 | word(seed, i, draw + 1);
		value &= mask;
		draw += 2;
	} while (value >= n);
	return value;
}

uint64_t upset_sample_below(uint64_t seed, uint64_t i, uint64_t n)
{
	return (uint64_t)below(seed, i, n);
}

/* --- the space -------------------------------------------------------------------------------- */

struct upset_sampler {
	const struct upset_sample_space *space;
	unsigned int register_bits;
	uint64_t memory_bits;
	unsigned int models[UPSET_FAULT_MODELS], model_count;
	wide *ends; /* [space->count]: faults at all places up to this one */
	wide population;
};

static bool is_chosen(unsigned int locations, const struct upset_resource *r)
{
	switch (r->kind) {
	case UPSET_RESOURCE_GENERAL:
		return (locations & UPSET_SAMPLE_GENERAL) != 0;
	case UPSET_RESOURCE_FLAG:
		return (locations & UPSET_SAMPLE_FLAGS) != 0;
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_FLOAT:
		return (locations & UPSET_SAMPLE_VECTOR) != 0;
	default:
		return false;
	}
}

unsigned int upset_sample_bits(const struct upset_isa *isa, unsigned int locations)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; i < isa->resource_count; i++) {
		if (is_chosen(locations, &isa->resources[i]))
			bits += isa->resources[i].bits;
	}
	return bits;
}

/* Bits that a fault before one execution of @place may change. */
static wide bits_of(const struct upset_sampler *s, const struct upset_sample_place *place)
{
	unsigned int code = s->space->locations & UPSET_SAMPLE_CODE ? place->size * 8 : 0;

	return (wide)s->register_bits + code + s->memory_bits;
}

static void count_models(struct upset_sampler *s)
{
	for (unsigned int m = 0; m < UPSET_FAULT_SET; m++) {
		if (s->space->models >> m & 1)
			s->models[s->model_count++] = m;
	}
}

struct upset_sampler *upset_sampler_new(const struct upset_sample_space *space)
{
	struct upset_sampler *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->space = space;
	s->register_bits = upset_sample_bits(space->isa, space->locations);
	count_models(s);
	for (size_t i = 0; i < space->range_count && space->locations & UPSET_SAMPLE_MEMORY; i++)
		s->memory_bits += space->ranges[i].bytes * 8;
	s->ends = calloc(space->count + 1, sizeof(*s->ends));
	if (s->ends == NULL) {
		free(s);
		return NULL;
	}
	for (size_t i = 0; i < space->count; i++) {
		s->population += space->places[i].executions * bits_of(s, &space->places[i]) *
				 s->model_count;
		s->ends[i] = s->population;
	}
	return s;
}

void upset_sampler_free(struct upset_sampler *s)
{
	if (s != NULL)
		free(s->ends);
	free(s);
}

uint64_t upset_sampler_population(const struct upset_sampler *s)
{
	return s->population > UINT64_MAX ? UINT64_MAX : (uint64_t)s->population;
}

/* --- samples ---------------------------------------------------------------------------------- */

static void set_bit(struct upset_fault *f, uint64_t bit)
{
	f->bits[bit / 64] = 1ULL << bit % 64;
}

/* Bit @bit of the chosen registers, in the order of their numbers. */
static void set_register(
	struct upset_fault *f, const struct upset_sample_space *space, uint64_t bit)
{
	f->isa = space->isa;
	f->location = UPSET_FAULT_REGISTER;
	for (unsigned int i = 0; i < space->isa->resource_count; i++) {
		const struct upset_resource *r = &space->isa->resources[i];

		if (!is_chosen(space->locations, r))
			continue;
		if (bit < r->bits) {
			f->resource = (uint8_t)i;
			f->location_bits = r->bits;
			set_bit(f, bit);
			return;
		}
		bit -= r->bits;
	}
}

/* Bit @bit of the space's memory: as one of the 8 bytes where it lies. */
static int set_memory(struct upset_fault *f, const struct upset_sample_space *space, uint64_t bit)
{
	const struct upset_sample_range *range = space->ranges;

	for (; bit >= range->bytes * 8; range++)
		bit -= range->bytes * 8;
	f->location = UPSET_FAULT_MEMORY;
	f->location_bits = UPSET_FAULT_MEMORY_BYTES * 8;
	f->place.offset = range->start + bit / 64 * UPSET_FAULT_MEMORY_BYTES;
	f->place.module = strdup("*");
	set_bit(f, bit % 64);
	return f->place.module == NULL ? -ENOMEM : 0;
}

static int set_place(struct upset_fault_place *to, const struct upset_sample_place *place)
{
	to->offset = place->address;
	if (place->module == NULL)
		return 0;
	to->module = strdup(place->module);
	return to->module == NULL ? -ENOMEM : 0;
}

static int set_location(const struct upset_sampler *s, const struct upset_sample_place *place,
	struct upset_fault *f, uint64_t bit)
{
	uint64_t code = s->space->locations & UPSET_SAMPLE_CODE ? place->size * 8U : 0;

	if (bit < s->register_bits) {
		set_register(f, s->space, bit);
		return 0;
	}
	bit -= s->register_bits;
	if (bit >= code)
		return set_memory(f, s->space, bit - code);
	f->location = UPSET_FAULT_CODE;
	f->location_bits = UPSET_FAULT_CODE_BITS;
	set_bit(f, bit);
	return set_place(&f->place, place);
}

/* The first place that ends behind @n. */
static size_t find_place(const struct upset_sampler *s, wide n)
{
	size_t low = 0, high = s->space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->ends[middle] > n)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int upset_sampler_fault(
	const struct upset_sampler *s, uint64_t seed, uint64_t i, struct upset_faults *faults)
{
	const struct upset_sample_place *place;
	struct upset_fault *f;
	size_t found;
	wide n, bits;
	int rc;

	*faults = (struct upset_faults){0};
	if (s->population == 0)
		return -EINVAL;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	*faults = (struct upset_faults){f, 1};
	n = below(seed, i, s->population);
	found = find_place(s, n);
	place = &s->space->places[found];
	n -= found > 0 ? s->ends[found - 1] : 0;
	f->model = s->models[(unsigned int)(n % s->model_count)];
	n /= s->model_count;
	bits = bits_of(s, place);
	f->thread = s->space->threaded ? UPSET_FAULT_ANY_THREAD : -1;
	f->trigger = UPSET_FAULT_AT_PLACE;
	f->count = (uint64_t)(n / bits) + 1;
	rc = set_place(&f->trigger_place, place);
	return rc != 0 ? rc : set_location(s, place, f, (uint64_t)(n % bits));
}

const struct upset_sample_place *upset_sampler_place(
	const struct upset_sampler *s, uint64_t seed, uint64_t i)
{
	return s->population == 0 ? NULL
				  : &s->space->places[find_place(s, below(seed, i, s->population))];
}
