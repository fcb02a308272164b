/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: a call with an argument on the stack.  See nest.csv. */
	.intel_syntax noprefix
	.globl	_start
_start:
	mov	esp, 0x403000
	push	7
	call	1f
	pop	rbx
	mov	edi, 0
	mov	eax, 231
	syscall
1:	mov	eax, [rsp + 8]
	ret
	/* At 0x402000, the stack; see meson.build. */
	.bss
	.skip	4096
	.section .note.GNU-stack, "", @progbits
