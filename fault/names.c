/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers and models. */
#include "fault/names.h"

#include <stdio.h>
#include <string.h>

#include "fault/fault.h"
#include "isa/isa.h"
#include "isa/x86/x86.h"

/* MMX registers lie in x87's: they are named by those. */
static bool is_location(unsigned int resource)
{
	const struct upset_resource *r = upset_isa_resource(&upset_isa_x86_64, resource);

	return r != NULL && r->kind != UPSET_RESOURCE_MMX;
}

bool fault_find_register(const char *name, size_t size, uint8_t *resource, uint16_t *bits)
{
	unsigned int found = upset_isa_find_resource(&upset_isa_x86_64, name, size, bits);

	*resource = (uint8_t)found;
	return is_location(found);
}

void fault_register_name(uint8_t resource, uint16_t bits, char name[16])
{
	(void)snprintf(name, 16, "%s", upset_isa_resource_name(&upset_isa_x86_64, resource, bits));
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
	const struct upset_resource *r;

	switch (f->location) {
	case UPSET_FAULT_REGISTER:
		r = upset_isa_resource(&upset_isa_x86_64, f->resource);
		return r != NULL ? r->name : NULL;
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
