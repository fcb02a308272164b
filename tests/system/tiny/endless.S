/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A loop without end, of instructions that are counted in different ways. */
	.data
counter: .quad 0
number:	.double 0.5

	.text
	.globl	_start
_start:
	xor	%eax, %eax
	fld1
loop:
	inc	%rax
	lock incq counter
	fmull	number
	fadds	number
	mov	%rax, counter
	imul	$3, %rax, %rdx
	push	%rdx
	pop	%rcx
	test	$64, %al
	cmovz	%rcx, %rdx
	jnz	loop
	shl	%cl, %rdx
	jmp	loop
