/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guests/fib without a C library: next to nothing but the recursion is executed,
 * so that the cost of starting shows.  Its argument is a number; its exit status
 * is the lowest bits of the result.
 */
#include <sys/syscall.h>

static unsigned long fib(unsigned int n)
{
	if (n < 2)
		return n;
	return fib(n - 1) + fib(n - 2);
}

__attribute__((used, noreturn)) static void start(long *stack)
{
	const char *digits = stack[0] > 1 ? (const char *)stack[2] : "";
	unsigned int n = 0;

	while (*digits >= '0' && *digits <= '9')
		n = n * 10 + (unsigned int)(*digits++ - '0');
	for (;;)
		__asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0), "S"(fib(n)) : "rcx", "r11");
}

__asm__(".globl _start\n"
	"_start: mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n");
