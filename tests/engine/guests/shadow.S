/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After a write of ss the processor reports no step until the next instruction is done. */
#include "guest.inc"
_start:
	mov	eax, ss
	mov	ecx, 5
	mov	ss, eax
	inc	ecx
	mov	ss, eax
	mov	edx, ecx
	EXIT	0
