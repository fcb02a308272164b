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
#define UC_PC 176
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_NODEFER 0x40000000

.macro HANDLE signal, handler, flags
	la	a1, action
	la	a0, \handler
	sd	a0, (a1)
	li	a0, SA_SIGINFO | \flags
	sd	a0, 8(a1)
	li	a0, \signal
	li	a2, 0
	li	a3, 8
	CALL_KERNEL SYS_rt_sigaction
.endm

/* By number; to nobody else. */
.macro SEND signal
	li	a0, \signal
	jal	t0, kernel_send
.endm

.macro BLOCK how
	li	a0, \how
	la	a1, blocked
	li	a2, 0
	li	a3, 8
	CALL_KERNEL SYS_rt_sigprocmask
.endm

START
	la	a0, other_stack
	li	a1, 0
	CALL_KERNEL SYS_sigaltstack
	call	skipped
	call	retried
	call	sent
	call	nested
	la	a0, seen
	ld	a1, (a0)
	MIX	a1
	FINISH

/* What is stepped over leaves its registers alone. */
FUNCTION skipped
	mv	s0, ra
	HANDLE	SIGSEGV, skip, 0
	HANDLE	SIGILL, skip, SA_ONSTACK
	HANDLE	SIGTRAP, skip, SA_NODEFER
	HANDLE	SIGBUS, skip, 0
	la	s3, skip_bytes
	li	s1, 4
	sd	s1, (s3)
	li	s2, 64
	li	a0, 1234
	fcvt.d.l fa0, a0
	.irp	body, "lw a0, (s2)", "sd a0, 8(s2)", "fld fa0, (s2)", "fsd fa0, (s2)", "amoadd.w a0, a0, (s2)", "lr.d a0, (s2)"
	\body
	addi	a0, a0, 3
	.endr
	.4byte	0xffffffff
	addi	a0, a0, 3
	csrrw	a0, 0x7c0, a0
	.option	push
	.option	norvc
	ebreak
	.option	pop
	addi	a0, a0, 3
	li	s1, 2
	sd	s1, (s3)
	.2byte	0
	c.ebreak
	mv	s1, a0
	li	a0, 0
	MIX	s1
	jr	s0
END skipped

/* The handler makes the page accessible. */
FUNCTION retried
	mv	s0, ra
	HANDLE	SIGSEGV, permit, SA_ONSTACK
	la	s2, page
	li	s4, 3
1:	mv	a0, s2
	li	a1, 4096
	li	a2, 0
	CALL_KERNEL SYS_mprotect
	addi	s4, s4, -1
	beqz	s4, 2f
	sd	s4, 16(s2)
	ld	a0, 16(s2)
	MIX	a0
	j	1b
2:	amoadd.d a0, s2, (s2)
	jr	s0
END retried

FUNCTION sent
	mv	s0, ra
	HANDLE	SIGUSR1, count, 0
	HANDLE	SIGUSR2, count, SA_ONSTACK
	SEND	SIGUSR1
	SEND	SIGUSR2
	BLOCK	0
	SEND	SIGUSR1
	SEND	SIGUSR2
	addi	a0, a0, 7
	BLOCK	1
	li	a0, 0
	jr	s0
END sent

/* A handler that is interrupted by its own signal, and by another one. */
FUNCTION nested
	mv	s0, ra
	HANDLE	SIGUSR1, sends, SA_NODEFER
	HANDLE	SIGUSR2, count, 0
	HANDLE	SIGILL, skip, 0
	la	s1, depth
	li	a0, 3
	sd	a0, (s1)
	la	s1, skip_bytes
	li	a0, 4
	sd	a0, (s1)
	SEND	SIGUSR1
	jr	s0
END nested

/* The process number is another one in each engine.  Returns to t0. */
FUNCTION kernel_send
	mv	a1, a0
	CALL_KERNEL SYS_getpid
	CALL_KERNEL SYS_kill
	li	a0, 0
	jr	t0
END kernel_send

FUNCTION count
	la	a1, seen
	ld	a2, (a1)
	slli	a2, a2, 3
	add	a2, a2, a0
	sd	a2, (a1)
	li	a3, 0x1234
	fcvt.d.l fa0, a3
	fsrmi	3
	ret
END count

FUNCTION skip
	la	a1, skip_bytes
	ld	a1, (a1)
	ld	a0, UC_PC(a2)
	add	a0, a0, a1
	sd	a0, UC_PC(a2)
	ret
END skip

FUNCTION permit
	la	a0, page
	li	a1, 4096
	li	a2, 3
	CALL_KERNEL SYS_mprotect
	ret
END permit

FUNCTION sends
	addi	sp, sp, -16
	sd	ra, 8(sp)
	.4byte	0xffffffff
	SEND	SIGUSR2
	la	a1, depth
	ld	a0, (a1)
	addi	a0, a0, -1
	sd	a0, (a1)
	beqz	a0, 1f
	SEND	SIGUSR1
1:	ld	ra, 8(sp)
	addi	sp, sp, 16
	ret
END sends

GUEST_DATA
	.data
	.balign	16
action:
	.quad	0, 0, 0
other_stack:
	.quad	alternate, 0, 16384
blocked:
	.quad	1 << (SIGUSR1 - 1) | 1 << (SIGUSR2 - 1)
seen:
	.quad	0
depth:
	.quad	0
skip_bytes:
	.quad	0
	.bss
	.balign	4096
page:
	.skip	4096
alternate:
	.skip	16384
