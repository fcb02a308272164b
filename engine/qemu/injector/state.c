/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and memory of a thread that is outside of translated code: see state.h. */
#include "engine/qemu/injector/state.h"

#include <string.h>

#include "engine/qemu/registers.h"

void injector_find_state(void)
{
	qemu_registers_find(injector.isa);
}

uint64_t injector_program_counter(const struct thread *thread)
{
	return qemu_registers_word(thread->index, injector.isa->pc);
}

const void *injector_register(const struct thread *thread, unsigned int resource)
{
	return qemu_registers_at(thread->index, resource);
}

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	return qemu_registers_read(((const struct thread *)context)->index, resource, value);
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	return qemu_registers_write(((const struct thread *)context)->index, resource, value);
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

struct upset_inject_state injector_state(struct thread *thread)
{
	return (struct upset_inject_state){
		.isa = injector.isa,
		.context = thread,
		.read_register = read_register,
		.write_register = write_register,
		.read_memory = read_memory,
		.write_memory = write_memory,
	};
}
