/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two threads that each count to five; the first one waits until they are gone. */
#include "guest.inc"
	.macro	START stack, tid
	mov	edi, 0x250f00	/* VM FS FILES SIGHAND THREAD SYSVSEM CHILD_CLEARTID */
	lea	rsi, [rip + \stack]
	xor	edx, edx
	lea	r10, [rip + \tid]
	xor	r8d, r8d
	mov	eax, 56
	syscall
	test	eax, eax
	jz	thread
	.endm
_start:
	START	first_stack, first_tid
	START	second_stack, second_tid
1:	mov	eax, [rip + first_tid]
	or	eax, [rip + second_tid]
	jz	2f
	mov	eax, 24
	syscall
	jmp	1b
2:	EXIT	0
thread:
	mov	ecx, 5
1:	dec	ecx
	jnz	1b
	EXIT	0
	.data
first_tid:
	.long	1
second_tid:
	.long	1
	.bss
	.balign	16
	.skip	4096
first_stack:
	.skip	4096
second_stack:
	.skip	64
