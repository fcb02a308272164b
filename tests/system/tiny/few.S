/* SPDX-License-Identifier: GPL-2.0-or-later */
/* So few instructions that each fault in them can be made: writes four letters. */
	.intel_syntax noprefix
	.globl	_start
	.text
_start:
	mov	eax, 1			/* 0: write */
	mov	edi, 1
	lea	rsi, [out]
	mov	edx, 4
	.type	tell, @function
tell:	syscall				/* 4 */
	.size	tell, . - tell
	xor	edi, edi
	mov	eax, 60
	.type	leave, @function
leave:	syscall				/* 7: exit */
	.size	leave, . - leave
	ud2
	.data
out:	.ascii	"out\nother letters"
	.section .note.GNU-stack, "", @progbits
