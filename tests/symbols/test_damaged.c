/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Truncated and altered programs: fewer names, no crash.  Arguments: the
 * programs to damage.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbols/symbols.h"
#include "tests/symbols/random.h"

enum { HEADER_BYTES = 0x1000, PROGRAMS = 2 };

static const char *programs[PROGRAMS];
static uint64_t seed = 4;
static char path[] = "/tmp/upset-damaged-XXXXXX";

static uint8_t *read_program(const char *program, size_t *size)
{
	FILE *file = fopen(program, "r");
	uint8_t *bytes;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*size);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *size, file), *size);
	assert_int_equal(fclose(file), 0);
	return bytes;
}

static void write_program(const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

struct found {
	size_t functions, files; /* lengths of their names */
};

static int read_place(void *context, uint64_t address, const struct upset_place *place)
{
	struct found *found = context;

	(void)address;
	found->functions += strlen(place->function);
	found->files += strlen(place->file);
	return 0;
}

/* Ask for addresses all over a small program; every string must be readable. */
static struct found look_up(void)
{
	struct upset_symbols *symbols = upset_symbols_open(path);
	struct found found = {0, 0};

	assert_non_null(symbols);
	for (uint64_t i = 0; i < 4096; i++) {
		uint64_t address = i * 5 + (i % 2 == 0 ? 0 : 0x401000);
		struct upset_place place;

		assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
		found.functions += place.function != NULL ? strlen(place.function) : 0;
		found.files += place.file != NULL ? strlen(place.file) : 0;
	}
	assert_int_equal(upset_symbols_visit_lines(symbols, read_place, &found), 0);
	upset_symbols_close(symbols);
	return found;
}

static void truncated_programs_do_no_harm(void **state)
{
	(void)state;
	for (int program = 0; program < PROGRAMS; program++) {
		size_t size;
		uint8_t *bytes = read_program(programs[program], &size);

		write_program(bytes, size);
		assert_true(look_up().functions > 0);
		for (size_t i = 0; i < 60; i++) {
			write_program(bytes, i < 20 ? i * 7 : size * (i - 20) / 40);
			(void)look_up();
		}
		free(bytes);
	}
}

/* The last byte of section @name in ELF file @bytes. */
static uint8_t *last_byte(uint8_t *bytes, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)bytes;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(bytes + header->e_shoff);
	const char *names = (const char *)bytes + sections[header->e_shstrndx].sh_offset;

	for (unsigned int i = 0; i < header->e_shnum; i++) {
		if (strcmp(names + sections[i].sh_name, name) == 0)
			return bytes + sections[i].sh_offset + sections[i].sh_size - 1;
	}
	fail_msg("no section %s", name);
	return NULL;
}

/* A string that does not end would be read on behind its section. */
static void unterminated_strings_have_no_lines(void **state)
{
	static const char *const names[] = {".debug_str", ".debug_line_str"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t size;
		uint8_t *bytes = read_program(programs[0], &size);
		struct found found;

		write_program(bytes, size);
		assert_true(look_up().files > 0);
		*last_byte(bytes, names[i]) = 'x';
		write_program(bytes, size);
		found = look_up();
		assert_true(found.functions > 0);
		assert_int_equal(found.files, 0);
		free(bytes);
	}
}

/* The section headers are at the end, what they describe of symbols and lines before it. */
static size_t place_to_damage(size_t size, unsigned int round)
{
	static const size_t tails[] = {0x1000, 0x3000, 0x5000};
	size_t tail = tails[round % 3];

	if (round % 4 == 3)
		return random_below(&seed, HEADER_BYTES) % size;
	return size - 1 - random_below(&seed, tail < size ? tail : size);
}

static void altered_programs_do_no_harm(void **state)
{
	(void)state;
	for (int program = 0; program < PROGRAMS; program++) {
		size_t size;
		uint8_t *bytes = read_program(programs[program], &size);
		uint8_t *copy = malloc(size);

		assert_non_null(copy);
		for (unsigned int round = 0; round < (program == 0 ? 800 : 100); round++) {
			memcpy(copy, bytes, size);
			for (int flips = 1 << random_below(&seed, 6); flips > 0; flips--)
				copy[place_to_damage(size, round)] ^=
					(uint8_t)(1 << random_below(&seed, 8));
			write_program(copy, size);
			(void)look_up();
		}
		free(copy);
		free(bytes);
	}
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truncated_programs_do_no_harm),
		cmocka_unit_test(unterminated_strings_have_no_lines),
		cmocka_unit_test(altered_programs_do_no_harm),
	};

	if (argc != 1 + PROGRAMS)
		return 2;
	for (int i = 0; i < PROGRAMS; i++)
		programs[i] = argv[1 + i];
	return cmocka_run_group_tests(tests, make_path, remove_path);
}
