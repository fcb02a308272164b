/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an instruction came that QEMU does not have. */
#include "engine/qemu/guest/guest.h"

enum { CALL_BYTES_MOST = 4 };

/* Whether a system call ends at @address. */
static bool is_behind_call(const struct upset_isa *isa, uint64_t address)
{
	struct upset_insn insn;
	uint8_t bytes[CALL_BYTES_MOST];

	for (size_t n = isa->insn_alignment; n <= sizeof(bytes); n += isa->insn_alignment) {
		if (guest_read(address - n, bytes, n) &&
			upset_isa_decode(isa, &insn, 0, address - n, bytes, n) == 0 &&
			insn.size == n && (insn.classes & UPSET_CLASS_SYSCALL))
			return true;
	}
	return false;
}

void guest_note_illegal(
	const struct upset_isa *isa, struct upset_illegal *illegal, uint64_t address)
{
	size_t size = sizeof(illegal->bytes);

	/* It may be the last one of what is mapped. */
	while (size > 0 && !guest_read(address, illegal->bytes, size))
		size--;
	illegal->address = address;
	illegal->size = (uint8_t)size;
	illegal->isa = (uint8_t)upset_isa_index(isa);
	illegal->called = is_behind_call(isa, address);
}
