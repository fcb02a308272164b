/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers in QEMU's memory: see registers.h. */
#include "engine/qemu/registers.h"

#include <stdlib.h>
#include <string.h>

static const struct upset_isa *set;
static const struct qemu_plugin_storage *places[UPSET_RESOURCES_MAX];

static const struct qemu_plugin_storage *find(const char *name)
{
	const struct qemu_plugin_storage *s = qemu_plugin_find_storage(name);

	if (s == NULL) {
		qemu_plugin_outs("upset: this QEMU does not know a register it must know\n");
		abort();
	}
	return s;
}

void qemu_registers_find(const struct upset_isa *isa)
{
	if (set != NULL)
		return;
	for (unsigned int i = 0; i < isa->resource_count; i++) {
		if (isa->resources[i].qemu != NULL)
			places[i] = find(isa->resources[i].qemu);
	}
	set = isa;
}

const struct qemu_plugin_storage *qemu_registers_storage(unsigned int resource)
{
	return set->resources[resource].ring == UPSET_RESOURCE_NONE ? places[resource] : NULL;
}

static size_t bytes_of(unsigned int resource)
{
	return (set->resources[resource].bits + 7U) / 8;
}

/* The number of the register that has the name @resource now. */
static unsigned int turned(unsigned int vcpu_index, unsigned int resource)
{
	const struct upset_resource *r = &set->resources[resource];
	unsigned int first = resource / r->ring_count * r->ring_count;
	uint64_t turn = 0;

	memcpy(&turn, qemu_plugin_storage_ptr(vcpu_index, places[r->ring]), bytes_of(r->ring));
	return first + (unsigned int)(resource - first + turn) % r->ring_count;
}

void *qemu_registers_at(unsigned int vcpu_index, unsigned int resource)
{
	if (resource >= set->resource_count || places[resource] == NULL)
		return NULL;
	if (set->resources[resource].ring != UPSET_RESOURCE_NONE)
		resource = turned(vcpu_index, resource);
	return qemu_plugin_storage_ptr(vcpu_index, places[resource]);
}

uint64_t qemu_registers_word(unsigned int vcpu_index, unsigned int resource)
{
	const void *at = qemu_registers_at(vcpu_index, resource);
	uint64_t word = 0;

	if (at != NULL)
		memcpy(&word, at, bytes_of(resource) < 8 ? bytes_of(resource) : 8);
	return word;
}

/* The word that flag @resource is a bit of; NULL: it is no flag, or kept in another way. */
static uint64_t *flags_of(unsigned int vcpu_index, unsigned int resource)
{
	if (resource >= set->resource_count || !upset_isa_is_flag(set, resource))
		return NULL;
	return qemu_registers_at(vcpu_index, set->flags);
}

bool qemu_registers_read(unsigned int vcpu_index, unsigned int resource, uint8_t *value)
{
	const void *at = qemu_registers_at(vcpu_index, resource);
	const uint64_t *flags = flags_of(vcpu_index, resource);

	if (at != NULL)
		memcpy(value, at, bytes_of(resource));
	else if (flags != NULL)
		value[0] = *flags >> set->resources[resource].flag_bit & 1;
	return at != NULL || flags != NULL;
}

bool qemu_registers_write(unsigned int vcpu_index, unsigned int resource, const uint8_t *value)
{
	void *at = qemu_registers_at(vcpu_index, resource);
	uint64_t *flags = flags_of(vcpu_index, resource), bit;

	if (at != NULL) {
		memcpy(at, value, bytes_of(resource));
	} else if (flags != NULL) {
		bit = 1ULL << set->resources[resource].flag_bit;
		*flags = (*flags & ~bit) | (value[0] & 1 ? bit : 0);
	}
	return at != NULL || flags != NULL;
}
