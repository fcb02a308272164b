/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends itself a signal twice: the handler comes before the instruction behind the call. */
#include "guest.inc"
_start:
	HANDLE	10, action
	mov	ebx, 2
	xor	ecx, ecx
1:	mov	eax, 39
	syscall
	mov	edi, eax
	mov	esi, 10
	mov	eax, 62
	syscall
after:	mov	ecx, ebx
	dec	ebx
	jnz	1b
	EXIT	5
handler:
	mov	ecx, 7
	ret
	RESTORER
	.data
	ACTION	action, handler
