/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: a loop, memory, SSE and x87.  What must be counted: count.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	ecx, 3
1:	dec	ecx
	jnz	1b
	mov	dword ptr [cell], 6
	mov	bl, byte ptr [cell + ecx]
	add	bh, bl
	movd	xmm0, dword ptr [cell]
	fild	dword ptr [cell]
	fstp	st(0)
	movzx	ebx, cl
	mov	eax, 252
	int	0x80
	.bss
cell:	.zero	16
	.section .note.GNU-stack, "", @progbits
