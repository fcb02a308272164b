/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load that faults and is skipped by its handler, and a REP that faults at a
 * forbidden page, which its handler opens.
 */
#include "guest.inc"
_start:
	HANDLE	11, skip_action
	xor	ebx, ebx
	mov	rax, [rbx]
	HANDLE	11, open_action
	lea	rdi, [rip + page]
	mov	esi, 4096
	xor	edx, edx
	mov	eax, 10
	syscall
	lea	rdi, [rip + page - 5]
	mov	ecx, 9
	mov	al, 1
	rep stosb
	EXIT	0
skip:
	add	qword ptr [rdx + 168], 3	/* rip of the interrupted context */
	ret
open:
	lea	rdi, [rip + page]
	mov	esi, 4096
	mov	edx, 3
	mov	eax, 10
	syscall
	ret
	RESTORER
	.data
	ACTION	skip_action, skip
	ACTION	open_action, open
	.bss
	.balign	4096
	.skip	4096
page:	.skip	4096
