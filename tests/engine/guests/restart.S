/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A read from an empty pipe that a signal interrupts: its handler fills the pipe
 * and the kernel starts the read again.  Then one of a handler that does not
 * ask for that, and the read returns -EINTR.
 */
#include "guest.inc"
	.macro	READ
	lea	rsi, [rip + timer]
	xor	edi, edi
	xor	edx, edx
	mov	eax, 38
	syscall
	mov	edi, [rip + pipe]
	lea	rsi, [rip + letter]
	mov	edx, 1
	xor	eax, eax
	syscall
	.endm
_start:
	lea	rdi, [rip + pipe]
	mov	eax, 22
	syscall
	HANDLE	14, again
	READ
	HANDLE	14, once
	READ
	mov	edi, eax
	neg	edi
	mov	eax, 60
	syscall
fill:
	mov	edi, [rip + pipe + 4]
	lea	rsi, [rip + letter]
	mov	edx, 1
	mov	eax, 1
	syscall
	ret
nothing:
	ret
	RESTORER
	.data
	ACTION	again, fill, 0x10000000
	ACTION	once, nothing
timer:	.quad	0, 0, 0, 300000
pipe:	.long	0, 0
letter:	.long	0
