/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of the libraries that a QEMU is linked with: all of them, however many.  The QEMU here is
 * a header of an ELF file, and its loader a script that lists what it is linked with.
 */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/qemu/libraries.h"

enum { LIBRARIES = 100, FOLDER_BYTES = 64, PATH_BYTES = 128 };

static char folder[FOLDER_BYTES];

static void in_folder(char path[PATH_BYTES], const char *name)
{
	(void)snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static FILE *make(const char *name)
{
	char path[PATH_BYTES];
	FILE *file;

	in_folder(path, name);
	file = fopen(path, "w");
	assert_non_null(file);
	return file;
}

static void finish(FILE *file, const char *name)
{
	char path[PATH_BYTES];

	assert_int_equal(fclose(file), 0);
	in_folder(path, name);
	assert_int_equal(chmod(path, 0700), 0);
}

static void make_qemu(void)
{
	char loader[PATH_BYTES] = "";
	Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				     ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1};
	Elf64_Phdr interpreter = {
		.p_type = PT_INTERP, .p_offset = sizeof(header) + sizeof(interpreter)};
	FILE *file = make("qemu");

	in_folder(loader, "loader");
	interpreter.p_filesz = strlen(loader) + 1;
	assert_int_equal(fwrite(&header, sizeof(header), 1, file), 1);
	assert_int_equal(fwrite(&interpreter, sizeof(interpreter), 1, file), 1);
	assert_int_equal(fwrite(loader, sizeof(loader), 1, file), 1);
	finish(file, "qemu");
}

/* It lists library 0 .. LIBRARIES - 1, which hold their names; @last is one more line. */
static void make_loader(const char *last)
{
	FILE *file = make("loader");

	(void)fprintf(file, "#!/bin/sh\necho '	linux-vdso.so.1 (0x1000)'\n");
	for (int i = 0; i < LIBRARIES; i++)
		(void)fprintf(file, "echo '	lib%d.so => %s/lib%d.so (0x1000)'\n", i, folder, i);
	(void)fprintf(file, "%s\n", last);
	finish(file, "loader");
	for (int i = 0; i < LIBRARIES; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "lib%d.so", i);
		file = make(name);
		(void)fprintf(file, "%s", name);
		finish(file, name);
	}
}

static int begin(void **state)
{
	char path[PATH_BYTES];

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/upset-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	make_qemu();
	in_folder(path, "qemu");
	return setenv("UPSET_QEMU", path, 1);
}

static int end(void **state)
{
	char command[PATH_BYTES];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int keep(struct upset_error *error)
{
	char copies[PATH_BYTES];

	in_folder(copies, "copies");
	assert_int_equal(mkdir(copies, 0700), 0);
	return upset_qemu_keep_libraries(upset_isa_find("x86-64"), copies, error);
}

static void copies_all_libraries(void **state)
{
	struct upset_error error = {0};

	(void)state;
	make_loader("");
	if (keep(&error) != 0)
		fail_msg("%s", error.message);
	for (int i = 0; i < LIBRARIES; i++) {
		char name[32], path[PATH_BYTES], text[32] = "";
		FILE *file;

		(void)snprintf(name, sizeof(name), "copies/lib%d.so", i);
		in_folder(path, name);
		file = fopen(path, "r");
		if (file == NULL)
			fail_msg("no %s: %s", path, strerror(errno));
		assert_non_null(fgets(text, sizeof(text), file));
		(void)fclose(file);
		assert_string_equal(text, strchr(name, '/') + 1);
	}
	/* None has changed: QEMU is started as ever. */
	upset_qemu_use_libraries();
	assert_int_equal(qemu_load((char *[QEMU_LOADER_ARGUMENTS]){NULL}), 0);
}

static void uses_the_copies_when_one_has_changed(void **state)
{
	char *line[QEMU_LOADER_ARGUMENTS] = {NULL};
	struct upset_error error = {0};
	FILE *file;

	(void)state;
	make_loader("");
	if (keep(&error) != 0)
		fail_msg("%s", error.message);
	file = make("lib99.so");
	(void)fprintf(file, "another");
	finish(file, "lib99.so");
	upset_qemu_use_libraries();
	assert_int_equal(qemu_load(line), 3);
	assert_string_equal(line[1], "--library-path");
}

static void tells_what_it_cannot_copy(void **state)
{
	struct upset_error error = {0};

	(void)state;
	make_loader("echo '	gone.so => /nowhere/gone.so (0x1000)'");
	assert_int_equal(keep(&error), -ENOENT);
	assert_non_null(strstr(error.message, "cannot copy QEMU's library /nowhere/gone.so"));
	upset_qemu_use_libraries();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copies_all_libraries, begin, end),
		cmocka_unit_test_setup_teardown(tells_what_it_cannot_copy, begin, end),
		cmocka_unit_test_setup_teardown(uses_the_copies_when_one_has_changed, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
