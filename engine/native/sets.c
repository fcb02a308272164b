/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction sets whose programs this processor and this kernel run.  Of kernels for
 * x86-64 some run no 32-bit programs, which is found out with one.
 */
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/wait.h"
#include "engine/native/native.h"
#include "isa/x86/x86.h"

enum { LOADED_AT = 0x08048000, RUNS = 42 }; /* where such programs mostly lie */

/* exit(RUNS) */
static const uint8_t code[] = {
	0xb8, 1, 0, 0, 0,    /* mov eax, 1 */
	0xbb, RUNS, 0, 0, 0, /* mov ebx, RUNS */
	0xcd, 0x80,	     /* int 0x80 */
};

struct narrow_program {
	Elf32_Ehdr header;
	Elf32_Phdr segment;
	uint8_t code[sizeof(code)];
};

static struct narrow_program make_program(void)
{
	struct narrow_program p = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
				   EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_386,
			.e_version = EV_CURRENT,
			.e_entry = LOADED_AT + offsetof(struct narrow_program, code),
			.e_phoff = offsetof(struct narrow_program, segment),
			.e_ehsize = sizeof(Elf32_Ehdr),
			.e_phentsize = sizeof(Elf32_Phdr),
			.e_phnum = 1},
		.segment = {.p_type = PT_LOAD,
			.p_vaddr = LOADED_AT,
			.p_filesz = sizeof(p),
			.p_memsz = sizeof(p),
			.p_flags = PF_R | PF_X,
			.p_align = 4096},
	};

	for (size_t i = 0; i < sizeof(code); i++)
		p.code[i] = code[i];
	return p;
}

/* The status of a process that becomes the program in @fd, or could not for another reason than
   that it is of 32 bits. */
static int run_program(int fd)
{
	char *const none[] = {NULL};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)fexecve(fd, none, none);
		_exit(errno == ENOEXEC ? 0 : RUNS);
	}
	return pid > 0 && upset_wait(pid, &status, 0) == pid ? status : W_EXITCODE(RUNS, 0);
}

static bool runs_narrow;

static void try_narrow(void)
{
	const struct narrow_program program = make_program();
	int fd = memfd_create("upset-32", MFD_CLOEXEC);

	/* Where no file can be made, the start of the user's own program tells. */
	runs_narrow = fd < 0 || write(fd, &program, sizeof(program)) != sizeof(program) ||
		      run_program(fd) == W_EXITCODE(RUNS, 0);
	if (fd >= 0)
		(void)close(fd);
}

int native_check_set(const struct upset_isa *isa, struct upset_error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (isa == &upset_isa_x86_64)
		return 0;
	if (isa != &upset_isa_i386)
		return upset_error_set(error, ENOEXEC,
			"it runs programs for x86-64 and i386 on this processor, not for %s; "
			"engine qemu does",
			isa->name);
	(void)pthread_once(&once, try_narrow);
	if (runs_narrow)
		return 0;
	return upset_error_set(error, ENOTSUP,
		"this kernel runs no 32-bit programs, it was built without CONFIG_IA32_EMULATION "
		"or "
		"started with ia32_emulation=off; engine qemu does");
}

int native_check_target(const struct upset_target *target, struct upset_error *error)
{
	if (target->sysroot != NULL)
		return upset_error_set(error, ENOTSUP,
			"engine native runs '%s' with the interpreter and the libraries that it "
			"names, not with those of a sysroot; link it statically, install them, or "
			"use engine qemu",
			target->program);
	return native_check_set(target->isa, error);
}
