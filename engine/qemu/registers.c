/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers in QEMU's memory: see registers.h. */
#include "engine/qemu/registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct upset_isa *set;
static const struct qemu_plugin_storage *places[UPSET_RESOURCES_MAX];

static const struct qemu_plugin_storage *find(const char *name)
{
	const struct qemu_plugin_storage *s = qemu_plugin_find_storage(name);

	if (s == NULL) {
		(void)fprintf(stderr, "upset: this QEMU does not know the register %s\n", name);
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

/* What QEMU computes when it is asked; NULL: nothing of the kind. */
static const struct qemu_plugin_storage *computed(unsigned int vcpu_index, unsigned int resource)
{
	if (resource >= set->resource_count || places[resource] == NULL ||
		qemu_plugin_storage_ptr(vcpu_index, places[resource]) != NULL)
		return NULL;
	return places[resource];
}

uint64_t qemu_registers_word(unsigned int vcpu_index, unsigned int resource)
{
	const void *at = qemu_registers_at(vcpu_index, resource);
	const struct qemu_plugin_storage *of;
	uint64_t word = 0;

	if (at != NULL) {
		memcpy(&word, at, bytes_of(resource) < 8 ? bytes_of(resource) : 8);
		return word;
	}
	of = computed(vcpu_index, resource);
	return of != NULL ? qemu_plugin_storage_get(vcpu_index, of) : 0;
}

static void set_word(unsigned int vcpu_index, unsigned int resource, uint64_t word)
{
	void *at = qemu_registers_at(vcpu_index, resource);

	if (at != NULL)
		memcpy(at, &word, bytes_of(resource));
	else
		qemu_plugin_storage_set(vcpu_index, computed(vcpu_index, resource), word);
}

/* A bit of the word of flags. */
static bool is_flag(unsigned int resource)
{
	return resource < set->resource_count && upset_isa_is_flag(set, resource);
}

bool qemu_registers_read(unsigned int vcpu_index, unsigned int resource, uint8_t *value)
{
	const void *at = qemu_registers_at(vcpu_index, resource);
	uint64_t word;

	if (at != NULL) {
		memcpy(value, at, bytes_of(resource));
		return true;
	}
	if (!is_flag(resource) && computed(vcpu_index, resource) == NULL)
		return false;
	word = is_flag(resource) ? qemu_registers_word(vcpu_index, set->flags) >>
						   set->resources[resource].flag_bit &
					   1
				 : qemu_registers_word(vcpu_index, resource);
	memcpy(value, &word, bytes_of(resource));
	return true;
}

bool qemu_registers_write(unsigned int vcpu_index, unsigned int resource, const uint8_t *value)
{
	uint64_t word = 0, bit;

	if (is_flag(resource)) {
		bit = 1ULL << set->resources[resource].flag_bit;
		word = qemu_registers_word(vcpu_index, set->flags);
		set_word(vcpu_index, set->flags, (word & ~bit) | (value[0] & 1 ? bit : 0));
		return true;
	}
	if (computed(vcpu_index, resource) != NULL) {
		memcpy(&word, value, bytes_of(resource));
		set_word(vcpu_index, resource, word);
		return true;
	}
	if (qemu_registers_at(vcpu_index, resource) == NULL)
		return false;
	memcpy(qemu_registers_at(vcpu_index, resource), value, bytes_of(resource));
	return true;
}
