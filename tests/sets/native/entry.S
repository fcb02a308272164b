/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a program of i386 that is compared with itself elsewhere begins instead of at _start:
 * nothing that the kernel or an emulator left in registers or on the stack is left.
 */
	.intel_syntax noprefix
	.globl	begin_known
begin_known:
	mov	esp, offset stack_top
	.irp	r, eax, ebx, ecx, edx, esi, edi, ebp
	mov	\r, 0
	.endr
	push	0x202
	popfd
	push	0 /* no arguments */
	jmp	_start

	.bss
	.balign	4096
	.skip	32768
stack_top:
	.skip	4096
	.section .note.GNU-stack, "", @progbits
