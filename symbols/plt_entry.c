/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of procedure linkage tables: see plt_entry.h.  Sources: the ABI of each machine. */
#include "symbols/plt_entry.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

enum { WORD = 4 };

static uint32_t word_at(const uint8_t *code)
{
	uint32_t word;

	memcpy(&word, code, sizeof(word));
	return word;
}

static int64_t signed_bits(uint32_t word, unsigned int from, unsigned int bits)
{
	return (int64_t)((uint64_t)word << (64 - from - bits)) >> (64 - bits);
}

/* --- x86 -------------------------------------------------------------------------------------- */

/* Past endbr and bnd, to the bytes of a jump through memory with @mode; @size: there is none. */
static size_t find_jump(const uint8_t *code, size_t size, uint8_t mode)
{
	static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e};
	size_t at = 0;

	if (size >= WORD && memcmp(code, endbr, sizeof(endbr)) == 0)
		at += WORD;
	if (at < size && code[at] == 0xf2)
		at++;
	if (size - at < 2 + WORD || code[at] != 0xff || code[at + 1] != mode)
		return size;
	return at + 2;
}

/* jmp *displacement(%rip) */
static uint64_t slot_x86_64(const uint8_t *code, size_t size, uint64_t address, uint64_t got)
{
	const size_t at = find_jump(code, size, 0x25);

	(void)got;
	if (at == size)
		return 0;
	return address + at + WORD + (uint64_t)(int64_t)(int32_t)word_at(code + at);
}

/* jmp *address, or relative to the table jmp *displacement(%ebx) */
static uint64_t slot_i386(const uint8_t *code, size_t size, uint64_t address, uint64_t got)
{
	size_t at = find_jump(code, size, 0x25);

	(void)address;
	if (at < size)
		return word_at(code + at);
	at = find_jump(code, size, 0xa3);
	return at < size && got != 0 ? (uint32_t)(got + word_at(code + at)) : 0;
}

/* --- RISC-V: auipc t3, high; ld t3, low(t3); jalr t1, t3 ---------------------------------------
 */

static uint64_t slot_riscv(const uint8_t *code, size_t size, uint64_t address, uint64_t got)
{
	uint32_t high, low;

	(void)got;
	if (size < (size_t)3 * WORD || word_at(code + (size_t)2 * WORD) != 0x000e0367)
		return 0;
	high = word_at(code);
	low = word_at(code + WORD);
	if ((high & 0xfff) != 0xe17 || (low & 0xfffff) != 0xe3e03)
		return 0;
	return address + (uint64_t)(signed_bits(high, 12, 20) * 4096 + signed_bits(low, 20, 12));
}

/* --- AArch64: [bti c]; adrp x16, page; ldr x17, [x16, low]; add x16, ...; br x17 ----------------
 */

static uint64_t slot_aarch64(const uint8_t *code, size_t size, uint64_t address, uint64_t got)
{
	static const uint32_t bti = 0xd503245f;
	uint32_t page, low;
	int64_t pages;

	(void)got;
	if (size >= WORD && word_at(code) == bti) {
		code += WORD;
		size -= WORD;
		address += WORD;
	}
	if (size < (size_t)2 * WORD)
		return 0;
	page = word_at(code);
	low = word_at(code + WORD);
	if ((page & 0x9f00001f) != 0x90000010 || (low & 0xffc003ff) != 0xf9400211)
		return 0;
	pages = signed_bits(page, 5, 19) * 4 + (page >> 29 & 3);
	return (address & ~UINT64_C(0xfff)) + (uint64_t)(pages * 4096) +
	       (uint64_t)(low >> 10 & 0xfff) * sizeof(uint64_t);
}

/* ---------------------------------------------------------------------------------------------- */

static const struct upset_plt_kind kinds[] = {
	{EM_X86_64, R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_IRELATIVE, slot_x86_64},
	{EM_386, R_386_JMP_SLOT, R_386_GLOB_DAT, R_386_IRELATIVE, slot_i386},
	{EM_RISCV, R_RISCV_JUMP_SLOT, R_RISCV_64, R_RISCV_IRELATIVE, slot_riscv},
	{EM_AARCH64, R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_IRELATIVE, slot_aarch64},
};

const struct upset_plt_kind *upset_plt_kind(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].machine == machine)
			return &kinds[i];
	}
	return NULL;
}
