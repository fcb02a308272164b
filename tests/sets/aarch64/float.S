/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: scalar floating point of all widths in every rounding mode, with zeros for
 * what is denormal and with the default NaN, and the flags that it raises; comparisons,
 * selections and conversions, with and without a fraction.
 */
#include "guest.inc"

	.set	NUMBERS, 10

START
	mov	x28, 0
1:	lsl	x0, x28, 22			/* rounding, FZ, DN */
	msr	fpcr, x0
	bl	arithmetic
	bl	conversions
	add	x28, x28, 1
	cmp	x28, 6
	b.ne	1b
	mov	x0, 3 << 24
	msr	fpcr, x0
	bl	arithmetic
	msr	fpcr, xzr
	bl	compared
	bl	halves
	bl	moves
	FINISH

.macro ARITHMETIC width
	.irp	op, fadd, fsub, fmul, fdiv, fnmul, fmax, fmin, fmaxnm, fminnm, fabd, fmulx
	\op	\width\()2, \width\()0, \width\()1
	.endr
	mrs	x0, fpsr
	MIX	x0
	.irp	op, fmadd, fmsub, fnmadd, fnmsub
	\op	\width\()3, \width\()0, \width\()1, \width\()2
	.endr
	.irp	op, fsqrt, fabs, fneg, frinta, frinti, frintm, frintn, frintp, frintx, frintz
	\op	\width\()4, \width\()0
	.endr
	frecpe	\width\()5, \width\()1
	frsqrte	\width\()5, \width\()0
	frecpx	\width\()6, \width\()1
	frecps	\width\()7, \width\()0, \width\()1
	frsqrts	\width\()7, \width\()0, \width\()1
	mrs	x0, fpsr
	MIX	x0
	msr	fpsr, xzr
.endm

FUNCTION arithmetic
	ldr	x19, =numbers
	mov	x20, NUMBERS
1:	ldp	d0, d1, [x19]
	ARITHMETIC d
	fcvt	s0, d0
	fcvt	s1, d1
	ARITHMETIC s
	add	x19, x19, 8
	subs	x20, x20, 3
	b.gt	1b
	ret
END arithmetic

FUNCTION conversions
	ldr	x19, =numbers
	mov	x20, NUMBERS
1:	ldr	d0, [x19], 8
	fcvt	s1, d0
	fcvt	h2, d0
	fcvt	h2, s1
	fcvt	d3, h2
	fcvt	s4, h2
	.irp	op, fcvtas, fcvtau, fcvtms, fcvtmu, fcvtns, fcvtnu, fcvtps, fcvtpu, fcvtzs, fcvtzu
	\op	x0, d0
	\op	w1, s1
	.endr
	fcvtzs	x2, d0, 13
	fcvtzu	w3, s1, 5
	scvtf	d4, x0
	ucvtf	s5, x0
	scvtf	s6, w1
	ucvtf	d7, w1
	scvtf	d7, x2, 40
	ucvtf	s7, w1, 3
	scvtf	d16, d0
	fcvtzs	d17, d0
	fcvtxn	s18, d0
	MIX	x0
	subs	x20, x20, 2
	add	x19, x19, 8
	b.gt	1b
	mrs	x0, fpsr
	MIX	x0
	ret
END conversions

FUNCTION compared
	ldr	x19, =numbers
	mov	x20, NUMBERS
1:	ldp	d0, d1, [x19]
	fcmp	d0, d1
	fcsel	d2, d0, d1, gt
	fccmp	d0, d1, 3, vc
	fccmpe	d1, d0, 12, le
	cset	x0, vs
	fcmpe	d0, 0
	MIX_FLAGS
	fcmp	d1, 0
	fcvt	s0, d0
	fcvt	s1, d1
	fcmp	s0, s1
	fcsel	s2, s0, s1, lt
	fcmpe	s1, s0
	MIX_FLAGS
	.irp	op, fcmeq, fcmge, fcmgt, facge, facgt
	\op	d3, d0, d1
	.endr
	fcmlt	d4, d0, 0
	fcmle	s4, s1, 0
	mrs	x0, fpsr
	MIX	x0
	add	x19, x19, 8
	subs	x20, x20, 1
	b.ne	1b
	ret
END compared

FUNCTION halves
	ldr	x19, =numbers
	ldp	d0, d1, [x19]
	fcvt	h0, d0
	fcvt	h1, d1
	fadd	h2, h0, h1
	fmul	h3, h2, h1
	fdiv	h4, h0, h1
	fsqrt	h5, h1
	fmadd	h6, h0, h1, h2
	fcmp	h0, h1
	fcvtzs	w0, h4
	scvtf	h7, x19
	fmov	w1, h4
	fmov	h8, w1
	fmov	h9, 1.5
	MIX	x1
	ret
END halves

FUNCTION moves
	ldr	x0, =0x123456789abcdef0
	fmov	d0, x0
	fmov	s1, w0
	fmov	x1, d0
	fmov	w2, s1
	fmov	v2.d[1], x0
	fmov	x3, v2.d[1]
	fmov	d3, d0
	fmov	s4, s1
	fmov	d5, -2.5
	fmov	s6, 0.125
	fmov	d7, xzr
	MIX	x1
	MIX	x3
	ret
END moves

GUEST_DATA
	.data
	.balign	8
numbers:
	.double	1, 3, -0.0, 1e308, 1e-308, 12345.5
	.quad	0x7ff0000000000000, 0x7ff4000000000000, 0xfff8000000000000, 1
	.double	-2.5
