/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: the n-th Fibonacci number by plain recursion.  Exercises calls,
 * returns, the stack and conditional branches, and next to no memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST = 93 }; /* fib(94) does not fit in 64 bits */

static uint64_t fib(unsigned int n)
{
	if (n < 2)
		return n;
	return fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long n;

	if (argc != 2) {
		fprintf(stderr, "usage: fib N (0 to %d)\n", LARGEST);
		return 2;
	}
	errno = 0;
	n = strtoul(argv[1], &end, 10);
	if (errno != 0 || end == argv[1] || *end != '\0' || n > LARGEST) {
		fprintf(stderr, "fib: %s: not a number from 0 to %d\n", argv[1], LARGEST);
		return 2;
	}
	printf("%" PRIu64 "\n", fib((unsigned int)n));
	return 0;
}
