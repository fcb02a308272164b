/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: the x87 functions whose last bits the manuals leave to the
 * processor.  Engines agree in what is executed, not in these values; nothing
 * is printed that depends on them.
 */
#include "guest.inc"

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, 20
round:
	mov	[scratch], r12d
	.irp	op, fsin, fcos, f2xm1
	call	fraction
	\op
	fstp	tbyte ptr [scratch + 16]
	.endr
	call	fraction
	fsincos
	fstp	tbyte ptr [scratch + 16]
	fstp	tbyte ptr [scratch + 16]
	call	fraction
	fptan
	fstp	tbyte ptr [scratch + 16]
	fstp	tbyte ptr [scratch + 16]
	.irp	op, fpatan, fyl2x, fyl2xp1
	call	fraction
	fldpi
	fxch
	\op
	fstp	tbyte ptr [scratch + 16]
	.endr
	dec	r12d
	jnz	round
	FINISH
END _start

/* st(0) = round / 80, at most a quarter */
FUNCTION fraction
	mov	dword ptr [scratch + 4], 80
	fild	dword ptr [scratch]
	fidiv	dword ptr [scratch + 4]
	ret
END fraction

	GUEST_DATA
