/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the first byte of its input to a file, and exits with it. */
#include "guest.inc"
_start:
	xor	edi, edi
	lea	rsi, [rip + letter]
	mov	edx, 1
	xor	eax, eax
	syscall
	lea	rdi, [rip + name]
	mov	esi, 0x41	/* O_WRONLY | O_CREAT */
	mov	edx, 0x180
	mov	eax, 2
	syscall
	mov	edi, eax
	lea	rsi, [rip + letter]
	mov	edx, 1
	mov	eax, 1
	syscall
	movzx	edi, byte ptr [rip + letter]
	mov	eax, 60
	syscall
	.data
name:	.asciz	"upset-guest-output"
letter:	.byte	0
