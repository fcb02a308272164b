/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: four threads that change the same words at the same time.
 * What each one sees is chance, what they leave is not: sums that show a lost
 * update, and counts that show a lost instruction.
 */
#include "guest.inc"
#include "threads.inc"

	.set	STEPS, 400

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	ebx, 0
1:	call	start_thread
	inc	ebx
	cmp	ebx, THREADS
	jb	1b
	mov	ebx, 0
2:	call	join_thread
	inc	ebx
	cmp	ebx, THREADS
	jb	2b
	mov	rax, [sum]
	MIX	rax
	mov	eax, [count]
	MIX	rax
	mov	ax, [difference]
	movzx	eax, ax
	MIX	rax
	mov	rax, [pair]
	MIX	rax
	mov	al, [bits]
	movzx	eax, al
	MIX	rax
	FINISH
END _start

/* @last changes hands in every step; each thread counts in a register. */
FUNCTION thread_main
	pop	rbx
	mov	ecx, STEPS
1:	lea	rax, [rcx + rbx * 2]
	lock add [sum], rax
	mov	eax, 3
	lock xadd [count], eax
	lock sub word ptr [difference], 7
	lock inc qword ptr [pair]
	mov	edx, 5
	lock add [pair], rdx
	lock bts [bits], ebx
	mov	rdx, rcx
	xchg	[last], rdx
	dec	ecx
	jnz	1b
	mov	edi, 0
	CALL_KERNEL SYS_exit
	ud2
END thread_main

	THREAD_FUNCTIONS
	GUEST_DATA
	.bss
	.balign	64
sum:
	.skip	8
count:
	.skip	8
difference:
	.skip	8
pair:
	.skip	8
bits:
	.skip	8
last:
	.skip	8
