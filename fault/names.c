/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers and models. */
#include "fault/names.h"

#include <errno.h>
#include <string.h>

#include "fault/fault.h"
#include "isa/isa.h"

/* MMX registers lie in x87's: they are named by those. */
static bool is_location(const struct upset_isa *isa, unsigned int resource)
{
	const struct upset_resource *r = upset_isa_resource(isa, resource);

	return r != NULL && r->kind != UPSET_RESOURCE_MMX;
}

/* s9 has 64 bits in one set and 32 in another: the widest, until the program is known. */
bool fault_find_register(const char *name, size_t size, struct upset_fault *f)
{
	const struct upset_isa *isa;

	f->location_bits = 0;
	for (unsigned int i = 0; (isa = upset_isa_at(i)) != NULL; i++) {
		uint16_t bits;
		unsigned int found = upset_isa_find_resource(isa, name, size, &bits);

		if (!is_location(isa, found) || bits <= f->location_bits)
			continue;
		f->isa = isa;
		f->resource = (uint8_t)found;
		f->location_bits = bits;
	}
	return f->location_bits > 0;
}

unsigned int fault_top_bit(const struct upset_fault *f)
{
	for (unsigned int bit = UPSET_FAULT_BITS - 1; bit > 0; bit--) {
		bool set = f->model == UPSET_FAULT_SET ? f->value[bit / 8] >> bit % 8 & 1
						       : f->bits[bit / 64] >> bit % 64 & 1;

		if (set)
			return bit;
	}
	return 0;
}

const char *fault_register_name(const struct upset_fault *f)
{
	return upset_isa_resource_name(f->isa, f->resource, f->location_bits);
}

unsigned int upset_fault_register(
	const struct upset_fault *f, const struct upset_isa *isa, uint16_t *bits)
{
	const char *name = fault_register_name(f);
	unsigned int found;

	*bits = f->location_bits;
	if (f->isa == isa)
		return f->resource;
	found = upset_isa_find_resource(isa, name, strlen(name), bits);
	return is_location(isa, found) ? found : UPSET_RESOURCE_NONE;
}

static int check(
	const struct upset_fault *f, const struct upset_isa *isa, struct upset_error *error)
{
	uint16_t bits;

	if (f->location != UPSET_FAULT_REGISTER)
		return 0;
	if (upset_fault_register(f, isa, &bits) == UPSET_RESOURCE_NONE)
		return upset_error_set(error, EINVAL,
			"the program is one of %s, which has no register %s of %u bits", isa->name,
			fault_register_name(f), f->location_bits);
	if (fault_top_bit(f) >= bits)
		return upset_error_set(error, EINVAL,
			"the program is one of %s, where register %s has %u bits, from 0",
			isa->name, fault_register_name(f), bits);
	return 0;
}

int upset_faults_check(
	const struct upset_faults *faults, const struct upset_isa *isa, struct upset_error *error)
{
	int rc = 0;

	for (size_t i = 0; i < faults->count && rc == 0; i++)
		rc = check(&faults->faults[i], isa, error);
	return rc;
}

const char *upset_fault_model_name(enum upset_fault_model model)
{
	static const char *const names[UPSET_FAULT_MODELS] = {
		[UPSET_FAULT_FLIP] = "flip",
		[UPSET_FAULT_STUCK0] = "stuck0",
		[UPSET_FAULT_STUCK1] = "stuck1",
		[UPSET_FAULT_SET] = "set",
		[UPSET_FAULT_SKIP] = "skip",
		[UPSET_FAULT_NONE] = "none",
	};

	return model < UPSET_FAULT_MODELS ? names[model] : "";
}

const char *upset_fault_location_name(const struct upset_fault *f)
{
	switch (f->location) {
	case UPSET_FAULT_REGISTER:
		return f->isa->resources[f->resource].name;
	case UPSET_FAULT_MEMORY:
		return "memory";
	case UPSET_FAULT_OPERAND:
		return "operand";
	case UPSET_FAULT_CODE:
		return "code";
	default:
		return NULL;
	}
}
