/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are no programs, each with its message; and damaged ones, in every way. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

#include "engine/process.h"

static char folder[] = "/tmp/upset-test-XXXXXX";
static char path[128];
static const char *sysroot;

/* A program of one segment that holds the whole file, and an interpreter when one is named. */
struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	char interpreter[64];
};

static struct program make_program(const char *interpreter)
{
	struct program p = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				   EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = offsetof(struct program, segments),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = interpreter != NULL ? 2 : 1},
		.segments = {{.p_type = PT_LOAD, .p_filesz = sizeof(struct program)},
			{.p_type = PT_INTERP, .p_offset = offsetof(struct program, interpreter)}},
	};

	if (interpreter != NULL) {
		(void)strncpy(p.interpreter, interpreter, sizeof(p.interpreter) - 1);
		p.segments[1].p_filesz = strlen(interpreter) + 1;
	}
	return p;
}

static void write_file(const void *data, size_t size, mode_t mode)
{
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void expect(const char *name, int result, const char *message)
{
	struct upset_error error = {0};

	assert_int_equal(upset_process_check_program(name, sysroot, &error), result);
	assert_int_equal(error.code, -result);
	if (strstr(error.message, message) == NULL)
		fail_msg("'%s' is not in '%s'", message, error.message);
}

static void expect_program(const struct program *program, int result, const char *message)
{
	write_file(program, sizeof(*program), 0700);
	expect(path, result, message);
}

static void accepts_programs(void **state)
{
	struct program program = make_program(NULL);

	(void)state;
	expect("/proc/self/exe", 0, "");
	expect_program(&program, 0, "");
	program = make_program("/proc/self/exe");
	expect_program(&program, 0, "");
	program.header.e_type = ET_DYN;
	expect_program(&program, 0, "");
}

static void names_what_is_no_file(void **state)
{
	(void)state;
	expect("/no/such/program", -ENOENT, "no program '/no/such/program'");
	expect("", -ENOENT, "no program");
	expect("/", -EISDIR, "directory");
	expect("/dev/null", -EACCES, "not a regular file");
	write_file("x", 1, 0600);
	expect(path, -EACCES, "chmod +x");
}

static void names_what_is_no_elf_file(void **state)
{
	(void)state;
	write_file("", 0, 0700);
	expect(path, -ENOEXEC, "it is empty");
	write_file("hello world", 11, 0700);
	expect(path, -ENOEXEC, "not an ELF program");
	write_file("#!/bin/sh\necho\n", 15, 0700);
	expect(path, -ENOEXEC, "script");
	expect(path, -ENOEXEC, "run its interpreter instead: /bin/sh ");
	write_file("#! /usr/bin/env -S x\n", 21, 0700);
	expect(path, -ENOEXEC, ": /usr/bin/env ");
	write_file("#!", 2, 0700);
	expect(path, -ENOEXEC, "run its interpreter instead");
}

static void names_other_machines(void **state)
{
	struct program program = make_program(NULL);

	(void)state;
	program.header.e_machine = EM_PPC64;
	expect_program(&program, -ENOEXEC, "for 64-bit ppc64; upset runs programs for x86-64, ");
	program.header.e_machine = 999;
	expect_program(&program, -ENOEXEC, "ELF machine 999");
	program.header.e_ident[EI_CLASS] = ELFCLASS32;
	program.header.e_machine = EM_RISCV;
	expect_program(&program, -ENOEXEC, "for 32-bit riscv");
	program.header.e_machine = EM_X86_64;
	expect_program(&program, -ENOEXEC, "x32");
	program.header.e_ident[EI_DATA] = ELFDATA2MSB;
	program.header.e_machine = (Elf64_Half)(EM_S390 << 8);
	expect_program(&program, -ENOEXEC, "s390");
}

static void names_what_is_wrong_inside(void **state)
{
	struct program program = make_program("/no/such/loader");

	(void)state;
	expect_program(&program, -ENOEXEC, "interpreter '/no/such/loader', which is missing");
	program = make_program("/etc/passwd");
	expect_program(&program, -ENOEXEC, "not executable");
	program.segments[1].p_filesz--;
	expect_program(&program, -ENOEXEC, "name of its interpreter");
	program = make_program(NULL);
	program.header.e_type = ET_REL;
	expect_program(&program, -ENOEXEC, "link it first");
	program = make_program(NULL);
	program.header.e_phnum = 0;
	expect_program(&program, -ENOEXEC, "without program headers");
	program = make_program(NULL);
	program.header.e_phoff = UINT64_MAX - 8;
	expect_program(&program, -ENOEXEC, "truncated");
	program = make_program(NULL);
	program.segments[0].p_filesz = UINT64_MAX;
	expect_program(&program, -ENOEXEC, "truncated");
	program = make_program(NULL);
	program.segments[0].p_type = PT_NOTE;
	expect_program(&program, -ENOEXEC, "nothing to load");
}

/* Headers of class 32 are of other sizes. */
static void reads_narrow_programs(void **state)
{
	struct {
		Elf32_Ehdr header;
		Elf32_Phdr segment;
	} program = {.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
					ELFDATA2LSB, EV_CURRENT},
			     .e_type = ET_EXEC,
			     .e_machine = EM_386,
			     .e_phoff = sizeof(Elf32_Ehdr),
			     .e_phentsize = sizeof(Elf32_Phdr),
			     .e_phnum = 1},
		.segment = {.p_type = PT_LOAD, .p_filesz = sizeof(program)}};

	(void)state;
	write_file(&program, sizeof(program), 0700);
	expect(path, 0, "");
	assert_ptr_equal(upset_process_isa(path), upset_isa_find("i386"));
	for (size_t size = SELFMAG; size < sizeof(program); size++) {
		write_file(&program, size, 0700);
		expect(path, -ENOEXEC, "truncated");
	}
	program.segment.p_filesz++;
	write_file(&program, sizeof(program), 0700);
	expect(path, -ENOEXEC, "ends after the file");
	program.header.e_phentsize = sizeof(Elf64_Phdr);
	write_file(&program, sizeof(program), 0700);
	expect(path, -ENOEXEC, "without program headers");
}

/* The interpreter of the sysroot counts, and what is only here does if it has none. */
static void looks_into_the_sysroot(void **state)
{
	struct program program = make_program("/lib/no-such-loader");
	char loader[PATH_MAX];

	(void)state;
	program.header.e_machine = EM_RISCV;
	expect_program(&program, -ENOEXEC, "name the folder that has it and the libraries with");
	sysroot = folder;
	expect_program(&program, -ENOEXEC, "in the sysroot '/tmp/upset-test-");
	(void)snprintf(loader, sizeof(loader), "%s/lib", folder);
	assert_int_equal(mkdir(loader, 0700), 0);
	(void)snprintf(loader, sizeof(loader), "%s/lib/no-such-loader", folder);
	assert_int_equal(close(open(loader, O_CREAT | O_WRONLY, 0600)), 0);
	if (geteuid() != 0)
		expect_program(&program, -ENOEXEC, "not executable");
	assert_int_equal(chmod(loader, 0700), 0);
	expect_program(&program, 0, "");
	assert_int_equal(unlink(loader), 0);
	(void)snprintf(loader, sizeof(loader), "%s/lib", folder);
	assert_int_equal(rmdir(loader), 0);
	program = make_program("/proc/self/exe");
	expect_program(&program, 0, "");
	sysroot = NULL;
}

/* Every length: none is accepted, none reads beyond. */
static void refuses_every_truncation(void **state)
{
	struct program program = make_program("/proc/self/exe");

	(void)state;
	for (size_t size = 0; size < sizeof(program); size++) {
		write_file(&program, size, 0700);
		expect(path, -ENOEXEC, size < 4 ? "not an ELF" : "truncated");
	}
}

/* Every byte of the headers inverted: an answer, whatever it is. */
static void survives_damage(void **state)
{
	const struct program sound = make_program("/proc/self/exe");

	(void)state;
	for (size_t at = 0; at < offsetof(struct program, interpreter); at++) {
		struct program program = sound;
		struct upset_error error = {0};
		int result;

		((uint8_t *)&program)[at] ^= 0xff;
		write_file(&program, sizeof(program), 0700);
		result = upset_process_check_program(path, NULL, &error);
		assert_true(result == 0 || result == -ENOEXEC);
		assert_int_equal(error.code, -result);
	}
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/program", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_programs),
		cmocka_unit_test(names_what_is_no_file),
		cmocka_unit_test(names_what_is_no_elf_file),
		cmocka_unit_test(names_other_machines),
		cmocka_unit_test(names_what_is_wrong_inside),
		cmocka_unit_test(reads_narrow_programs),
		cmocka_unit_test(looks_into_the_sysroot),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
