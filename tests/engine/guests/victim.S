/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A victim of faults, of which it is known by hand what they do to its exit
 * status, 26.  The numbers are those of the instructions, from 0.
 */
	.intel_syntax noprefix
	.globl	_start
	.text
_start:
	mov	eax, 5			/* 0 */
	nop
first:	add	eax, 2			/* 2 */
	mov	ecx, [value]
	add	eax, ecx		/* 4 */
	mov	edx, 3
again:	add	eax, 1			/* 6, 9, 12 */
	dec	edx
	jnz	again
	movq	xmm1, rax		/* 15 */
	movq	rdi, xmm1
	mov	eax, 60			/* 17 */
	syscall
	.data
	.balign	8
value:	.quad	16
	.type	value, @object
