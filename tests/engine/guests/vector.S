/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vector, x87 and MMX state, in that order. */
#include "guest.inc"
_start:
	pcmpeqd	xmm1, xmm1
	movq	rax, xmm1
	psrlq	xmm1, 63
	movdqa	xmm2, xmm1
	paddq	xmm2, xmm1
	movdqu	[rip + memory], xmm2
	fld1
	fld1
	faddp
	fstp	qword ptr [rip + memory]
	mov	eax, 5
	movd	mm3, eax
	movq	rcx, mm3
	emms
	EXIT	0
	.bss
	.balign	16
memory:	.skip	16
