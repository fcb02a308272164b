/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: calls of the vsyscall page, which the kernel carries out.
 * Nothing reads what they return.  8 rounds of 4 calls.
 */
#include "guest.inc"

	.set	ROUNDS, 8
	.set	PAGE, 0xffffffffff600000

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
	mov	rbx, 5
round:
	mov	rdi, offset result
	mov	esi, 0
	mov	rax, PAGE
	call	rax
	lea	rbx, [rbx + rbx * 2]
	mov	rdi, 0
	mov	rax, PAGE + 0x400
	call	rax
	inc	rbx
	mov	rdi, offset result
	mov	rsi, offset result + 8
	mov	rax, PAGE + 0x800
	call	rax
	/* As a tail call. */
	push	rbx
	call	last
	pop	rcx
	MIX	rcx
	dec	r12d
	jnz	round
	FINISH
END _start

FUNCTION last
	mov	edi, 0
	mov	rax, PAGE + 0x400
	jmp	rax
END last

	GUEST_DATA
	.bss
	.balign	16
result:
	.skip	64
