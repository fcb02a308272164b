/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: parts of registers, a carry and a conditional move.  See partial.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	ebx, 0
	mov	eax, 0x1234
	mov	ah, 0xff
	add	ah, al
	cmovb	ebx, eax
	inc	bx
	setnb	cl
	mov	edi, 0
	mov	eax, 231
	syscall
	.section .note.GNU-stack, "", @progbits
