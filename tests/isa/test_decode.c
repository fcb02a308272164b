/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder beyond its tables: errors, addresses, branch conditions and
 * targets, resources, and random bytes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "isa/state.h"
#include "isa/x86/x86.h"
#include "tests/isa/rows.h"

#define DECODE(insn, address, ...)                                                                 \
	do {                                                                                       \
		static const uint8_t code[] = {__VA_ARGS__};                                       \
                                                                                                   \
		assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &(insn), 0, (address), code,  \
					 sizeof(code)),                                            \
			0);                                                                        \
	} while (0)

static void test_resources(void **state)
{
	(void)state;
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, X86_RAX)->name, "rax");
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, X86_R15)->name, "r15");
	assert_int_equal(upset_isa_resource(&upset_isa_x86_64, X86_RSP)->bits, 64);
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, X86_OF)->name, "of");
	assert_int_equal(upset_isa_resource(&upset_isa_x86_64, X86_OF)->flag_bit, 11);
	assert_int_equal(upset_isa_resource(&upset_isa_x86_64, X86_DF)->flag_bit, 10);
	assert_int_equal(
		upset_isa_resource(&upset_isa_x86_64, X86_YMM0 + 15)->kind, UPSET_RESOURCE_VECTOR);
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, X86_YMM0 + 15)->name, "ymm15");
	assert_int_equal(upset_isa_resource(&upset_isa_x86_64, X86_ST0 + 7)->bits, 80);
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, X86_MM0 + 7)->name, "mm7");
	assert_string_equal(upset_isa_resource(&upset_isa_x86_64, UPSET_MEMORY)->name, "memory");
	assert_int_equal(upset_isa_resource(&upset_isa_x86_64, UPSET_MEMORY)->bits, 0);
	assert_null(upset_isa_resource(&upset_isa_x86_64, 23));
	assert_null(upset_isa_resource(&upset_isa_x86_64, X86_RESOURCES));
	assert_null(upset_isa_resource(&upset_isa_x86_64, UPSET_RESOURCE_NONE));
}

/* Every proper prefix of an instruction is reported as cut short, bytes after it do not matter. */
static void test_truncated(void **state)
{
	/* lock add dword ptr fs:[rax+rcx*8+0x12345678], 0x11223344 and a stray byte */
	static const uint8_t code[] = {
		0xf0, 0x64, 0x81, 0x84, 0xc8, 0x78, 0x56, 0x34, 0x12, 0x44, 0x33, 0x22, 0x11, 0x90};
	struct upset_insn insn;

	(void)state;
	for (size_t size = 0; size < 13; size++)
		assert_int_equal(
			upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, code, size), -ENODATA);
	assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, code, 13), 0);
	assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, code, 14), 0);
	assert_int_equal(insn.size, 13);
}

static void test_no_instruction(void **state)
{
	static const uint8_t push_es[] = {0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t lock_mov[] = {0xf0, 0x89, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	uint8_t prefixes[16];
	struct upset_insn insn;

	(void)state;
	memset(prefixes, 0x66, sizeof(prefixes));
	assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, push_es, sizeof(push_es)),
		-EILSEQ);
	assert_int_equal(
		upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, lock_mov, sizeof(lock_mov)),
		-EILSEQ);
	assert_int_equal(
		upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, prefixes, sizeof(prefixes)),
		-EILSEQ);
}

static void test_format_is_terminated(void **state)
{
	struct upset_insn insn;
	char text[8];

	(void)state;
	DECODE(insn, 0x1000, 0x48, 0x8b, 0x44, 0xcb, 0x08); /* mov rax, [rbx+rcx*8+8] */
	memset(text, 'x', sizeof(text));
	upset_isa_format(&upset_isa_x86_64, &insn, text, sizeof(text));
	assert_non_null(memchr(text, '\0', sizeof(text)));
	memset(text, 'x', sizeof(text));
	upset_isa_format(&upset_isa_x86_64, &insn, text, 1);
	assert_int_equal(text[0], '\0');
	assert_int_equal(text[1], 'x');
	upset_isa_format(&upset_isa_x86_64, &insn, NULL, 0);
}

/* --- addresses ----------------------------------------------------------- */

static struct upset_state registers;

static uint64_t address_of(const struct upset_insn *insn, unsigned int m)
{
	assert_true(m < insn->memory_count);
	return upset_state_address(&registers, &insn->memory[m]);
}

static void set_registers(void)
{
	upset_state_init(&registers, &upset_isa_x86_64);
	upset_state_set_word(&registers, X86_FS_BASE, 0xf5000000);
	upset_state_set_word(&registers, X86_GS_BASE, 0x65000000);
	for (unsigned int i = 0; i < 16; i++)
		upset_state_set_word(&registers, i, UINT64_C(0x10000000000) * i + 0x1000);
	upset_state_set_word(&registers, X86_RSP, 0x7fff0000);
	upset_state_set_word(&registers, X86_RBP, 0x7fff1000);
}

static void test_addresses(void **state)
{
	struct upset_insn insn;

	(void)state;
	set_registers();
	DECODE(insn, 0, 0x03, 0x44, 0x8b, 0x08); /* add eax, [rbx+rcx*4+8] */
	assert_int_equal(address_of(&insn, 0), 0x30000001000 + 4 * 0x10000001000 + 8);
	DECODE(insn, 0, 0x8b, 0x43, 0xf0); /* mov eax, [rbx-16] */
	assert_int_equal(address_of(&insn, 0), 0x30000001000 - 16);
	DECODE(insn, 0, 0x67, 0x8b, 0x04, 0x0b); /* mov eax, [ebx+ecx] */
	assert_int_equal(address_of(&insn, 0), 0x2000);
	upset_state_set_word(&registers, X86_RBX, 0x1fffffff0);
	DECODE(insn, 0, 0x67, 0x8b, 0x43, 0x20); /* mov eax, [ebx+32] wraps at 2^32 */
	assert_int_equal(address_of(&insn, 0), 0x10);
	DECODE(insn, 0, 0x65, 0x67, 0x8b, 0x43, 0x20); /* mov eax, gs:[ebx+32], then the base */
	assert_int_equal(address_of(&insn, 0), 0x65000010);
	DECODE(insn, 0, 0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0); /* mov rax, fs:[0x28] */
	assert_true(insn.memory[0].absolute);
	assert_int_equal(address_of(&insn, 0), 0xf5000028);
	DECODE(insn, 0x401000, 0x48, 0x8b, 0x05, 0xf9, 0xff, 0xff, 0xff); /* mov rax, [rip-7] */
	assert_true(insn.memory[0].absolute);
	assert_int_equal(address_of(&insn, 0), 0x401000);
	DECODE(insn, 0x401000, 0xc7, 0x05, 0, 0, 0, 0, 1, 0, 0, 0); /* mov dword [rip], 1 */
	assert_int_equal(address_of(&insn, 0), 0x40100a);
	DECODE(insn, 0x1000, 0x67, 0x8b, 0x05, 0, 0xf0, 0xff, 0xff); /* mov eax, [eip-0x1000] */
	assert_int_equal(address_of(&insn, 0), 7);
	DECODE(insn, 0, 0x48, 0xa1, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x91); /* moffs */
	assert_int_equal(address_of(&insn, 0), 0x9122334455667788);
	DECODE(insn, 0, 0x8b, 0x04, 0xcd, 0xf0, 0xff, 0xff, 0xff); /* mov eax, [rcx*8-16] */
	assert_false(insn.memory[0].absolute);
	assert_int_equal(address_of(&insn, 0), 8 * 0x10000001000 - 16);
}

static void test_stack_addresses(void **state)
{
	struct upset_insn insn;

	(void)state;
	set_registers();
	DECODE(insn, 0, 0x50); /* push rax */
	assert_int_equal(address_of(&insn, 0), 0x7ffefff8);
	DECODE(insn, 0, 0x66, 0x50); /* push ax */
	assert_int_equal(address_of(&insn, 0), 0x7ffefffe);
	DECODE(insn, 0, 0x9c); /* pushf */
	assert_int_equal(address_of(&insn, 0), 0x7ffefff8);
	DECODE(insn, 0, 0xe8, 0, 0, 0, 0); /* call */
	assert_int_equal(address_of(&insn, 0), 0x7ffefff8);
	DECODE(insn, 0, 0xff, 0x54, 0x24, 0x08); /* call [rsp+8]: rsp before the call */
	assert_int_equal(address_of(&insn, 0), 0x7fff0008);
	assert_int_equal(address_of(&insn, 1), 0x7ffefff8);
	DECODE(insn, 0, 0xff, 0x74, 0x24, 0x08); /* push [rsp+8]: rsp before the push */
	assert_int_equal(address_of(&insn, 0), 0x7fff0008);
	assert_int_equal(address_of(&insn, 1), 0x7ffefff8);
	DECODE(insn, 0, 0x58); /* pop rax */
	assert_int_equal(address_of(&insn, 0), 0x7fff0000);
	DECODE(insn, 0, 0x8f, 0x44, 0x24, 0x08); /* pop [rsp+8]: rsp after the pop */
	assert_int_equal(address_of(&insn, 0), 0x7fff0010);
	assert_int_equal(address_of(&insn, 1), 0x7fff0000);
	DECODE(insn, 0, 0xc2, 0x10, 0x00); /* ret 16 */
	assert_int_equal(address_of(&insn, 0), 0x7fff0000);
	DECODE(insn, 0, 0xc9); /* leave */
	assert_int_equal(address_of(&insn, 0), 0x7fff1000);
	DECODE(insn, 0, 0xc8, 0x20, 0x00, 0x00); /* enter 32, 0 */
	assert_int_equal(address_of(&insn, 0), 0x7ffefff8);
}

static void test_special_addresses(void **state)
{
	struct upset_insn insn;

	(void)state;
	set_registers();
	upset_state_set_word(&registers, X86_RAX, 0x1234ff);
	DECODE(insn, 0, 0xd7); /* xlat */
	assert_int_equal(address_of(&insn, 0), 0x30000001000 + 0xff);
	DECODE(insn, 0, 0xa4); /* movsb: writes to rdi, reads from rsi */
	assert_int_equal(address_of(&insn, 0), 0x70000001000);
	assert_int_equal(address_of(&insn, 1), 0x60000001000);
	DECODE(insn, 0, 0x64, 0xa4); /* movsb with fs: the source only */
	assert_int_equal(address_of(&insn, 0), 0x70000001000);
	assert_int_equal(address_of(&insn, 1), 0x600f5001000);
	DECODE(insn, 0, 0x66, 0x0f, 0xf7, 0xc1); /* maskmovdqu */
	assert_int_equal(address_of(&insn, 0), 0x70000001000);
}

static void test_bit_string_addresses(void **state)
{
	struct upset_insn insn;

	(void)state;
	set_registers();
	upset_state_set_word(&registers, X86_RBX, 0x5000);
	DECODE(insn, 0, 0x0f, 0xa3, 0x0b); /* bt dword [rbx], ecx */
	upset_state_set_word(&registers, X86_RCX, 0xaaaa00000000 + 31);
	assert_int_equal(address_of(&insn, 0), 0x5000);
	upset_state_set_word(&registers, X86_RCX, 32);
	assert_int_equal(address_of(&insn, 0), 0x5004);
	upset_state_set_word(&registers, X86_RCX, 0xffffffff); /* -1 */
	assert_int_equal(address_of(&insn, 0), 0x4ffc);
	DECODE(insn, 0, 0x48, 0x0f, 0xab, 0x0b); /* bts qword [rbx], rcx */
	upset_state_set_word(&registers, X86_RCX, 0xffffffff);
	assert_int_equal(address_of(&insn, 0), 0x5000 + 8 * 0x3ffffff);
	upset_state_set_word(&registers, X86_RCX, (uint64_t)-65);
	assert_int_equal(address_of(&insn, 0), 0x4ff0);
	DECODE(insn, 0, 0x66, 0x0f, 0xb3, 0x0b);	    /* btr word [rbx], cx */
	upset_state_set_word(&registers, X86_RCX, 0x18000); /* -32768: 2048 words below */
	assert_int_equal(address_of(&insn, 0), 0x4000);
	DECODE(insn, 0, 0x0f, 0xba, 0x2b, 0xff); /* bts dword [rbx], 255: modulo 32 */
	assert_int_equal(address_of(&insn, 0), 0x5000);
}

/* --- branches ------------------------------------------------------------ */

static void test_targets(void **state)
{
	struct upset_insn insn;

	(void)state;
	DECODE(insn, 0x401000, 0xeb, 0xfe); /* jmp to itself */
	assert_int_equal(insn.branch_target, 0x401000);
	DECODE(insn, 0x401000, 0xe8, 0xfb, 0x0f, 0, 0); /* call */
	assert_int_equal(insn.branch_target, 0x402000);
	DECODE(insn, 0x401000, 0x0f, 0x84, 0x00, 0xf0, 0xff, 0xff); /* jz -0x1000 */
	assert_int_equal(insn.branch_target, 0x400006);
	DECODE(insn, 0x401000, 0xe3, 0x10); /* jrcxz */
	assert_int_equal(insn.branch_target, 0x401012);
	DECODE(insn, 0x401000, 0xff, 0xe0); /* jmp rax */
	assert_int_equal(insn.branch_target, 0);
	DECODE(insn, 0x401000, 0xc3); /* ret */
	assert_int_equal(insn.branch_target, 0);
}

static bool is_taken(const struct upset_insn *insn, uint64_t rflags, uint64_t rcx)
{
	struct upset_state state;

	upset_state_init(&state, &upset_isa_x86_64);
	upset_state_set_word(&state, X86_RFLAGS, rflags);
	upset_state_set_word(&state, X86_RCX, rcx);
	return upset_isa_x86_64.taken(insn, &state);
}

/* The condition of opcode 0x70 + @condition, spelled out from the manual's text. */
static bool manual_condition(unsigned int condition, bool c, bool p, bool z, bool s, bool o)
{
	const bool holds[16] = {o, !o, c, !c, z, !z, c | z, !c & !z, s, !s, p, !p, s ^ o, s == o,
		z | (s ^ o), !z & (s == o)};

	return holds[condition];
}

static void test_conditions(void **state)
{
	struct upset_insn insn;

	(void)state;
	for (unsigned int condition = 0; condition < 16; condition++) {
		uint8_t code[2] = {(uint8_t)(0x70 + condition), 0};

		assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0, code, 2), 0);
		assert_true(insn.classes & UPSET_CLASS_CONDITIONAL);
		for (unsigned int set = 0; set < 64; set++) {
			bool c = set & 1, p = set & 2, a = set & 4, z = set & 8, s = set & 16,
			     o = set & 32;
			uint64_t rflags = 0x202u | (c ? 0x001u : 0) | (p ? 0x004u : 0) |
					  (a ? 0x010u : 0) | (z ? 0x040u : 0) | (s ? 0x080u : 0) |
					  (o ? 0x800u : 0);

			assert_int_equal(is_taken(&insn, rflags, 0),
				manual_condition(condition, c, p, z, s, o));
		}
	}
}

static void test_counted_branches(void **state)
{
	const uint64_t high_only = 0x100000000, zf = 0x40;
	struct upset_insn insn;

	(void)state;
	DECODE(insn, 0, 0xe3, 0); /* jrcxz */
	assert_true(is_taken(&insn, 0, 0));
	assert_false(is_taken(&insn, 0, high_only));
	DECODE(insn, 0, 0x67, 0xe3, 0); /* jecxz */
	assert_true(is_taken(&insn, 0, high_only));
	assert_false(is_taken(&insn, 0, 1));
	DECODE(insn, 0, 0xe2, 0); /* loop */
	assert_false(is_taken(&insn, 0, 1));
	assert_true(is_taken(&insn, 0, 0));
	assert_true(is_taken(&insn, 0, high_only + 1));
	DECODE(insn, 0, 0x67, 0xe2, 0); /* loop with ecx */
	assert_false(is_taken(&insn, 0, high_only + 1));
	assert_true(is_taken(&insn, 0, high_only));
	DECODE(insn, 0, 0xe1, 0); /* loope */
	assert_true(is_taken(&insn, zf, 2));
	assert_false(is_taken(&insn, 0, 2));
	assert_false(is_taken(&insn, zf, 1));
	DECODE(insn, 0, 0xe0, 0); /* loopne */
	assert_true(is_taken(&insn, 0, 2));
	assert_false(is_taken(&insn, zf, 2));
	assert_false(is_taken(&insn, 0, 1));
}

/* --- random bytes ---------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void test_random_bytes(void **state)
{
	enum { TRIALS = 1000000 };
	uint64_t seed = 0x9e3779b97f4a7c15, words[2];
	unsigned int decoded = 0;
	struct upset_insn insn;
	char text[64];

	(void)state;
	for (unsigned int i = 0; i < TRIALS; i++) {
		uint8_t code[16];
		size_t size = 1 + i % 16;
		const char *broken;
		int result;

		words[0] = next_random(&seed);
		words[1] = next_random(&seed);
		memcpy(code, words, sizeof(code));
		result = upset_isa_decode(&upset_isa_x86_64, &insn, 0, words[0], code, size);
		if (result) {
			assert_true(result == -EILSEQ || (result == -ENODATA && size < 15));
			continue;
		}
		broken = rows_broken_invariant(&upset_isa_x86_64, &insn, size);
		if (broken)
			fail_msg("trial %u does not hold: %s", i, broken);
		if (i % 16 == 0)
			upset_isa_format(&upset_isa_x86_64, &insn, text, sizeof(text));
		decoded++;
	}
	assert_true(decoded > TRIALS / 2);
}

/* --- every opcode ------------------------------------------------------------ */

static unsigned int decode_padded(const uint8_t *start, size_t size)
{
	struct upset_insn insn;
	uint8_t code[15];
	const char *broken;

	memset(code, 3, sizeof(code));
	memcpy(code, start, size);
	if (upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0x401000, code, sizeof(code)))
		return 0;
	broken = rows_broken_invariant(&upset_isa_x86_64, &insn, sizeof(code));
	if (broken)
		fail_msg("%02x %02x %02x %02x %02x does not hold: %s", code[0], code[1], code[2],
			code[3], code[4], broken);
	return 1;
}

/* All opcodes after @start, with all ModRM bytes that are multiples of @step. */
static unsigned int decode_opcodes(const uint8_t *start, size_t size, unsigned int step)
{
	unsigned int decoded = 0;
	uint8_t code[15];

	memcpy(code, start, size);
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		for (unsigned int modrm = 0; modrm < 256; modrm += step) {
			code[size] = (uint8_t)opcode;
			code[size + 1] = (uint8_t)modrm;
			decoded += decode_padded(code, size + 2);
		}
	}
	return decoded;
}

static void test_legacy_opcodes(void **state)
{
	static const struct {
		uint8_t bytes[4], size;
	} starts[] = {
		{{0}, 0}, {{0x0f}, 1}, {{0x0f, 0x38}, 2}, {{0x0f, 0x3a}, 2}, /* the four maps */
	};
	static const uint8_t prefixes[] = {0x66, 0xf2, 0xf3, 0x67, 0x48, 0xf0, 0x64};
	uint8_t code[8];

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t size = starts[i].size;

		assert_true(decode_opcodes(starts[i].bytes, size, 1) >= 512);
		for (size_t k = 0; k < sizeof(prefixes); k++) {
			code[0] = prefixes[k];
			memcpy(code + 1, starts[i].bytes, size);
			decode_opcodes(code, size + 1, 1);
		}
	}
}

static void test_vector_opcodes(void **state)
{
	unsigned int decoded = 0;

	(void)state;
	for (unsigned int fields = 0; fields < 256; fields++) {
		for (unsigned int map = 0; map < 32; map++) {
			uint8_t vex[3] = {0xc4, (uint8_t)(0xe0 | map), (uint8_t)fields};
			uint8_t xop[3] = {0x8f, (uint8_t)(0xe0 | map), (uint8_t)fields};

			if (map >= 1 && map <= 3)
				decoded += decode_opcodes(vex, 3, 0x3b);
			if (map >= 8 && map <= 10)
				decoded += decode_opcodes(xop, 3, 0x3b);
		}
	}
	assert_true(decoded > 10000);
}

static void test_evex_opcodes(void **state)
{
	unsigned int decoded = 0;

	(void)state;
	for (unsigned int map = 1; map <= 6; map++) {
		for (unsigned int w_pp = 0; w_pp < 8; w_pp++) {
			for (unsigned int last = 0; last < 256; last += 3) {
				uint8_t evex[4] = {0x62, (uint8_t)(0xf0 | map),
					(uint8_t)((w_pp & 4) << 5 | 0x74 | (w_pp & 3)),
					(uint8_t)last};

				decoded += decode_opcodes(evex, 4, 0x3b);
			}
		}
	}
	assert_true(decoded > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_no_instruction),
		cmocka_unit_test(test_format_is_terminated),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_stack_addresses),
		cmocka_unit_test(test_special_addresses),
		cmocka_unit_test(test_bit_string_addresses),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_counted_branches),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_legacy_opcodes),
		cmocka_unit_test(test_vector_opcodes),
		cmocka_unit_test(test_evex_opcodes),
	};

	return cmocka_run_group_tests_name("isa decode", tests, NULL, NULL);
}
