/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: floating-point exceptions that are not masked, of SSE and
 * AVX at the instruction, of the x87 at the next one that waits; and code between
 * which runs with masks that let nothing happen.
 */
#include "guest.inc"
#include "signal.inc"

	.set	ROUNDS, 4

	.set	ONE, 0
	.set	ZERO, 16
	.set	THREE, 32
	.set	HUGE, 48
	.set	TINY, 64
	.set	DENORMAL, 80
	.set	MINUS, 96

/* Nothing after @body is executed; the kernel gives the handler a fresh FPU. */
.macro FAULTS body:vararg
	RESUME_AT 9f
	mov	ebx, 1
	lea	rbx, [rbx + rbx * 4]
	\body
	mov	rbx, 0
	ud2
9:	MIX	rbx
	mov	rsi, offset numbers
.endm

/* As FAULTS, with all exceptions masked but those of which @mask has the bit clear. */
.macro RAISES mask, body:vararg
	RESUME_AT 9f
	mov	ebx, 1
	lea	rbx, [rbx + rbx * 4]
	mov	dword ptr [control], \mask
	movups	xmm1, [rsi + ONE]
	ldmxcsr	[control]
	lea	rbx, [rbx + rbx * 2]
	\body
	mov	rbx, 0
	ud2
9:	MIX	rbx
	mov	rsi, offset numbers
.endm

/* The x87 raises it in @body, and reports it in @next; between them is time. */
.macro REPORTS mask, next, body
	RESUME_AT 9f
	mov	ebx, 1
	fninit
	mov	word ptr [control], \mask
	fldcw	[control]
	fld1
	lea	rbx, [rbx + rbx * 2]
	\body
	lea	rbx, [rbx + rbx * 4]
	fnstsw	ax
	and	eax, 0x80ff
	add	rbx, rax
	\next
	mov	rbx, 0
	ud2
9:	MIX	rbx
	mov	rsi, offset numbers
	mov	rdi, offset place
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	sub	rsp, 64
	HANDLE_FAULTS
	mov	[resume_stack], rsp
	mov	r12d, ROUNDS
round:
	mov	rsi, offset numbers
	call	vectors
	call	masked_others
	call	retried
	call	floating
	call	without_waiting
	call	others
	dec	r12d
	jnz	round
	.irp	signal, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV
	mov	ebx, [signals_seen + \signal * 4]
	MIX	rbx
	.endr
	FINISH
END _start

FUNCTION vectors
	mov	[resume_stack], rsp
	RAISES	0x1f00, sqrtsd xmm1, [rsi + MINUS]
	RAISES	0x1d80, divsd xmm1, [rsi + ZERO]
	RAISES	0x1b80, mulpd xmm1, [rsi + HUGE]
	RAISES	0x1780, mulsd xmm1, [rsi + DENORMAL]
	RAISES	0x1e80, addpd xmm1, [rsi + DENORMAL]
	RAISES	0x0f80, divpd xmm1, [rsi + THREE]
	RAISES	0x0000, vdivpd ymm1, ymm1, [rsi + ZERO]
	RAISES	0x1f00, vfmadd231sd xmm1, xmm1, [rsi + MINUS + 8]
	RAISES	0x1f00, cvttsd2si rbx, [rsi + HUGE]
	RAISES	0x0f80, cvtsd2ss xmm1, [rsi + HUGE - 16]
	RAISES	0x1f00, comisd xmm1, [rsi + MINUS + 8]
	RAISES	0x1f00, cvtps2pi mm0, [rsi + HUGE]
	movups	xmm0, [rsi + THREE]
	movups	[place], xmm0
	RAISES	0x0f80, vcvtps2ph [place], xmm1, 0
	mov	rax, [place]
	MIX	rax
	ret
END vectors

/* One exception is not masked, and others come; then all are masked again. */
FUNCTION masked_others
	mov	[resume_stack], rsp
	RESUME_AT unexpected_signal
	mov	ecx, 5
1:	mov	dword ptr [control], 0x1d80
	movups	xmm1, [rsi + ONE]
	ldmxcsr	[control]
	divpd	xmm1, [rsi + THREE]
	movups	xmm2, [rsi + HUGE]
	mulpd	xmm2, xmm2
	addpd	xmm1, xmm2
	stmxcsr	[control]
	mov	ebx, [control]
	MIX	rbx
	mov	dword ptr [control], 0x1f80
	ldmxcsr	[control]
	divpd	xmm1, [rsi + ZERO]
	stmxcsr	[control]
	mov	ebx, [control]
	MIX	rbx
	dec	ecx
	jnz	1b
	ret
END masked_others

/* The instruction is done after the handler, with the FPU that the kernel gives. */
FUNCTION retried
	mov	[resume_stack], rsp
	mov	rax, 0
	mov	rdx, 0
	mov	rsi, offset numbers
	mov	rdi, offset place
	RETRY_AT 1f
	mov	dword ptr [control], 0x1f00
	ldmxcsr	[control]
	movups	xmm1, [rsi + MINUS]
1:	sqrtsd	xmm1, [rsi + MINUS]
	movq	rbx, xmm1
	MIX	rbx
	ret
END retried

FUNCTION floating
	mov	[resume_stack], rsp
	mov	rdi, offset place
	REPORTS	0x37b, "fwait", "fdiv qword ptr [rsi + ZERO]"
	REPORTS	0x37e, "fld1", "fsqrt; fchs; fsqrt"
	REPORTS	0x37e, "fnop", "fmul qword ptr [rsi + MINUS + 8]"
	REPORTS	0x37d, "fabs", "fadd qword ptr [rsi + DENORMAL]"
	/* Rounded towards zero: the emulator has no C1, which says that it was away from it. */
	REPORTS	0xf5f, "fadd st, st(1)", "fdiv qword ptr [rsi + THREE]"
	REPORTS	0x377, "emms", "fmul qword ptr [rsi + HUGE]; fstp dword ptr [rdi]"
	REPORTS	0x36f, "movq mm0, [rsi]", "fld qword ptr [rsi + TINY]; fstp dword ptr [rdi]"
	REPORTS	0x37e, "fldcw [control]", "fld qword ptr [rsi + HUGE]; fistp dword ptr [rdi]"
	REPORTS	0x340, "fstp qword ptr [rdi]", "fdiv qword ptr [rsi + ZERO]"
	mov	rax, [rdi]
	MIX	rax
	ret
END floating

/* What does not wait, and what takes the exception back or masks it. */
FUNCTION without_waiting
	mov	[resume_stack], rsp
	RESUME_AT unexpected_signal
	mov	rsi, offset numbers
	mov	word ptr [control], 0x340
	fninit
	fldcw	[control]
	fld1
	fdiv	qword ptr [rsi + ZERO]
	fnstsw	ax
	and	eax, 0xbfff
	mov	ebx, eax
	MIX	rbx
	fnclex
	fld1
	fdiv	qword ptr [rsi + ZERO]
	fnstcw	[control]
	mov	bx, [control]
	MIX	rbx
	fninit
	fld1
	fdiv	qword ptr [rsi + ZERO]
	fstp	qword ptr [place]
	mov	rbx, [place]
	MIX	rbx
	/* To be pending when the mask is taken away. */
	mov	word ptr [control], 0x37b
	mov	rsi, offset numbers
	RESUME_AT 1f
	fldcw	[control]
	mov	ebx, 3
	fwait
	ud2
1:	MIX	rbx
	mov	rsi, offset numbers
	fninit
	ret
END without_waiting

/* Of other kinds: privilege, what 64-bit mode has not, reserved bits, alignment. */
FUNCTION others
	mov	[resume_stack], rsp
	mov	rsi, offset numbers
	FAULTS	invd
	FAULTS	wbinvd
	FAULTS	.byte 0xce
	FAULTS	.byte 0xd4, 0x0a
	mov	dword ptr [control], 0x11f80
	FAULTS	ldmxcsr [control]
	mov	r9, 0x8000000000000000
	FAULTS	clflush [r9]
	mov	rbp, r9
	FAULTS	mov ecx, [rbp + 8]
	FAULTS	mov ecx, [rax + r9]
	mov	rbp, 0
	.irp	body, "mov eax, [rsi + 1]", "mov [place + 2], ecx", "lock add [place + 6], rbx", "push rbx", "movsd xmm0, [rsi + 4]", "fld qword ptr [rsi + 4]", "lodsw"
	inc	rsi
	push	0x40202
	popfq
	sub	rsp, 2
	FAULTS	\body
	push	0x202
	popfq
	.endr
	mov	rax, [place]
	MIX	rax
	ret
END others

	GUEST_DATA
	SIGNAL_DATA
	.section .rodata
	.balign	32
numbers:
	.double	1.0, 1.0
	.double	0.0, 0.0
	.double	3.0, 3.0
	.quad	0x7fefffffffffffff, 0x7fefffffffffffff
	.quad	0x0010000000000001, 0x0010000000000001
	.quad	0x0000000000000001, 0x0000000000000001
	.quad	0xbff0000000000000, 0x7ff4000000000000
	.double	0.0, 0.0
	.bss
	.balign	16
control:
	.skip	16
place:
	.skip	64
