/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction sets that there are, and finding one; the only place that lists them. */
#include "isa/isa.h"

#include <errno.h>
#include <string.h>

#include "isa/aarch64/aarch64.h"
#include "isa/riscv/riscv.h"
#include "isa/x86/x86.h"

static const struct upset_isa *const sets[] = {
	&upset_isa_x86_64, &upset_isa_i386, &upset_isa_aarch64, &upset_isa_riscv64};

enum { SETS = sizeof(sets) / sizeof(sets[0]) };

const struct upset_isa *upset_isa_at(unsigned int index)
{
	return index < SETS ? sets[index] : NULL;
}

unsigned int upset_isa_index(const struct upset_isa *isa)
{
	unsigned int i = 0;

	while (i < SETS && sets[i] != isa)
		i++;
	return i;
}

const struct upset_isa *upset_isa_find_elf(uint16_t machine, uint8_t class, uint8_t data)
{
	for (unsigned int i = 0; i < SETS; i++) {
		if (sets[i]->elf.machine == machine && sets[i]->elf.class == class &&
			sets[i]->elf.data == data)
			return sets[i];
	}
	return NULL;
}

const struct upset_isa *upset_isa_find_qemu(const char *target)
{
	for (unsigned int i = 0; i < SETS; i++) {
		if (strcmp(sets[i]->qemu, target) == 0)
			return sets[i];
	}
	return NULL;
}

const struct upset_isa *upset_isa_find(const char *name)
{
	for (unsigned int i = 0; i < SETS; i++) {
		if (strcmp(sets[i]->name, name) == 0)
			return sets[i];
	}
	return NULL;
}

const struct upset_resource *upset_isa_resource(const struct upset_isa *isa, unsigned int id)
{
	if (id >= isa->resource_count || isa->resources[id].kind == UPSET_RESOURCE_NOTHING)
		return NULL;
	return &isa->resources[id];
}

static bool equals(const char *name, size_t size, const char *other)
{
	return strlen(other) == size && memcmp(name, other, size) == 0;
}

static bool has_name(const struct upset_resource *r)
{
	return r->kind != UPSET_RESOURCE_NOTHING && r->kind != UPSET_RESOURCE_MEMORY &&
	       r->kind != UPSET_RESOURCE_INTERNAL;
}

unsigned int upset_isa_find_resource(
	const struct upset_isa *isa, const char *name, size_t size, uint16_t *bits)
{
	for (unsigned int i = 0; i < isa->resource_count; i++) {
		if (has_name(&isa->resources[i]) && equals(name, size, isa->resources[i].name)) {
			*bits = isa->resources[i].bits;
			return i;
		}
	}
	for (unsigned int i = 0; i < isa->alias_count; i++) {
		if (equals(name, size, isa->aliases[i].name)) {
			*bits = isa->aliases[i].bits;
			return isa->aliases[i].resource;
		}
	}
	return UPSET_RESOURCE_NONE;
}

const char *upset_isa_resource_name(const struct upset_isa *isa, unsigned int id, unsigned int bits)
{
	const struct upset_resource *r = upset_isa_resource(isa, id);

	if (r == NULL)
		return "";
	for (unsigned int i = 0; i < isa->alias_count && bits != r->bits; i++) {
		if (isa->aliases[i].resource == id && isa->aliases[i].bits == bits)
			return isa->aliases[i].name;
	}
	return r->name;
}

int upset_isa_decode(const struct upset_isa *isa, struct upset_insn *insn, unsigned int mode,
	uint64_t address, const uint8_t *bytes, size_t size)
{
	if (size == 0)
		return -ENODATA;
	return isa->decode(insn, mode, address, bytes, size);
}

void upset_isa_format(
	const struct upset_isa *isa, const struct upset_insn *insn, char *text, size_t size)
{
	if (size == 0)
		return;
	text[0] = '\0';
	isa->format(insn, text, size);
}
