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
	mov	ebx, \a
	mov	ecx, \b
	mov	edx, \c
	mov	esi, \d
	mov	edi, \e
	mov	ebp, \f
	CALL_KERNEL \number
.endm

.macro RESULT number, args:vararg
	SYSTEM	\number, \args
	MIX	eax
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
	RESULT	SYS_mmap2, PLACE, 4096, 3, 0x12, 77	/* EBADF */
	RESULT	5000					/* ENOSYS */
	ret
END failures

/* ecx pages from ebx on. */
FUNCTION touch
1:	mov	[ebx + 8], ebx
	mov	eax, [ebx + 6]
	MIX	eax
	add	ebx, 4096
	dec	ecx
	jnz	1b
	ret
END touch

FUNCTION mappings
	RESULT	SYS_mmap2, PLACE, 32768, 3, MAP_FIXED_PRIVATE, -1
	mov	ecx, 8
	call	touch
	RESULT	SYS_munmap, PLACE + 8192, 4096
	RESULT	SYS_mmap, "offset old_arguments"
	mov	eax, [PLACE + 8]
	RESULT	SYS_madvise, PLACE + 4096, 4096, 4	/* MADV_DONTNEED */
	RESULT	SYS_mremap, PLACE, 32768, 65536, 3, OTHER_PLACE
	mov	ebx, OTHER_PLACE
	mov	ecx, 16
	call	touch
	RESULT	SYS_mprotect, OTHER_PLACE, 4096, 1
	mov	eax, [OTHER_PLACE + 8]
	RESULT	SYS_munmap, OTHER_PLACE, 65536
	ret
END mappings

/* Their numbers are made the same for all engines. */
FUNCTION kernel_pipes
	SYSTEM	SYS_pipe, 0
	SYSTEM	SYS_pipe, "offset ends"
	SYSTEM	SYS_dup2, [ends], 100
	SYSTEM	SYS_dup2, [ends + 4], 101
	RESULT	SYS_write, 101, "offset random", 24
	RESULT	SYS_read, 100, "offset scratch + 4096 - 5", 100
	mov	eax, [scratch + 4096 - 3]
	MIX	eax
	RESULT	SYS_close, 101
	RESULT	SYS_read, 100, PLACE, 4
	RESULT	SYS_close, 100
	RESULT	SYS_close, 100
	ret
END kernel_pipes

FUNCTION break_moves
	SYSTEM	SYS_brk
	mov	esi, eax
	lea	ebx, [eax + 8192]
	CALL_KERNEL SYS_brk
	mov	[esi + 16], esi
	mov	eax, [esi + 13]
	lea	ebx, [esi + 4096]
	CALL_KERNEL SYS_brk
	ret
END break_moves

/* What changes from run to run, into memory that is not read. */
FUNCTION kernel_changing
	SYSTEM	SYS_getpid
	SYSTEM	SYS_clock_gettime, 1, "offset scratch"
	SYSTEM	SYS_getrandom, "offset scratch", 100
	MIX	eax
	SYSTEM	SYS_gettid
	mov	eax, 0
	ret
END kernel_changing

GUEST_DATA
	.data
	.balign	8
old_arguments:
	.long	PLACE + 8192, 4096, 3, MAP_FIXED_PRIVATE, -1, 0
ends:
	.long	0, 0
