/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program whose symbols and lines the tests of symbols/ know: lines with a
 * comment "line: NAME" are the first lines of functions.
 */
#include <stdlib.h>

__attribute__((visibility("default"))) int target_global(int x);
int target_alias(int x) __attribute__((weak, alias("target_global")));
int __target_reserved(int x) __attribute__((alias("target_global")));

__attribute__((noinline)) int target_global(int x)
{ /* line: target_global */
	return x * 3 + 1;
}

static __attribute__((noinline, used)) int target_local(int x)
{ /* line: target_local */
	return abs(x) - 7;
}

/*
 * bare_label has no size and reaches up to sized_after, of 4 bytes; the 4 bytes
 * behind that belong to nobody; inner_label lies inside sized_outer.
 */
__asm__(".section .text.labels, \"ax\", @progbits\n"
	"bare_label: nop; nop; nop; nop\n"
	".type sized_after, @function\n"
	"sized_after: nop; nop; nop; nop\n"
	".size sized_after, 4\n"
	"nop; nop; nop; nop\n"
	".type sized_outer, @function\n"
	"sized_outer: nop; nop\n"
	"inner_label: nop; nop\n"
	".type sized_inner, @function\n"
	"sized_inner: nop; nop\n"
	".size sized_inner, 2\n"
	"nop; nop\n"
	".size sized_outer, 8\n"
	"last_label: ret\n"
	".text\n");

int main(int argc, char **argv)
{ /* line: main */
	char *end;
	long number = strtol(argv[argc - 1], &end, 10);

	return target_global((int)number) + target_local(argc) == 0;
}
