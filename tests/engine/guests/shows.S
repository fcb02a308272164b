/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three times, has the kernel write an instruction of its own and a child read the first
 * byte of it, 0x83; ends with the sum of what the children returned.
 */
#include "guest.inc"
_start:
	xor	ebx, ebx
	mov	ebp, 3
inner:	add	ebp, -1
	mov	edi, 1
	lea	rsi, [rip + inner]
	mov	edx, 3
	mov	eax, 1
	syscall
	mov	eax, 57
	syscall
	test	eax, eax
	jz	child
	mov	edi, -1
	lea	rsi, [rip + status]
	xor	edx, edx
	xor	r10d, r10d
	mov	eax, 61
	syscall
	movzx	eax, byte ptr [rip + status + 1]
	add	ebx, eax
	test	ebp, ebp
	jnz	inner
	mov	edi, ebx
	mov	eax, 60
	syscall
child:	movzx	edi, byte ptr [rip + inner]
	mov	eax, 60
	syscall
	.bss
	.balign	8
status:	.skip	4
