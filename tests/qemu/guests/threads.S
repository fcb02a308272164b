/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: four threads.  First all at once, each on memory of its
 * own; then in turn on shared memory, so that every value is determined.
 */
#include "guest.inc"
#include "threads.inc"

	.set	STEPS, 150

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	RANDOMIZE
	mov	ebx, 0
1:	call	start_thread
	inc	ebx
	cmp	ebx, THREADS
	jb	1b
	/* Let one after the other have its turn. */
	mov	ebx, 0
2:	lea	rdi, [thread_turn + rbx * 4]
	mov	dword ptr [rdi], 1
	call	kernel_wake
	call	join_thread
	inc	ebx
	cmp	ebx, THREADS
	jb	2b
	mov	rax, [shared]
	MIX	rax
	mov	rax, [shared + 8]
	MIX	rax
	mov	ebx, THREADS * 4096 - 4096
3:	mov	rax, [thread_data + rbx]
	MIX	rax
	sub	ebx, 4096
	jns	3b
	FINISH
END _start

/* A thread's number is on its stack. */
FUNCTION thread_main
	.irp	r, rax, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	mov	\r, 0
	.endr
	pop	rbx
	push	0x202
	popfq
	fninit
	ldmxcsr	[default_mxcsr]
	vzeroall
	call	own_work
	lea	rdi, [thread_turn + rbx * 4]
	mov	edx, 0
	call	kernel_wait
	call	shared_work
	mov	edi, 0
	CALL_KERNEL SYS_exit
	ud2
END thread_main

/* Arithmetic, vectors, x87 and atomics on the thread's own page. */
FUNCTION own_work
	mov	r8, rbx
	shl	r8, 12
	add	r8, offset thread_data
	mov	rsi, offset random_data
	mov	ecx, STEPS
	lea	rdx, [rbx * 8 + 5]
1:	mov	eax, ecx
	and	eax, 31
	mov	rax, [rsi + rax * 8]
	add	rdx, rax
	imul	rdx, rdx, 77
	lock add [r8], rdx
	lock xadd [r8 + 8], rax
	xchg	[r8 + 16], rdx
	lock inc dword ptr [r8 + 24]
	movq	xmm0, rdx
	paddq	xmm1, xmm0
	fild	dword ptr [r8 + 24]
	fadd	st, st(0)
	fistp	dword ptr [r8 + 28]
	test	al, 3
	jz	2f
	lock bts dword ptr [r8 + 32], 7
	add	rdx, rbx
2:	dec	ecx
	jnz	1b
	movq	rax, xmm1
	add	[r8], rax
	mov	rax, [r8 + 8]
	add	[r8], rax
	mov	eax, [r8 + 28]
	add	[r8], rax
	ret
END own_work

FUNCTION shared_work
	mov	ecx, 20
1:	lock add [shared], rcx
	mov	rax, rbx
	lock xadd [shared + 8], rax
	mov	rax, [shared]
	lea	rdx, [rax + rbx + 1]
	lock cmpxchg [shared], rdx
	mov	rdx, rcx
	xchg	[shared + 16], rdx
	add	[shared + 8], rdx
	lock dec qword ptr [shared + 8]
	dec	ecx
	jnz	1b
	ret
END shared_work

	THREAD_FUNCTIONS
	GUEST_DATA
	.bss
	.balign	64
shared:
	.skip	64
