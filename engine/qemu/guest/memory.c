/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of the program, where a system call names it. */
#include <string.h>

#include <glib.h>
#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/internal.h"

enum { PIECE = 64 }; /* divides a page */

bool guest_read(uint64_t address, void *value, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	bool done = address != 0 && qemu_plugin_read_memory_vaddr(address, bytes, size);

	if (done)
		memcpy(value, bytes->data, size);
	g_byte_array_unref(bytes);
	return done;
}

bool guest_write(uint64_t address, const void *value, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	bool done;

	g_byte_array_append(bytes, value, (guint)size);
	done = address != 0 && size > 0 && qemu_plugin_write_memory_vaddr(address, bytes);
	g_byte_array_unref(bytes);
	return done;
}

static bool read_numbers(uint64_t address, uint64_t *numbers, size_t count, size_t bytes)
{
	for (size_t i = 0; i < count; i++) {
		numbers[i] = 0;
		if (!guest_read(address + i * bytes, &numbers[i], bytes))
			return false;
	}
	return true;
}

static bool write_numbers(uint64_t address, const uint64_t *numbers, size_t count, size_t bytes)
{
	for (size_t i = 0; i < count; i++) {
		if (address == 0 || !guest_write(address + i * bytes, &numbers[i], bytes))
			return false;
	}
	return true;
}

bool guest_read_words(uint64_t address, uint64_t *words, size_t count)
{
	return address != 0 && read_numbers(address, words, count, guest_abi()->word_bytes);
}

bool guest_write_words(uint64_t address, const uint64_t *words, size_t count)
{
	return write_numbers(address, words, count, guest_abi()->word_bytes);
}

bool guest_read_text(uint64_t address, char *text, size_t size)
{
	size_t at = 0;

	/* Not beyond the page of its end, which may be the last one. */
	while (at < size) {
		size_t n = PIECE - (size_t)((address + at) % PIECE);

		if (n > size - at)
			n = size - at;
		if (!guest_read(address + at, text + at, n))
			return false;
		if (memchr(text + at, '\0', n) != NULL)
			return true;
		at += n;
	}
	return false;
}

bool guest_read_time(uint64_t address, uint64_t unit, uint64_t *ns)
{
	/* Longer than any run: what is beyond that cannot be told from for ever. */
	const int64_t most = 4000000000;
	int64_t value[2];

	if (address == 0 || !read_numbers(address, (uint64_t *)value, 2, guest_time_bytes()) ||
		value[0] < 0 || value[1] < 0 || (uint64_t)value[1] >= SECOND_NS / unit)
		return false;
	if (value[0] > most)
		value[0] = most;
	*ns = (uint64_t)value[0] * SECOND_NS + (uint64_t)value[1] * unit;
	return true;
}

bool guest_write_time(uint64_t address, uint64_t unit, uint64_t ns)
{
	const uint64_t value[2] = {ns / SECOND_NS, ns % SECOND_NS / unit};

	return write_numbers(address, value, 2, guest_time_bytes());
}
