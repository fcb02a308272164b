/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `upset doctor --selftest` injects faults into: every kind of location holds
 * 5 and adds to the exit status, 41.  It lies at fixed addresses, see meson.build.
 * The numbers are those of the instructions, from 0; cli/selftest.c knows some.
 */
	.intel_syntax noprefix
	.globl	_start
	.text
	.org	0			/* the program counter with bit 6 cleared */
	lea	ebx, [rbx + 1]
	jmp	on
	.org	0x20			/* set */
	lea	ebx, [rbx + 32]
	jmp	on
	.org	0x40
state:	jmp	on			/* 6: everything is alive */
	.org	0x60			/* with bit 5 set */
	lea	ebx, [rbx + 2]
	jmp	on
_start:
	mov	ebx, 5			/* 0 */
	movd	xmm1, ebx
	movd	xmm2, ebx
	fild	dword ptr [five]
	cmp	ebx, ebx		/* 4: zf is 1, cf is 0 */
	jmp	state
on:	setz	al			/* 7 */
	setc	cl
	movzx	edi, al
	movzx	ecx, cl
	lea	edi, [rdi + 8 * rcx]	/* 11 */
	add	edi, ebx
	mov	ebx, 5			/* 13: what lasts is there again */
	add	edi, ebx
	movd	eax, xmm1		/* 15 */
	add	edi, eax
	movd	eax, xmm2
	add	edi, eax
	fistp	dword ptr [number]	/* 19 */
	add	edi, [number]
	add	edi, [value]
operand:
	add	edi, [other]		/* 22 */
five_more:
	add	edi, 5			/* 23 */
	/* The upper half of ymm2, where there is one. */
	mov	eax, 1
	cpuid
	not	ecx
	test	ecx, 0x18000000
	jnz	end
	vextractf128 xmm3, ymm2, 1
	movd	eax, xmm3
	add	edi, eax
end:	mov	eax, 60
	syscall
	.data
	.balign	8
value:	.quad	5
	.type	value, @object
other:	.quad	5
five:	.long	5
number:	.long	0
	.section .note.GNU-stack, "", @progbits
