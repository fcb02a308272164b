/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: floating point of both widths in every rounding mode, with the flags it
 * raises; conversions, classes, comparisons of what cannot be compared; singles that are not
 * boxed; control registers.
 */
#include "guest.inc"

	.set	NUMBERS, 10
	.set	SINGLES, 9

START
	li	s1, 0
1:	fsrm	a0, s1			/* with each rounding mode once */
	fsflagsi a0, 0
	call	doubles
	call	singles
	call	conversions
	addi	s1, s1, 1
	li	a0, 5
	bne	s1, a0, 1b
	call	boxes
	call	given_modes
	call	control
	FINISH

.macro ARITHMETIC width
	.irp	op, fadd.\width, fsub.\width, fmul.\width, fdiv.\width, fmin.\width, fmax.\width
	\op fa2, fa0, fa1
	frflags	a0
	add	a2, a2, a0
	.endr
	.irp	op, fsgnj.\width, fsgnjn.\width, fsgnjx.\width
	\op fa3, fa0, fa1
	.endr
	.irp	op, fmadd.\width, fmsub.\width, fnmadd.\width, fnmsub.\width
	\op fa4, fa0, fa1, fa2
	.endr
	fsqrt.\width fa5, fa0
	frflags	a0
	add	a2, a2, a0
	.irp	op, feq.\width, flt.\width, fle.\width
	\op a0, fa0, fa1
	add	a2, a2, a0
	.endr
	fclass.\width a1, fa2
	fmv.\width fa6, fa0
	fneg.\width fa6, fa1
	fabs.\width fa6, fa6
	fadd.\width fa6, fa6, fa6
	fmul.\width fa7, fa7, fa0
	add	a2, a2, a1
	MIX	a2
	fsflags	a2, x0
.endm

FUNCTION doubles
	la	s2, numbers
	li	s3, NUMBERS
1:	fld	fa0, (s2)
	fld	fa1, 8(s2)
	ARITHMETIC d
	addi	s2, s2, 8
	addi	s3, s3, -1
	bnez	s3, 1b
	ret
END doubles

FUNCTION singles
	la	s2, single_numbers
	li	s3, SINGLES
1:	flw	fa0, (s2)
	flw	fa1, 4(s2)
	ARITHMETIC s
	addi	s2, s2, 4
	addi	s3, s3, -1
	bnez	s3, 1b
	ret
END singles

FUNCTION conversions
	la	s2, numbers
	li	s3, NUMBERS
1:	fld	fa0, (s2)
	.irp	to, w, wu, l, lu
	fcvt.\to\().d a0, fa0
	frflags	a1
	MIX	a0
	.endr
	fcvt.s.d fa1, fa0
	.irp	to, w, wu, l, lu
	fcvt.\to\().s a0, fa1
	.endr
	fcvt.d.s fa2, fa1
	fmv.x.d	a0, fa2
	fmv.x.w	a1, fa1
	.irp	from, w, wu, l, lu
	fcvt.d.\from fa3, a0
	fcvt.s.\from fa4, a0
	fcvt.s.\from fa5, a1
	.endr
	fmv.d.x	fa6, a0
	fmv.w.x	fa7, a0
	fsflags	x0
	addi	s2, s2, 8
	addi	s3, s3, -1
	bnez	s3, 1b
	ret
END conversions

/* What is no single in its box is the NaN that instructions make. */
FUNCTION boxes
	li	a0, 0x3f8000003f800000
	fmv.d.x	fa0, a0
	fmv.w.x	fa1, a0
	fadd.s	fa2, fa0, fa1
	fadd.s	fa3, fa1, fa1
	fsgnj.s	fa4, fa0, fa1
	fcvt.d.s fa5, fa0
	fcvt.w.s a1, fa0
	feq.s	a2, fa0, fa1
	fclass.s a3, fa0
	fmv.x.w	a4, fa0
	fmadd.s	fa6, fa1, fa1, fa0
	fmin.s	fa7, fa0, fa1
	fmv.x.d	a5, fa2
	MIX	a5
	MIX	a1
	MIX	a3
	ret
END boxes

/* Said in the instruction. */
FUNCTION given_modes
	la	s2, numbers
	fld	fa0, (s2)
	fld	fa1, 8(s2)
	.irp	mode, rne, rtz, rdn, rup, rmm, dyn
	fdiv.d	fa2, fa0, fa1, \mode
	fdiv.d	fa3, fa1, fa0, \mode
	fcvt.w.d a0, fa3, \mode
	fcvt.s.d fa4, fa2, \mode
	fsqrt.d	fa5, fa1, \mode
	fmv.x.d	a1, fa2
	MIX	a1
	.endr
	ret
END given_modes

FUNCTION control
	.irp	value, 0, 0x1f, 0x6a, 0xff, 0x123
	li	a0, \value
	fscsr	a1, a0
	frcsr	a2
	frrm	a3
	frflags	a4
	csrrs	a5, fflags, a0
	csrrc	a6, fcsr, a2
	csrrsi	a7, frm, 1
	csrrci	x0, fflags, 3
	csrrwi	x0, frm, 2
	csrrw	a0, fcsr, a0
	MIX	a2
	MIX	a5
	.endr
	fscsr	x0
	ret
END control

GUEST_DATA
	.data
	.balign	8
numbers:
	.double	1, 3, -0.0, 1e308, 1e-308, 12345.5
	.quad	0x7ff0000000000000, 0x7ff4000000000000, 0xfff8000000000000, 1
	.double	-2.5
single_numbers:
	.float	1, 3, 1e38, 1e-38, -7.25
	.long	0xff800000, 0x7fa00000, 1, 0x80000000, 0x7f7fffff
