/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer stays hidden: pushf and syscall show no trap flag, int3 reaches its
 * handler twice, a blocked SIGTRAP reads as blocked.  Exit status 0 if so.
 */
#include "guest.inc"
_start:
	HANDLE	5, action
	xor	ebx, ebx
	int3
	int3
	cmp	ebx, 2
	jne	bad
	pushfq
	pop	rax
	test	ah, 1
	jnz	bad
	mov	eax, 39
	syscall
	test	r11d, 0x100
	jnz	bad
	mov	edi, eax	/* a signal that is ignored comes between two system calls */
	mov	esi, 17
	mov	eax, 62
	syscall
	syscall			/* read, the number being what kill returned */
	test	r11d, 0x100
	jnz	bad
	xor	edi, edi	/* block SIGTRAP, then SIGUSR1, then ask */
	lea	rsi, [rip + trap_set]
	xor	edx, edx
	mov	r10d, 8
	mov	eax, 14
	syscall
	lea	rsi, [rip + user_set]
	lea	rdx, [rip + old_set]
	mov	eax, 14
	syscall
	cmp	qword ptr [rip + old_set], 0x10
	jne	bad
	EXIT	0
bad:	EXIT	1
handler:
	inc	ebx
	mov	[rdx + 128], rbx
	ret
	RESTORER
	.data
	ACTION	action, handler
trap_set:
	.quad	0x10
user_set:
	.quad	0x200
old_set:
	.quad	0
