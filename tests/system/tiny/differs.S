/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a line that is another one in each run on a processor: 16 digits that
 * the kernel draws.  To its output; with an argument that begins with 2 to its
 * standard error, with any other one to a file of that name.
 */
	.intel_syntax noprefix
	.globl	_start
	.text
_start:
	mov	eax, 318		/* getrandom */
	lea	rdi, [line]
	mov	esi, 16
	xor	edx, edx
	syscall
	mov	ecx, 16
digit:	and	byte ptr [line + rcx - 1], 7
	or	byte ptr [line + rcx - 1], '0'
	dec	ecx
	jnz	digit
	mov	ebx, 1
	cmp	qword ptr [rsp], 1	/* number of arguments */
	je	write
	mov	ebx, 2
	mov	rdi, [rsp + 16]
	cmp	byte ptr [rdi], '2'
	je	write
	mov	eax, 2			/* open */
	mov	esi, 0x241		/* O_WRONLY | O_CREAT | O_TRUNC */
	mov	edx, 0x1a4
	syscall
	mov	ebx, eax
write:	mov	edi, ebx
	mov	eax, 1
	lea	rsi, [line]
	mov	edx, 17
	syscall
	xor	edi, edi
	mov	eax, 60
	syscall
	.data
line:	.ascii	"................\n"
	.section .note.GNU-stack, "", @progbits
