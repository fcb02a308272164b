/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of 512 bits, of which the lower halves are counted, and a mask. */
#include "guest.inc"
_start:
	vpternlogd zmm1, zmm1, zmm1, 0xff
	vpsrlq	zmm2, zmm1, 63
	mov	eax, 5
	kmovw	k1, eax
	vpaddq	zmm2 {k1}, zmm2, zmm2
	vmovdqu64 [rip + memory], zmm2
	EXIT	0
	.bss
	.balign	64
memory:	.skip	64
