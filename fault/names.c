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

bool fault_find_register(const char *name, size_t size, struct upset_fault *f)
{
	const struct upset_isa *isa;

	for (unsigned int i = 0; (isa = upset_isa_at(i)) != NULL; i++) {
		unsigned int found = upset_isa_find_resource(isa, name, size, &f->location_bits);

		if (!is_location(isa, found))
			continue;
		f->isa = isa;
		f->resource = (uint8_t)found;
		return true;
	}
	return false;
}

const char *fault_register_name(const struct upset_fault *f)
{
	return upset_isa_resource_name(f->isa, f->resource, f->location_bits);
}

unsigned int upset_fault_register(const struct upset_fault *f, const struct upset_isa *isa)
{
	const char *name = fault_register_name(f);
	uint16_t bits;
	unsigned int found;

	if (f->isa == isa)
		return f->resource;
	found = upset_isa_find_resource(isa, name, strlen(name), &bits);
	return is_location(isa, found) && bits == f->location_bits ? found : UPSET_RESOURCE_NONE;
}

int upset_faults_check(
	const struct upset_faults *faults, const struct upset_isa *isa, struct upset_error *error)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct upset_fault *f = &faults->faults[i];

		if (f->location == UPSET_FAULT_REGISTER &&
			upset_fault_register(f, isa) == UPSET_RESOURCE_NONE)
			return upset_error_set(error, EINVAL,
				"the program is one of %s, which has no register %s of %u bits",
				isa->name, fault_register_name(f), f->location_bits);
	}
	return 0;
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
