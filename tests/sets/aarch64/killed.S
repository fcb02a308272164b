/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freestanding guest: ends at an instruction that nothing handles, in the middle of a block. */
#include "guest.inc"

START
	mov	x0, 5
	bl	ends
	FINISH

FUNCTION ends
	ldr	x1, =random
	ldr	x2, [x1]
	adds	x2, x2, x0
	str	x2, [x1, 8]
	mov	x4, 8
	ldp	x3, x5, [x4], 16
	add	x4, x4, x3
	str	x4, [x1]
	ret
END ends

GUEST_DATA
