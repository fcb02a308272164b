/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freestanding guest: ends at an instruction that nothing handles, in the middle of a block. */
#include "guest.inc"

START
	mov	eax, 5
	call	ends
	FINISH

FUNCTION ends
	mov	ecx, [random]
	add	ecx, eax
	mov	edx, 0
	mov	[random], ecx
	div	edx
	mov	[random + 4], eax
	ret
END ends

GUEST_DATA
