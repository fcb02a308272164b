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
	ldr	x0, =(\a)
	ldr	x1, =(\b)
	ldr	x2, =(\c)
	ldr	x3, =(\d)
	ldr	x4, =(\e)
	ldr	x5, =(\f)
	CALL_KERNEL \number
.endm

.macro RESULT number, args:vararg
	SYSTEM	\number, \args
	MIX	x0
.endm

START
	bl	failures
	bl	mappings
	bl	kernel_pipes
	bl	break_moves
	bl	kernel_changing
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
	.ltorg
END failures

/* x1 pages from x0 on. */
FUNCTION touch
1:	str	x0, [x0, 8]
	ldur	x2, [x0, 6]
	MIX	x2
	add	x0, x0, 1, lsl 12
	subs	x1, x1, 1
	b.ne	1b
	ret
END touch

FUNCTION mappings
	mov	x19, x30
	ldr	x20, =PLACE
	RESULT	SYS_mmap, PLACE, 32768, 3, MAP_FIXED_PRIVATE, -1
	mov	x0, x20
	mov	x1, 8
	bl	touch
	RESULT	SYS_munmap, PLACE + 8192, 4096
	RESULT	SYS_mmap, PLACE + 8192, 4096, 3, MAP_FIXED_PRIVATE, -1
	ldr	x0, [x20, 8]
	RESULT	SYS_madvise, PLACE + 4096, 4096, 4	/* MADV_DONTNEED */
	RESULT	SYS_mremap, PLACE, 32768, 65536, 3, OTHER_PLACE
	ldr	x0, =OTHER_PLACE
	mov	x1, 16
	bl	touch
	RESULT	SYS_mprotect, OTHER_PLACE, 4096, 1
	ldr	x20, =OTHER_PLACE
	ldr	x0, [x20, 8]
	RESULT	SYS_munmap, OTHER_PLACE, 65536
	ret	x19
	.ltorg
END mappings

/* Their numbers are made the same for all engines. */
FUNCTION kernel_pipes
	SYSTEM	SYS_pipe2, 0, 0
	ldr	x0, =ends
	mov	x1, 0
	CALL_KERNEL SYS_pipe2
	ldr	x20, =ends
	.irp	end, 0, 1
	ldr	w0, [x20, 4 * \end]
	mov	x1, 100 + \end
	mov	x2, 0
	CALL_KERNEL SYS_dup3
	.endr
	SYSTEM	SYS_write, 101, random, 24
	MIX	x0
	SYSTEM	SYS_read, 100, scratch + 4096 - 5, 100
	MIX	x0
	ldr	x1, =scratch + 4096 - 5
	ldr	x0, [x1, 8]
	MIX	x0
	RESULT	SYS_close, 101
	RESULT	SYS_read, 100, PLACE, 4
	RESULT	SYS_close, 100
	RESULT	SYS_close, 100
	ret
	.ltorg
END kernel_pipes

FUNCTION break_moves
	SYSTEM	SYS_brk
	mov	x20, x0
	add	x0, x0, 8192
	CALL_KERNEL SYS_brk
	str	x20, [x20, 16]
	ldur	x1, [x20, 13]
	add	x0, x20, 4096
	CALL_KERNEL SYS_brk
	ret
END break_moves

/* What changes from run to run, into memory that is not read. */
FUNCTION kernel_changing
	SYSTEM	SYS_getpid
	SYSTEM	SYS_clock_gettime, 1, scratch
	SYSTEM	SYS_getrandom, scratch, 100
	MIX	x0
	SYSTEM	SYS_gettid
	mov	x0, 0
	ret
	.ltorg
END kernel_changing

GUEST_DATA
	.bss
	.balign	8
ends:
	.skip	8
