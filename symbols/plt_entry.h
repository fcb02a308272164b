/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside symbols/ only: what entries of procedure linkage tables look like on each machine. */
#ifndef UPSET_SYMBOLS_PLT_ENTRY_H
#define UPSET_SYMBOLS_PLT_ENTRY_H

#include <stddef.h>
#include <stdint.h>

struct upset_plt_kind {
	uint16_t machine;			    /* EM_X86_64 */
	uint32_t jump_slot, global_data, irelative; /* types of relocations of slots */
	/*
	 * The slot of the global offset table through which the entry @code[@size] at @address
	 * jumps, where @got is what entries that name a register are relative to.  0 when it
	 * is no such entry.
	 */
	uint64_t (*slot)(const uint8_t *code, size_t size, uint64_t address, uint64_t got);
};

/* That of @machine; NULL: none is known. Static. */
const struct upset_plt_kind *upset_plt_kind(uint16_t machine);

#endif
