/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run-time addresses -> addresses in files, on ELF files made by hand. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "isa/x86/x86.h"
#include "tests/profile/build.h"

enum { FILE_BYTES = 0x3000, NOTE_OFFSET = 0x240 };

static char path[] = "/tmp/upset-module-XXXXXX";

static Elf64_Phdr load(uint64_t offset, uint64_t address, uint64_t bytes, uint32_t flags)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = flags,
		.p_offset = offset,
		.p_vaddr = address,
		.p_filesz = bytes,
		.p_memsz = bytes,
		.p_align = 0x1000,
	};
}

/*
 * Code at file offset 0x1000, address 0x401000; constants at offset 0x1800,
 * address 0x402800; data at offset 0x1ff0, address 0x403ff0: three segments have
 * a part of the file's page 0x1000.
 */
static void write_elf(uint8_t *image)
{
	static const struct {
		Elf64_Nhdr header;
		char name[4];
		uint8_t id[5], padding[3];
	} note = {{4, 5, NT_GNU_BUILD_ID}, "GNU", {0xde, 0xad, 0xbe, 0xef, 0x01}, {0}};
	const Elf64_Phdr headers[] = {
		load(0, 0x400000, 0x300, PF_R),
		load(0x1000, 0x401000, 0x234, PF_R | PF_X),
		load(0x1800, 0x402800, 0x100, PF_R),
		load(0x1ff0, 0x403ff0, 0x100, PF_R | PF_W),
		{.p_type = PT_NOTE,
			.p_flags = PF_R,
			.p_offset = NOTE_OFFSET,
			.p_filesz = sizeof(note),
			.p_align = 4},
	};
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(headers[0]),
		.e_phnum = 5,
	};

	memset(image, 0, FILE_BYTES);
	memcpy(image, &header, sizeof(header));
	memcpy(image + sizeof(header), headers, sizeof(headers));
	memcpy(image + NOTE_OFFSET, &note, sizeof(note));
}

static void write_file(const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static uint32_t map(struct upset_profile *profile, uint64_t start, uint64_t offset, bool executable,
	bool writable)
{
	struct upset_mapping mapping = {
		.start = start,
		.end = start + 0x1000,
		.offset = offset,
		.region = executable ? UPSET_REGION_CODE : UPSET_REGION_DATA,
		.readable = true,
		.executable = executable,
		.writable = writable,
		.path = path,
	};

	return upset_profile_add_mapping(profile, &mapping);
}

static struct upset_profile_insn *run(
	struct upset_profile *profile, uint64_t address, uint32_t mapping)
{
	struct upset_insn insn = build_insn(address, 1, 0x90, 0);

	return build_executed(profile, &insn, mapping, 1);
}

static void segments_say_where_mappings_belong(void **state)
{
	const uint64_t bias = UINT64_C(0x555555154000);
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	uint8_t image[FILE_BYTES];
	char hex[UPSET_HASH_HEX_SIZE];
	uint32_t code, constants, data;
	struct upset_profile_insn *in_code, *in_constants, *in_data;

	(void)state;
	write_elf(image);
	write_file(image, sizeof(image));
	code = map(profile, bias + 0x401000, 0x1000, true, false);
	constants = map(profile, bias + 0x402000, 0x1000, false, false);
	data = map(profile, bias + 0x403000, 0x1000, false, true);
	in_code = run(profile, bias + 0x401010, code);
	in_constants = run(profile, bias + 0x402804, constants);
	in_data = run(profile, bias + 0x403ff4, data);
	build_finish(profile);
	assert_int_equal(profile->module_count, 1);
	assert_string_equal(profile->modules[0].path, path);
	assert_string_equal(profile->modules[0].build_id, "deadbeef01");
	assert_int_equal(upset_hash_file(path, hex, NULL), 0);
	assert_string_equal(profile->modules[0].sha256, hex);
	assert_int_equal(profile->modules[0].load_bias, bias);
	assert_int_equal(in_code->address, 0x401010);
	assert_int_equal(in_constants->address, 0x402804);
	assert_int_equal(in_data->address, 0x403ff4);
	upset_profile_free(profile);
}

/* Mapped twice at different places: one module, one instruction. */
static void two_copies_of_a_file_are_one_module(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	uint8_t image[FILE_BYTES];

	(void)state;
	write_elf(image);
	write_file(image, sizeof(image));
	run(profile, 0x7f0000001010, map(profile, 0x7f0000001000, 0x1000, true, false));
	run(profile, 0x7f5000000010, map(profile, 0x7f5000000000, 0x1000, true, false));
	build_finish(profile);
	assert_int_equal(profile->module_count, 1);
	assert_int_equal(profile->insn_count, 1);
	assert_int_equal(profile->insns[0]->address, 0x401010);
	assert_int_equal(profile->insns[0]->executions, 2);
	upset_profile_free(profile);
}

static void without_segments_the_address_is_the_file_offset(void **state)
{
	static const uint8_t text[0x1000] = "no ELF file at all";
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);

	(void)state;
	write_file(text, sizeof(text));
	run(profile, 0x7f0000002010, map(profile, 0x7f0000002000, 0x5000, true, false));
	build_finish(profile);
	assert_int_equal(profile->insns[0]->address, 0x5010);
	assert_non_null(profile->modules[0].sha256);
	assert_null(profile->modules[0].build_id);
	upset_profile_free(profile);
}

/* Every truncation and many flipped bits: addresses may differ, nothing worse happens. */
static void damaged_files_do_no_harm(void **state)
{
	uint8_t image[FILE_BYTES];

	(void)state;
	for (size_t i = 0; i < 600; i++) {
		struct upset_profile *profile =
			upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
		size_t size = sizeof(image);

		write_elf(image);
		if (i < 300)
			size = i * 2;
		for (unsigned int flips = build_random(8) + 1; i >= 300 && flips > 0; flips--)
			image[build_random(0x280)] ^= (uint8_t)(1 << build_random(8));
		write_file(image, size);
		run(profile, 0x401010, map(profile, 0x401000, 0x1000, true, false));
		build_finish(profile);
		assert_int_equal(profile->insn_count, 1);
		upset_profile_free(profile);
	}
}

static void code_without_a_file_keeps_its_addresses(void **state)
{
	static const char *const paths[] = {"[anon]", "[heap]", "[vdso]"};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	struct upset_mapping gone = {
		.start = 0x9000,
		.end = 0xa000,
		.offset = 0x3000,
		.executable = true,
		.path = (char *)"/nonexistent/library.so (deleted)",
	};

	(void)state;
	run(profile, 0x9007, upset_profile_add_mapping(profile, &gone));
	run(profile, 0x1000, build_mapping(profile, 0x1000, 0x2000, "[vdso]"));
	run(profile, 0x3000, build_mapping(profile, 0x3000, 0x4000, "[heap]"));
	build_mapping(profile, 0x5000, 0x6000, "[stack]"); /* executable, but nothing ran there */
	run(profile, 0x7000, UINT32_MAX);
	build_finish(profile);
	assert_int_equal(profile->module_count, 4);
	assert_string_equal(profile->modules[0].path, gone.path);
	assert_null(profile->modules[0].sha256);
	assert_int_equal(profile->insns[0]->address, 0x3007);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(profile->modules[1 + i].path, paths[i]);
	assert_int_equal(profile->insns[1]->address, 0x7000);
	assert_int_equal(profile->insns[1]->module, 1);
	assert_int_equal(profile->insns[3]->address, 0x1000);
	assert_int_equal(profile->modules[3].load_bias, 0);
	upset_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_say_where_mappings_belong),
		cmocka_unit_test(two_copies_of_a_file_are_one_module),
		cmocka_unit_test(without_segments_the_address_is_the_file_offset),
		cmocka_unit_test(damaged_files_do_no_harm),
		cmocka_unit_test(code_without_a_file_keeps_its_addresses),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
