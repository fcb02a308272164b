/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program without a C library, of some dozen instructions, for tests that are
 * not about what is counted.  Its argument says what it does: nothing, fail,
 * kill (itself), hello, copy (standard input), spin.
 */
#include <sys/syscall.h>

static long call(long number, long a, long b, long c)
{
	long result;

	/* clang-format off */
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	/* clang-format on */
	return result;
}

__attribute__((used, noreturn)) static void start(long *stack)
{
	const char *what = stack[0] > 1 ? (const char *)stack[2] : "n";
	static char byte;

	switch (what[0]) {
	case 'k':
		(void)call(SYS_kill, call(SYS_getpid, 0, 0, 0), 9, 0);
		break;
	case 'h':
		(void)call(SYS_write, 1, (long)"hello\n", 6);
		break;
	case 'c':
		while (call(SYS_read, 0, (long)&byte, 1) == 1)
			(void)call(SYS_write, 1, (long)&byte, 1);
		break;
	case 's':
		for (;;)
			__asm__ volatile("");
	default:
		break;
	}
	for (;;)
		(void)call(SYS_exit_group, what[0] == 'f', 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
