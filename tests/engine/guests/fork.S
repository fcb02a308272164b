/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork and vfork: the children write and end by themselves, the parent waits for both.
 * The first one ends while the parent sleeps, which a signal that it ignores does not
 * interrupt.
 */
#include "guest.inc"
_start:
	mov	ebp, 20000000
	mov	eax, 57
	syscall
	test	eax, eax
	jz	child
	xor	ebp, ebp
	mov	eax, 58
	syscall
	test	eax, eax
	jz	child
	mov	ebp, 60000000
	call	sleep
	mov	ebx, 2
1:	mov	edi, -1
	lea	rsi, [rip + status]
	xor	edx, edx
	xor	r10d, r10d
	mov	eax, 61
	syscall
	dec	ebx
	jnz	1b
	movzx	edi, byte ptr [rip + status + 1]
	mov	eax, 60
	syscall
child:
	call	sleep
	mov	edi, 1
	lea	rsi, [rip + text]
	mov	edx, 6
	mov	eax, 1
	syscall
	mov	ecx, 100
2:	dec	ecx
	jnz	2b
	EXIT	9
sleep:
	mov	[rip + nap + 8], ebp
	lea	rdi, [rip + nap]
	xor	esi, esi
	mov	eax, 35
	syscall
	ret
	.data
text:	.ascii	"child\n"
	.bss
	.balign	8
nap:	.skip	16
status:	.skip	4
