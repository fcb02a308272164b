/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: system calls with results that nothing but the program
 * decides, failing ones too; memory mapped, moved, grown and given back at fixed
 * addresses; segment bases.  Numbers that the kernel chooses appear in functions
 * named kernel_* only.
 */
#include "guest.inc"

#define MAP_PRIVATE_FIXED_ANONYMOUS 0x32
#define MAP_SHARED_FIXED_ANONYMOUS 0x31
#define MREMAP_MAYMOVE_FIXED 3
#define PLACE_A 0x20000000
#define PLACE_B 0x20800000
#define SYS_pread64 17
#define SYS_readv 19
#define SYS_writev 20
#define SYS_sched_yield 24
#define SYS_dup2 33
#define SYS_nanosleep 35
#define SYS_fcntl 72
#define SYS_getcwd 79
#define SYS_pipe2 293
#define SYS_clock_gettime 228
#define SYS_prctl 157
#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define ARCH_GET_GS 0x1004

	.set	READ_END, 100
	.set	WRITE_END, 101

/* Set the argument registers from the list and call. */
.macro SYSTEM number, a=0, b=0, c=0, d=0, e=0, f=0
	mov	rdi, \a
	mov	rsi, \b
	mov	rdx, \c
	mov	r10, \d
	mov	r8, \e
	mov	r9, \f
	CALL_KERNEL \number
.endm

/* And fold the result. */
.macro RESULT number, args:vararg
	SYSTEM	\number, \args
	MIX	rax
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	RANDOMIZE
	call	failures
	call	mappings
	call	kernel_descriptors
	call	pipes
	call	segments
	call	kernel_break
	call	kernel_times
	FINISH
END _start

FUNCTION failures
	RESULT	SYS_write, -1, "offset scratch", 4		/* EBADF */
	RESULT	SYS_write, 1, "offset scratch", 0
	RESULT	SYS_read, 77, "offset scratch", 4		/* EBADF */
	RESULT	SYS_close, 77					/* EBADF */
	RESULT	SYS_open, "offset missing_path", 0, 0		/* ENOENT */
	RESULT	SYS_open, 0, 0, 0				/* EFAULT */
	RESULT	SYS_open, "offset below_file_path", 0, 0	/* ENOTDIR */
	RESULT	SYS_mmap, PLACE_A, 0, 3, MAP_PRIVATE_FIXED_ANONYMOUS, -1	/* EINVAL */
	RESULT	SYS_mmap, PLACE_A + 1, 4096, 3, MAP_PRIVATE_FIXED_ANONYMOUS, -1	/* EINVAL */
	RESULT	SYS_mmap, PLACE_A, 4096, 3, 0x12, 77		/* EBADF */
	RESULT	SYS_munmap, PLACE_A + 1, 4096			/* EINVAL */
	RESULT	SYS_mprotect, PLACE_A, 4096, 1			/* ENOMEM */
	RESULT	SYS_rt_sigaction, 9, "offset scratch", 0, 8	/* EINVAL: SIGKILL */
	RESULT	SYS_fcntl, 77, 1				/* EBADF */
	RESULT	SYS_wait4, -1, 0, 0, 0				/* ECHILD */
	RESULT	SYS_getcwd, "offset scratch", 1			/* ERANGE */
	RESULT	10000						/* ENOSYS */
	ret
END failures

/* Write a word in each of the pages from rdi on, rsi of them, and read it back. */
FUNCTION touch
1:	mov	[rdi + 16], rdi
	mov	rax, [rdi + 12]
	MIX	rax
	add	rdi, 4096
	dec	rsi
	jnz	1b
	ret
END touch

FUNCTION mappings
	RESULT	SYS_mmap, PLACE_A, 32768, 3, MAP_PRIVATE_FIXED_ANONYMOUS, -1
	mov	rdi, PLACE_A
	mov	esi, 8
	call	touch
	/* A hole in the middle, filled again with zeros. */
	RESULT	SYS_munmap, PLACE_A + 8192, 4096
	RESULT	SYS_mmap, PLACE_A + 8192, 4096, 3, MAP_PRIVATE_FIXED_ANONYMOUS, -1
	mov	rax, [PLACE_A + 8192 + 16]
	MIX	rax
	RESULT	SYS_madvise, PLACE_A + 4096, 4096, 4		/* MADV_DONTNEED */
	mov	rax, [PLACE_A + 4096 + 16]
	MIX	rax
	RESULT	SYS_mremap, PLACE_A, 32768, 65536, MREMAP_MAYMOVE_FIXED, PLACE_B
	mov	rax, [PLACE_B + 16]
	MIX	rax
	mov	rdi, PLACE_B
	mov	esi, 16
	call	touch
	RESULT	SYS_mremap, PLACE_B, 65536, 8192, 0
	RESULT	SYS_mprotect, PLACE_B, 4096, 1
	mov	rax, [PLACE_B + 16]
	MIX	rax
	RESULT	SYS_mprotect, PLACE_B, 4096, 3
	mov	rdi, PLACE_B
	mov	esi, 2
	call	touch
	RESULT	SYS_mmap, PLACE_A, 8192, 3, MAP_SHARED_FIXED_ANONYMOUS, -1
	mov	rdi, PLACE_A
	mov	esi, 2
	call	touch
	RESULT	SYS_munmap, PLACE_A, 8192
	RESULT	SYS_munmap, PLACE_B, 8192
	ret
END mappings

/* A pipe, its ends at numbers of our choice. */
FUNCTION kernel_descriptors
	SYSTEM	SYS_pipe2, "offset pipe_ends", 0
	mov	edi, [pipe_ends]
	mov	esi, READ_END
	CALL_KERNEL SYS_dup2
	mov	edi, [pipe_ends + 4]
	mov	esi, WRITE_END
	CALL_KERNEL SYS_dup2
	mov	edi, [pipe_ends]
	CALL_KERNEL SYS_close
	mov	edi, [pipe_ends + 4]
	CALL_KERNEL SYS_close
	mov	qword ptr [pipe_ends], 0
	ret
END kernel_descriptors

FUNCTION pipes
	RESULT	SYS_write, WRITE_END, "offset random_data", 100
	RESULT	SYS_read, READ_END, "offset scratch + 3", 60
	mov	rax, [scratch + 50]
	MIX	rax
	RESULT	SYS_writev, WRITE_END, "offset vectors", 2
	RESULT	SYS_readv, READ_END, "offset vectors + 32", 2
	mov	rax, [scratch + 1000]
	MIX	rax
	mov	rax, [scratch + 2000]
	MIX	rax
	RESULT	SYS_write, WRITE_END, 0x10, 4			/* EFAULT */
	RESULT	SYS_lseek, READ_END, 0, 0			/* ESPIPE */
	RESULT	SYS_pread64, READ_END, "offset scratch", 1, 0	/* ESPIPE */
	RESULT	SYS_fcntl, READ_END, 1
	RESULT	SYS_close, WRITE_END
	RESULT	SYS_read, READ_END, "offset scratch", 4096
	RESULT	SYS_read, READ_END, "offset scratch", 4096	/* end of file */
	RESULT	SYS_close, READ_END
	RESULT	SYS_sched_yield
	RESULT	SYS_nanosleep, "offset short_time", 0
	RESULT	SYS_sigaltstack, 0, 0
	RESULT	SYS_rt_sigprocmask, 0, "offset signal_set", "offset scratch", 8
	RESULT	SYS_rt_sigprocmask, 1, "offset signal_set", "offset scratch + 8", 8
	mov	rax, [scratch + 8]
	MIX	rax
	ret
END pipes

FUNCTION segments
	RESULT	SYS_arch_prctl, ARCH_SET_FS, "offset random_data"
	RESULT	SYS_arch_prctl, ARCH_SET_GS, "offset scratch + 64"
	RESULT	SYS_arch_prctl, ARCH_GET_FS, "offset scratch"
	RESULT	SYS_arch_prctl, ARCH_GET_GS, "offset scratch + 8"
	mov	rax, fs:[16]
	MIX	rax
	mov	rcx, 3
	mov	rax, fs:[rcx * 8 + 5]
	MIX	rax
	mov	dword ptr gs:[rcx], 0x12345678
	add	gs:[rcx + 1], rcx
	mov	rsi, 8
	mov	rdi, offset scratch + 256
	lods	qword ptr fs:[rsi]
	mov	ecx, 3
	rep movs dword ptr es:[rdi], dword ptr gs:[rsi]
	movdqu	xmm0, fs:[rsi]
	MIX	rax
	mov	rax, [scratch + 64]
	MIX	rax
	movq	rax, xmm0
	MIX	rax
	mov	rax, [scratch]
	MIX	rax
	mov	rax, [scratch + 8]
	MIX	rax
	ret
END segments

/* Grow the heap by two pages, use them, and give them back. */
FUNCTION kernel_break
	SYSTEM	SYS_brk, 0
	mov	rbx, rax
	lea	rdi, [rax + 8192]
	CALL_KERNEL SYS_brk
	mov	qword ptr [rbx + 4096], 0x77
	mov	rcx, [rbx + 4096]
	mov	rdi, rbx
	CALL_KERNEL SYS_brk
	cmp	rax, rbx
	setz	bl
	movzx	ebx, bl
	MIX	rbx
	ret
END kernel_break

/* What changes from run to run, into memory that is not read. */
FUNCTION kernel_times
	SYSTEM	SYS_getpid
	SYSTEM	SYS_gettid
	SYSTEM	SYS_clock_gettime, 1, "offset scratch"
	MIX	rax
	ret
END kernel_times

	GUEST_DATA
	.section .rodata
missing_path:
	.asciz	"/nonexistent/file"
below_file_path:
	.asciz	"/bin/true/file"
	.balign	8
vectors:
	.quad	random_data, 24, random_data + 100, 50
	.quad	scratch + 1000, 31, scratch + 2000, 43
short_time:
	.quad	0, 1000
signal_set:
	.quad	0x200
	.bss
pipe_ends:
	.skip	8
