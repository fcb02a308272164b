/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an instruction came that QEMU does not have. */
#include <string.h>

#include "engine/qemu/guest/guest.h"

void guest_note_illegal(struct upset_illegal *illegal, uint64_t address)
{
	static const uint8_t syscall_bytes[2] = {0x0f, 0x05};
	uint8_t before[2];
	size_t size = sizeof(illegal->bytes);

	/* It may be the last one of what is mapped. */
	while (size > 0 && !guest_read(address, illegal->bytes, size))
		size--;
	illegal->address = address;
	illegal->size = (uint8_t)size;
	illegal->called = guest_read(address - sizeof(before), before, sizeof(before)) &&
			  memcmp(before, syscall_bytes, sizeof(before)) == 0;
}
