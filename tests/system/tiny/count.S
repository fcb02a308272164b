/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: a loop.  What must be counted: count.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	ecx, 3
1:	dec	ecx
	jnz	1b
	mov	edi, 0
	mov	eax, 231
	syscall
	.section .note.GNU-stack, "", @progbits
