/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: string instructions with a count of 3 and of 0.  See copy.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	eax, 0x55
	mov	esi, 0x402000
	mov	edi, 0x402008
	mov	ecx, 3
	rep movsb
	mov	ecx, 0
	rep stosb
	mov	edi, 0
	mov	eax, 231
	syscall
	/* At 0x402000, see meson.build. */
	.data
	.byte	1, 2, 3, 0
	.skip	12
	.section .note.GNU-stack, "", @progbits
