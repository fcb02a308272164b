/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: one addition.  What must be counted: sum.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	eax, 5
	mov	ebx, 3
	add	eax, ebx
	mov	edi, eax
	mov	eax, 60
	syscall
	.section .note.GNU-stack, "", @progbits
