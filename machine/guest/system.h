/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs of a machine that have no C library call the kernel with, and where they begin.
 * Each defines guest_main().
 */
#ifndef UPSET_MACHINE_GUEST_SYSTEM_H
#define UPSET_MACHINE_GUEST_SYSTEM_H

#include <stddef.h>

int guest_main(int argc, char **argv, char **envp);

static inline long guest_call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

#define GUEST_CALL(number, a, b, c, d, e)                                                          \
	guest_call((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

static inline size_t guest_length(const char *text)
{
	size_t n = 0;

	while (text[n] != '\0')
		n++;
	return n;
}

#define GUEST_START                                                                                \
	__asm__(".globl _start\n"                                                                  \
		"_start:\n"                                                                        \
		"	xor %ebp, %ebp\n"                                                                \
		"	mov (%rsp), %edi\n"                                                              \
		"	lea 8(%rsp), %rsi\n"                                                             \
		"	lea 16(%rsp,%rdi,8), %rdx\n"                                                     \
		"	and $-16, %rsp\n"                                                                \
		"	call guest_main\n"                                                               \
		"	mov %eax, %edi\n"                                                                \
		"	mov $231, %eax\n"                                                                \
		"	syscall\n");

#endif
