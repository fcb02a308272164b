/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: handlers that use the frame which the kernel gives them
 * and return through it.  Its address is the kernel's choice, so what handles it
 * is in functions named kernel_*; all that is interrupted must agree to the bit.
 */
#include "guest.inc"
#include "signal.inc"

	.set	ROUNDS, 6

/* SA_SIGINFO | SA_RESTORER | SA_ONSTACK */
#define FRAME_HANDLER_FLAGS 0x0c000004
#define SYS_setitimer 38
#define SYS_rt_sigsuspend 130
#define SI_ADDR 16
/* Offsets of registers in struct ucontext. */
#define UC_RDX (40 + 12 * 8)
#define UC_RIP (40 + 16 * 8)

.macro HANDLE_BY handler, signal
	mov	qword ptr [frame_action], offset \handler
	mov	edi, \signal
	mov	rsi, offset frame_action
	mov	edx, 0
	mov	r10d, 8
	CALL_KERNEL SYS_rt_sigaction
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	rdi, offset alternate_stack
	mov	esi, 0
	CALL_KERNEL SYS_sigaltstack
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	skipped
	call	retried
	call	exceptions
	call	alarms
	dec	r12d
	jnz	round
	FINISH
END _start

/* The handler moves rip over the instruction, whose length the test leaves in skip_bytes. */
FUNCTION skipped
	HANDLE_BY kernel_skip, SIGSEGV
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	.irp	body, "mov rbx, [rdi]", "mov [rdi + 8], rbx", "add qword ptr [rdi - 1], 5", "push [rdi]", "rep movsb", "vmovdqu ymm3, [rdi]"
	mov	qword ptr [skip_bytes], offset 2f - 1f
	mov	rbx, [rsi + 8]
	mov	rax, [rsi + 16]
	mov	rdx, [rsi + 24]
	mov	ecx, 3
	cmp	rax, rdx
1:	\body
2:	setb	r8b
	adc	rax, rdx
	MIX	rax
	MIX	rbx
	MIX	rcx
	MIX	r8
	.endr
	PROTECT_BAD_PAGE 3
	mov	rax, [signals_seen + SIGSEGV * 4]
	MIX	rax
	ret
END skipped

/* The handler makes the page accessible, and returns to the instruction. */
FUNCTION retried
	HANDLE_BY kernel_permit, SIGSEGV
	.irp	body, "mov rbx, [rdi]", "mov [rdi + 8], rbx", "add rbx, [rdi - 3]", "add [rdi + 16], rbx", "lock xadd [rdi + 32], rbx", "movups [rdi - 7], xmm2", "rep movsb", "rep stosq", "repe cmpsd", "push [rdi]", "fild qword ptr [rdi]", "vmovdqu ymm2, [rdi - 9]"
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page - 24
	mov	rax, [rsi + 8]
	mov	rbx, [rsi + 16]
	mov	rdx, [rsi + 24]
	mov	ecx, 40
	movq	xmm2, rax
	vpbroadcastq ymm4, xmm2
	cmp	rax, rdx
	.ifnc	\body, rep movsb
	.ifnc	\body, rep stosq
	.ifnc	\body, repe cmpsd
	lea	rdi, [rdi + 24]
	.endif
	.endif
	.endif
	\body
	setb	r8b
	adc	rax, rdx
	.irp	r, rax, rbx, rcx, rsi, rdi, r8
	MIX	\r
	.endr
	vpaddq	ymm3, ymm3, ymm4
	vpaddq	ymm3, ymm3, ymm2
	.ifc	\body, push [rdi]
	pop	rax
	.endif
	.ifc	\body, fild qword ptr [rdi]
	fistp	qword ptr [scratch]
	.endif
	.endr
	vmovdqu	[scratch], ymm3
	mov	rax, [scratch]
	MIX	rax
	mov	rax, [scratch + 24]
	MIX	rax
	ret
END retried

FUNCTION exceptions
	HANDLE_BY kernel_skip, SIGILL
	HANDLE_BY kernel_skip, SIGFPE
	HANDLE_BY kernel_count, SIGTRAP
	mov	qword ptr [skip_bytes], 2
	mov	eax, 5
	mov	edx, 0
	mov	ebx, 0
	cmp	eax, 9
	ud2
	setb	cl
	MIX	rcx
	mov	edx, 0
	div	ebx
	MIX	rax
	mov	eax, 6
	int3
	add	eax, 7
	MIX	rax
	mov	eax, [signals_seen + SIGILL * 4]
	MIX	rax
	mov	eax, [signals_seen + SIGTRAP * 4]
	MIX	rax
	mov	eax, [signals_seen + SIGFPE * 4]
	MIX	rax
	ret
END exceptions

/*
 * Signals that come at a known place: a timer's, waited for with everything else
 * blocked, and one that was pending when it is let through.
 */
FUNCTION alarms
	HANDLE_BY kernel_count, SIGALRM
	mov	edi, 0
	mov	rsi, offset alarm_set
	mov	edx, 0
	mov	r10d, 8
	CALL_KERNEL SYS_rt_sigprocmask
	call	start_timer
	mov	rdi, offset empty_set
	mov	esi, 8
	mov	rbx, [random_data]
	CALL_KERNEL SYS_rt_sigsuspend
	MIX	rax
	MIX	rbx
	call	start_timer
	mov	rdi, offset long_time
	mov	esi, 0
	mov	eax, 35			/* nanosleep */
	cmp	eax, 0
	syscall
	MIX	rax
	mov	eax, [signals_seen + SIGALRM * 4]
	MIX	rax
	mov	edi, 1
	mov	rsi, offset alarm_set
	mov	edx, 0
	mov	r10d, 8
	CALL_KERNEL SYS_rt_sigprocmask
	MIX	rax
	mov	eax, [signals_seen + SIGALRM * 4]
	MIX	rax
	ret
END alarms

FUNCTION start_timer
	mov	edi, 0
	mov	rsi, offset timer_value
	mov	edx, 0
	CALL_KERNEL SYS_setitimer
	ret
END start_timer

/* Step over the interrupted instruction. */
FUNCTION kernel_skip
	cld
	inc	dword ptr [signals_seen + rdi * 4]
	mov	rax, [skip_bytes]
	add	[rdx + UC_RIP], rax
	ret
END kernel_skip

/* Allow access to the page that the fault was in. */
FUNCTION kernel_permit
	cld
	inc	dword ptr [signals_seen + rdi * 4]
	mov	rdi, [rsi + SI_ADDR]
	and	rdi, -4096
	mov	esi, 4096
	mov	edx, 3
	CALL_KERNEL SYS_mprotect
	ret
END kernel_permit

FUNCTION kernel_count
	inc	dword ptr [signals_seen + rdi * 4]
	fninit
	vzeroall
	std
	ret
END kernel_count

FUNCTION kernel_restorer
	CALL_KERNEL SYS_rt_sigreturn
	ud2
END kernel_restorer

	GUEST_DATA
	SIGNAL_DATA
	.data
	.balign	16
frame_action:
	.quad	0, FRAME_HANDLER_FLAGS, kernel_restorer, 0
timer_value:
	.quad	0, 0, 0, 2000
long_time:
	.quad	0, 20000000
alarm_set:
	.quad	1 << (SIGALRM - 1)
empty_set:
	.quad	0
	.bss
	.balign	8
skip_bytes:
	.skip	8
