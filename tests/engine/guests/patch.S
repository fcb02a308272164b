/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that changes: patched in writable memory between two executions, and
 * patched between mprotect calls while it is not writable when it runs.
 */
#include "guest.inc"
	.macro	PROTECT access
	lea	rdi, [rip + code]
	mov	esi, 4096
	mov	edx, \access
	mov	eax, 10
	syscall
	.endm
_start:
	PROTECT	7
	mov	ebx, 2
1:	call	code
	inc	byte ptr [rip + code + 1]
	dec	ebx
	jnz	1b
	PROTECT	5
	call	code
	PROTECT	3
	mov	byte ptr [rip + code + 1], 9
	PROTECT	5
	call	code
	mov	edi, ecx
	mov	eax, 60
	syscall
	.data
	.balign	4096
code:	mov	ecx, 1
	ret
	.balign	4096
