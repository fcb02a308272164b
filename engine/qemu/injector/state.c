/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and memory of a thread that is outside of translated code: see state.h. */
#include "engine/qemu/injector/state.h"

#include <string.h>

#include "engine/qemu/registers.h"
#include "isa/isa.h"

enum { X87_BYTES = 10, VECTOR_BYTES = 32, GENERAL_BYTES = 8 };

static struct qemu_registers registers;

void injector_find_state(void)
{
	qemu_registers_find(&registers);
}

static void *at(const struct thread *thread, const struct qemu_plugin_storage *storage)
{
	return qemu_plugin_storage_ptr(thread->index, storage);
}

static uint64_t word_at(const struct thread *thread, const struct qemu_plugin_storage *storage)
{
	uint64_t word;

	memcpy(&word, at(thread, storage), sizeof(word));
	return word;
}

uint64_t injector_program_counter(const struct thread *thread)
{
	return word_at(thread, registers.rip);
}

const uint64_t *injector_general_register(const struct thread *thread, unsigned int resource)
{
	return at(thread, registers.general[resource]);
}

static void *find_x87(const struct thread *thread, unsigned int number)
{
	const uint32_t *top = at(thread, registers.fpstt);

	return at(thread, registers.fpr[(*top + number) & 7]);
}

static bool access_register(
	const struct thread *thread, unsigned int resource, uint8_t *value, bool write)
{
	if (resource == UPSET_FAULT_RIP)
		upset_inject_copy(at(thread, registers.rip), value, GENERAL_BYTES, write);
	else if (resource < UPSET_CF)
		upset_inject_copy(
			at(thread, registers.general[resource]), value, GENERAL_BYTES, write);
	else if (resource <= UPSET_OF)
		upset_inject_copy_flag(at(thread, registers.eflags), resource, value, write);
	else if (resource >= UPSET_YMM0 && resource < UPSET_ST0)
		upset_inject_copy(at(thread, registers.vector[resource - UPSET_YMM0]), value,
			VECTOR_BYTES, write);
	else if (resource >= UPSET_ST0 && resource < UPSET_MM0)
		upset_inject_copy(find_x87(thread, resource - UPSET_ST0), value, X87_BYTES, write);
	else
		return false;
	return true;
}

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	return access_register(context, resource, value, false);
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	return access_register(context, resource, (uint8_t *)(uintptr_t)value, true);
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
	*fs_base = word_at(context, registers.fs_base);
	*gs_base = word_at(context, registers.gs_base);
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
