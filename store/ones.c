/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by bit as a blob and back; the format is in doc/schema.md. */
#include <errno.h>
#include <string.h>

#include "store/store.h"

size_t upset_ones_encode(const uint64_t *ones, unsigned int bits, uint8_t *blob)
{
	size_t size = 0;

	while (bits > 0 && ones[bits - 1] == 0)
		bits--;
	for (unsigned int bit = 0; bit < bits; bit++) {
		uint64_t value = ones[bit];

		while (value >= 0x80) {
			blob[size++] = (uint8_t)(value | 0x80);
			value >>= 7;
		}
		blob[size++] = (uint8_t)value;
	}
	return size;
}

int upset_ones_decode(const uint8_t *blob, size_t size, unsigned int bits, uint64_t *ones)
{
	size_t at = 0;

	memset(ones, 0, bits * sizeof(*ones));
	for (unsigned int bit = 0; at < size; bit++) {
		unsigned int shift = 0;
		uint8_t byte;

		if (bit == bits)
			return -EIO;
		do {
			if (at == size || shift > 63)
				return -EIO;
			byte = blob[at++];
			if (shift == 63 && byte > 1)
				return -EIO;
			ones[bit] |= (uint64_t)(byte & 0x7f) << shift;
			shift += 7;
		} while (byte & 0x80);
	}
	return 0;
}
