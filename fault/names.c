/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers and models. */
#include "fault/names.h"

#include <stdio.h>
#include <string.h>

#include "fault/fault.h"
#include "isa/isa.h"

enum { XMM_BITS = 128, RIP_BITS = 64 };

static bool is_location(const struct upset_resource *r)
{
	return r != NULL && r->kind != UPSET_RESOURCE_MEMORY && r->kind != UPSET_RESOURCE_MMX;
}

static bool equals(const char *name, size_t size, const char *other)
{
	return strlen(other) == size && memcmp(name, other, size) == 0;
}

bool fault_find_register(const char *name, size_t size, uint8_t *resource, uint16_t *bits)
{
	char full[16];

	if (equals(name, size, "rip")) {
		*resource = UPSET_FAULT_RIP;
		*bits = RIP_BITS;
		return true;
	}
	for (unsigned int i = 0; i < UPSET_RESOURCE_COUNT; i++) {
		const struct upset_resource *r = upset_isa_resource(i);

		if (!is_location(r))
			continue;
		*resource = (uint8_t)i;
		*bits = r->bits;
		if (equals(name, size, r->name))
			return true;
		*bits = XMM_BITS;
		fault_register_name((uint8_t)i, XMM_BITS, full);
		if (r->kind == UPSET_RESOURCE_VECTOR && equals(name, size, full))
			return true;
	}
	return false;
}

void fault_register_name(uint8_t resource, uint16_t bits, char name[16])
{
	const struct upset_resource *r = upset_isa_resource(resource);

	(void)snprintf(name, 16, "%s", resource == UPSET_FAULT_RIP ? "rip" : r->name);
	if (resource != UPSET_FAULT_RIP && r->kind == UPSET_RESOURCE_VECTOR && bits == XMM_BITS)
		name[0] = 'x';
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
		if (f->resource == UPSET_FAULT_RIP)
			return "rip";
		r = upset_isa_resource(f->resource);
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
