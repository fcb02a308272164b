/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program of which it is known by hand what comes of faults in it: see
 * campaign_known.sh.  Exits with 0 having written to its output, to its standard
 * error and, when it has an argument, to a file.  The numbers are those of the
 * instructions, from 0.
 */
	.intel_syntax noprefix
	.globl	_start
	.text
_start:
	mov	rbp, [rsp]		/* 0: number of arguments */
	mov	ebx, 5			/* 1 */
	mov	edx, 77			/* 2: never used */
	mov	r12d, 1			/* 3: never used, nor overwritten */
	or	r14d, -1		/* 4: the same whatever it was */
	mov	edx, 3			/* 5 */
again:	add	ebx, 1			/* 6, 9, 12 */
	dec	edx
	jnz	again			/* 8, 11, 14 */
	lea	rdi, [area]		/* 15 */
	mov	ecx, 4
	mov	eax, 'x'
fill:	rep stosb			/* 18 */
	mov	r13d, 9			/* 19 */
check:	cmp	r13d, 9			/* 20 */
	jne	notice
	mov	eax, 1			/* 22: write */
	mov	edi, 1
	lea	rsi, [out]
	mov	edx, 4
tell:	syscall				/* 26 */
	mov	eax, 1			/* 27: write */
	mov	edi, 2
	lea	rsi, [err]
	mov	edx, 4
	syscall				/* 31 */
	cmp	rbp, 1			/* 32 */
	je	leave			/* 33 */
	mov	eax, 2			/* 34: open */
	lea	rdi, [name]
	mov	esi, 0x241		/* O_WRONLY | O_CREAT | O_TRUNC */
	mov	edx, 0x1a4
	syscall				/* 38 */
	mov	edi, eax		/* 39 */
	mov	eax, 1
	lea	rsi, [out]
	mov	edx, 4
write:	syscall				/* 43 */
leave:	lea	edi, [ebx - 8]		/* 34, or 44 */
	mov	eax, 60
	syscall				/* 36, or 46 */
notice:	mov	eax, 1
	mov	edi, 2
	lea	rsi, [wrong]
	mov	edx, 6
	syscall
	mov	edi, 99
	mov	eax, 60
	syscall
	.data
out:	.ascii	"out\n"
err:	.ascii	"err\n"
wrong:	.ascii	"wrong\n"
name:	.asciz	"file"
	.bss
	.balign	4096
area:	.skip	1 << 17
	.section .note.GNU-stack, "", @progbits
