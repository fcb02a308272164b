/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes "hello\n" to standard output, nothing to standard error, and a file. */
#include "guest.inc"
_start:
	mov	edi, 1
	lea	rsi, [rip + text]
	mov	edx, 6
	mov	eax, 1
	syscall
	mov	rdi, [rsp + 16]		/* first argument */
	mov	esi, 0x241		/* O_WRONLY | O_CREAT | O_TRUNC */
	mov	edx, 0x1a4
	mov	eax, 2
	syscall
	mov	edi, eax
	lea	rsi, [rip + text]
	mov	edx, 6
	mov	eax, 1
	syscall
	EXIT	0
	.data
text:	.ascii	"hello\n"
