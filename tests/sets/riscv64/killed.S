/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freestanding guest: ends at an instruction that nothing handles, in the middle of a block. */
#include "guest.inc"

START
	li	a0, 5
	call	ends
	FINISH

FUNCTION ends
	la	a1, random
	ld	a2, (a1)
	add	a2, a2, a0
	sd	a2, 8(a1)
	lw	a3, -8(x0)
	add	a4, a4, a3
	sd	a4, (a1)
	ret
END ends

GUEST_DATA
