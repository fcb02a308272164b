/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the beginning of much memory, in one instruction that is repeated. */
	.intel_syntax noprefix
	.globl	_start
	.text
_start:
	lea	rdi, [area]
	mov	ecx, 16
	mov	eax, 'x'
fill:	rep stosb
	xor	edi, edi
	mov	eax, 60
	syscall
	.bss
area:	.skip	1 << 28
	.section .note.GNU-stack, "", @progbits
