/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: a function that is rewritten before each of 40,000 calls,
 * so that an emulator's cache of translated code fills up and is flushed.  Its
 * counts are known: see ../flush.sh.
 */
#include "guest.inc"

	.set	CALLS, 40000

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	rdi, offset written
	mov	esi, 4096
	mov	edx, 7
	CALL_KERNEL SYS_mprotect
	mov	ebx, CALLS
	mov	edx, 0
call_loop:
	mov	[written + 1], ebx
	call	written
	add	rdx, rax
	dec	ebx
	jnz	call_loop
	MIX	rdx
	FINISH
END _start

	.balign	4096
FUNCTION written
	mov	eax, 0
	test	al, 1
	jz	1f
	add	eax, eax
1:	lea	eax, [rax + rax * 4]
	ret
END written
	.balign	4096

	GUEST_DATA
