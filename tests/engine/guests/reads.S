/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds up the first byte of an instruction of its own, 0x83, three times. */
#include "guest.inc"
_start:
	xor	edi, edi
	mov	ecx, 3
inner:	add	ecx, -1
	movzx	eax, byte ptr [rip + inner]
	add	edi, eax
	test	ecx, ecx
	jnz	inner
	mov	eax, 60
	syscall
