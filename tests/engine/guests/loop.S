/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds 3 + 2 + 1 and stores the sum. */
#include "guest.inc"
_start:
	xor	ebx, ebx
	mov	ecx, 3
1:	add	rbx, rcx
	dec	ecx
	jnz	1b
	mov	[rip + sum], rbx
	EXIT	7
	.bss
	.balign	8
sum:	.skip	8
