/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: calls of the kernel, ones that fail too, that write memory, and that map,
 * move, protect and give back memory.
 */
#include "guest.inc"

#define PLACE 0x20000000
#define OTHER_PLACE 0x20800000
#define MAP_FIXED_PRIVATE 0x32

.macro SYSTEM number, a=0, b=0, c=0, d=0, e=0, f=0
	li	a0, \a
	li	a1, \b
	li	a2, \c
	li	a3, \d
	li	a4, \e
	li	a5, \f
	CALL_KERNEL \number
.endm

.macro RESULT number, args:vararg
	SYSTEM	\number, \args
	MIX	a0
.endm

START
	call	failures
	call	mappings
	call	kernel_pipes
	call	break_moves
	call	kernel_changing
	FINISH

FUNCTION failures
	RESULT	SYS_write, -1, PLACE, 4			/* EBADF */
	RESULT	SYS_read, 77, PLACE, 4			/* EBADF */
	RESULT	SYS_write, 1, PLACE, 4			/* EFAULT */
	RESULT	SYS_munmap, PLACE + 1, 4096		/* EINVAL */
	RESULT	SYS_mprotect, PLACE, 4096, 1		/* ENOMEM */
	RESULT	SYS_rt_sigaction, 9, 0, 0, 8
	RESULT	SYS_mmap, PLACE, 4096, 3, 0x12, 77	/* EBADF */
	RESULT	5000					/* ENOSYS */
	ret
END failures

/* a1 pages from a0 on. */
FUNCTION touch
1:	sd	a0, 8(a0)
	ld	a2, 6(a0)
	MIX	a2
	li	a2, 4096
	add	a0, a0, a2
	addi	a1, a1, -1
	bnez	a1, 1b
	ret
END touch

FUNCTION mappings
	mv	s0, ra
	li	s1, PLACE
	RESULT	SYS_mmap, PLACE, 32768, 3, MAP_FIXED_PRIVATE, -1
	mv	a0, s1
	li	a1, 8
	call	touch
	RESULT	SYS_munmap, PLACE + 8192, 4096
	RESULT	SYS_mmap, PLACE + 8192, 4096, 3, MAP_FIXED_PRIVATE, -1
	ld	a0, 8(s1)
	RESULT	SYS_madvise, PLACE + 4096, 4096, 4	/* MADV_DONTNEED */
	RESULT	SYS_mremap, PLACE, 32768, 65536, 3, OTHER_PLACE
	li	a0, OTHER_PLACE
	li	a1, 16
	call	touch
	RESULT	SYS_mprotect, OTHER_PLACE, 4096, 1
	li	s1, OTHER_PLACE
	ld	a0, 8(s1)
	RESULT	SYS_munmap, OTHER_PLACE, 65536
	jr	s0
END mappings

/* Their numbers are made the same for all engines. */
FUNCTION kernel_pipes
	SYSTEM	SYS_pipe2, 0, 0
	la	a0, ends
	li	a1, 0
	CALL_KERNEL SYS_pipe2
	la	s1, ends
	.irp	end, 0, 1
	lw	a0, 4 * \end(s1)
	li	a1, 100 + \end
	li	a2, 0
	CALL_KERNEL SYS_dup3
	.endr
	li	a0, 101
	la	a1, random
	li	a2, 24
	CALL_KERNEL SYS_write
	MIX	a0
	li	a0, 100
	la	a1, scratch + 4096 - 5
	li	a2, 100
	CALL_KERNEL SYS_read
	MIX	a0
	la	a1, scratch + 4096 - 5
	ld	a0, 8(a1)
	MIX	a0
	RESULT	SYS_close, 101
	RESULT	SYS_read, 100, PLACE, 4
	RESULT	SYS_close, 100
	RESULT	SYS_close, 100
	ret
END kernel_pipes

FUNCTION break_moves
	SYSTEM	SYS_brk
	mv	s1, a0
	li	a1, 8192
	add	a0, a0, a1
	CALL_KERNEL SYS_brk
	sd	s1, 16(s1)
	ld	a1, 13(s1)
	li	a1, 4096
	add	a0, s1, a1
	CALL_KERNEL SYS_brk
	ret
END break_moves

/* What changes from run to run, into memory that is not read. */
FUNCTION kernel_changing
	SYSTEM	SYS_getpid
	li	a0, 1
	la	a1, scratch
	CALL_KERNEL SYS_clock_gettime
	la	a0, scratch
	li	a1, 100
	li	a2, 0
	CALL_KERNEL SYS_getrandom
	MIX	a0
	SYSTEM	SYS_gettid
	li	a0, 0
	ret
END kernel_changing

GUEST_DATA
	.bss
	.balign	8
ends:
	.skip	8
