/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and memory of a thread that is outside of translated code. */
#include <stdio.h>
#include <string.h>

#include "engine/qemu/injector/injector.h"
#include "isa/isa.h"

enum { X87_BYTES = 10, VECTOR_BYTES = 32, GENERAL_BYTES = 8 };

static void *find(const struct thread *thread, const char *name)
{
	const struct qemu_plugin_storage *storage = qemu_plugin_find_storage(name);

	return storage == NULL ? NULL : qemu_plugin_storage_ptr(thread->index, storage);
}

static void *find_x87(const struct thread *thread, unsigned int number)
{
	const uint32_t *top = find(thread, "fpstt");
	char name[8];

	if (top == NULL)
		return NULL;
	(void)snprintf(name, sizeof(name), "fpr%u", (*top + number) & 7);
	return find(thread, name);
}

uint64_t injector_program_counter(const struct thread *thread)
{
	const uint64_t *rip = find(thread, "rip");

	return rip == NULL ? 0 : *rip;
}

/* Where register @resource lies, and how many bytes it has; NULL: nowhere. */
static void *place_of(const struct thread *thread, unsigned int resource, size_t *size)
{
	*size = GENERAL_BYTES;
	if (resource == UPSET_FAULT_RIP)
		return find(thread, "rip");
	if (resource < UPSET_CF)
		return find(thread, upset_isa_resource(resource)->name);
	if (resource >= UPSET_YMM0 && resource < UPSET_ST0) {
		*size = VECTOR_BYTES;
		return find(thread, upset_isa_resource(resource)->name);
	}
	*size = X87_BYTES;
	if (resource >= UPSET_ST0 && resource < UPSET_MM0)
		return find_x87(thread, resource - UPSET_ST0);
	return NULL;
}

static bool is_flag(unsigned int resource)
{
	return resource >= UPSET_CF && resource <= UPSET_OF;
}

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	const struct thread *thread = context;
	const uint64_t *flags;
	const void *place;
	size_t size;

	if (is_flag(resource)) {
		flags = find(thread, "eflags");
		value[0] = flags != NULL &&
			   (*flags >> upset_isa_resource(resource)->flag_bit & 1) != 0;
		return flags != NULL;
	}
	place = place_of(thread, resource, &size);
	if (place != NULL)
		memcpy(value, place, size);
	return place != NULL;
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	const struct thread *thread = context;
	uint64_t *flags, bit;
	void *place;
	size_t size;

	if (is_flag(resource)) {
		flags = find(thread, "eflags");
		if (flags == NULL)
			return false;
		bit = 1ULL << upset_isa_resource(resource)->flag_bit;
		*flags = (*flags & ~bit) | (value[0] & 1 ? bit : 0);
		return true;
	}
	place = place_of(thread, resource, &size);
	if (place != NULL)
		memcpy(place, value, size);
	return place != NULL;
}

static bool read_memory(void *context, uint64_t address, uint8_t *value, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	bool done = qemu_plugin_read_memory_vaddr(address, bytes, size);

	(void)context;
	if (done)
		memcpy(value, bytes->data, size);
	g_byte_array_unref(bytes);
	return done;
}

static bool write_memory(void *context, uint64_t address, const uint8_t *value, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	bool done;

	(void)context;
	g_byte_array_append(bytes, value, (guint)size);
	done = qemu_plugin_write_memory_vaddr(address, bytes);
	g_byte_array_unref(bytes);
	return done;
}

static void segment_bases(void *context, uint64_t *fs_base, uint64_t *gs_base)
{
	const uint64_t *fs = find(context, "fs_base"), *gs = find(context, "gs_base");

	*fs_base = fs == NULL ? 0 : *fs;
	*gs_base = gs == NULL ? 0 : *gs;
}

struct upset_inject_state injector_state(struct thread *thread)
{
	return (struct upset_inject_state){
		.context = thread,
		.read_register = read_register,
		.write_register = write_register,
		.read_memory = read_memory,
		.write_memory = write_memory,
		.segment_bases = segment_bases,
	};
}
