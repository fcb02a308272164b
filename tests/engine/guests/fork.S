/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fork and vfork: the children write and end by themselves, the parent waits for both. */
#include "guest.inc"
_start:
	mov	eax, 57
	syscall
	test	eax, eax
	jz	child
	mov	eax, 58
	syscall
	test	eax, eax
	jz	child
	mov	ebx, 2
1:	mov	edi, -1
	lea	rsi, [rip + status]
	xor	edx, edx
	xor	r10d, r10d
	mov	eax, 61
	syscall
	dec	ebx
	jnz	1b
	movzx	edi, byte ptr [rip + status + 1]
	mov	eax, 60
	syscall
child:
	mov	edi, 1
	lea	rsi, [rip + text]
	mov	edx, 6
	mov	eax, 1
	syscall
	mov	ecx, 100
2:	dec	ecx
	jnz	2b
	EXIT	9
	.data
text:	.ascii	"child\n"
	.bss
status:	.skip	4
