/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a file in the working folder, by a 32-bit system call; exits with 7 when it could. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	ebx, offset name
	mov	ecx, 0x180
	mov	eax, 8 /* creat */
	int	0x80
	mov	ebx, 7
	test	eax, eax
	jns	1f
	mov	ebx, 8
1:	mov	eax, 1 /* exit */
	int	0x80
	.data
name:	.asciz	"made"
	.section .note.GNU-stack, "", @progbits
