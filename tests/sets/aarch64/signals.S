/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: signals that instructions raise and handlers that step over them, let them
 * be done again, or are interrupted themselves; on the program's stack and on another; signals
 * that the program sends itself, blocked ones too.
 */
#include "guest.inc"

#define SIGILL 4
#define SIGTRAP 5
#define SIGBUS 7
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define UC_PC 440
#define SA_SIGINFO 4
#define SA_RESTORER 0x04000000
#define SA_ONSTACK 0x08000000
#define SA_NODEFER 0x40000000

.macro HANDLE signal, handler, flags
	ldr	x1, =action
	ldr	x0, =\handler
	str	x0, [x1]
	ldr	x0, =(SA_SIGINFO | SA_RESTORER | \flags)
	str	x0, [x1, 8]
	mov	x0, \signal
	mov	x2, 0
	mov	x3, 8
	CALL_KERNEL SYS_rt_sigaction
.endm

/* By number; to nobody else. */
.macro SEND signal
	mov	x0, \signal
	bl	kernel_send
.endm

.macro BLOCK how
	mov	x0, \how
	ldr	x1, =blocked
	mov	x2, 0
	mov	x3, 8
	CALL_KERNEL SYS_rt_sigprocmask
.endm

START
	ldr	x0, =other_stack
	mov	x1, 0
	CALL_KERNEL SYS_sigaltstack
	bl	skipped
	bl	retried
	bl	sent
	bl	nested
	ldr	x0, =seen
	ldr	x1, [x0]
	MIX	x1
	FINISH

/* What is stepped over leaves its registers alone. */
FUNCTION skipped
	mov	x19, x30
	HANDLE	SIGSEGV, skip, 0
	HANDLE	SIGILL, skip, SA_ONSTACK
	HANDLE	SIGTRAP, skip, SA_NODEFER
	HANDLE	SIGBUS, skip, 0
	mov	x20, 64
	mov	x21, x20
	mov	x0, 1234
	mov	x1, 77
	scvtf	d0, x0
	cmp	x0, x1
	.irp	body, "ldr x0, [x20]", "str x0, [x20, 8]", "ldp x0, x1, [x20]", "stp x0, x1, [x20, 16]!", "ldr q0, [x20], 16", "ldadd x0, x1, [x20]", "ld2 {v0.4s, v1.4s}, [x20], 32", "cas x0, x1, [x20]"
	\body
	adc	x0, x0, x1
	.endr
	.inst	0
	add	x0, x0, 3
	mrs	x0, ttbr0_el1
	brk	5
	add	x0, x0, 3
	MIX	x0
	MIX	x20
	ret	x19
END skipped

/* The handler makes the page accessible. */
FUNCTION retried
	mov	x19, x30
	HANDLE	SIGSEGV, permit, SA_ONSTACK
	ldr	x20, =page
	mov	x21, 4
1:	mov	x0, x20
	mov	x1, 4096
	mov	x2, 0
	CALL_KERNEL SYS_mprotect
	subs	x21, x21, 1
	b.eq	2f
	stp	x21, x21, [x20, -8]		/* the page before can be written */
	ldr	x0, [x20]
	MIX	x0
	b	1b
2:	ldaddal	x21, x0, [x20]
	ret	x19
END retried

FUNCTION sent
	mov	x19, x30
	HANDLE	SIGUSR1, count, 0
	HANDLE	SIGUSR2, count, SA_ONSTACK
	SEND	SIGUSR1
	SEND	SIGUSR2
	BLOCK	0
	SEND	SIGUSR1
	SEND	SIGUSR2
	add	x0, x0, 7
	BLOCK	1
	mov	x0, 0
	ret	x19
END sent

/* A handler that is interrupted by its own signal, and by another one. */
FUNCTION nested
	mov	x19, x30
	HANDLE	SIGUSR1, sends, SA_NODEFER
	HANDLE	SIGUSR2, count, 0
	HANDLE	SIGILL, skip, 0
	SEND	SIGUSR1
	ret	x19
END nested

/* The process number is another one in each engine. */
FUNCTION kernel_send
	mov	x1, x0
	CALL_KERNEL SYS_getpid
	CALL_KERNEL SYS_kill
	mov	x0, 0
	ret
END kernel_send

FUNCTION count
	ldr	x1, =seen
	ldr	x2, [x1]
	add	x2, x0, x2, lsl 3
	str	x2, [x1]
	scvtf	d0, x2
	cmp	x0, 99
	ret
END count

FUNCTION skip
	ldr	x0, [x2, UC_PC]
	add	x0, x0, 4
	str	x0, [x2, UC_PC]
	ret
END skip

FUNCTION permit
	ldr	x0, =page
	mov	x1, 4096
	mov	x2, 3
	CALL_KERNEL SYS_mprotect
	ret
END permit

FUNCTION sends
	stp	x29, x30, [sp, -16]!
	.inst	0
	SEND	SIGUSR2
	ldr	x1, =depth
	ldr	x0, [x1]
	subs	x0, x0, 1
	str	x0, [x1]
	b.eq	1f
	SEND	SIGUSR1
1:	ldp	x29, x30, [sp], 16
	ret
END sends

FUNCTION restorer
	CALL_KERNEL SYS_rt_sigreturn
END restorer
	.ltorg

GUEST_DATA
	.data
	.balign	16
action:
	.quad	0, 0, restorer, 0
other_stack:
	.quad	alternate, 0, 16384
blocked:
	.quad	1 << (SIGUSR1 - 1) | 1 << (SIGUSR2 - 1)
seen:
	.quad	0
depth:
	.quad	3
	.bss
	.balign	4096
	.skip	4096
page:
	.skip	4096
alternate:
	.skip	16384
