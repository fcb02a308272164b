/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: loads and stores of every width, single and in pairs, in every way to
 * address, misaligned and across a page; ordered ones; atomic instructions of every width.
 * Exclusive pairs cannot be stepped: stores alone are here.
 */
#include "guest.inc"

START
	mov	x28, 3
1:	ldr	x19, =random
	add	x19, x19, x28, lsl 6
	ldr	x20, =scratch
	bl	widths
	bl	addressing
	bl	misaligned
	bl	pairs
	bl	floating
	bl	ordered
	bl	atomics
	bl	others
	subs	x28, x28, 1
	b.ne	1b
	FINISH

FUNCTION widths
	.irp	offset, 0, 8, 48
	ldr	x0, [x19, \offset]
	ldr	w1, [x19, \offset + 4]
	ldrh	w2, [x19, \offset + 2]
	ldrb	w3, [x19, \offset + 1]
	ldrsb	x4, [x19, \offset]
	ldrsb	w5, [x19, \offset + 3]
	ldrsh	x6, [x19, \offset]
	ldrsh	w7, [x19, \offset + 6]
	ldrsw	x9, [x19, \offset]
	ldr	xzr, [x19]
	str	x0, [x20, \offset]
	str	w1, [x20, \offset + 64]
	strh	w2, [x20, \offset + 68]
	strb	w3, [x20, \offset + 70]
	str	xzr, [x20, \offset + 128]
	strb	wzr, [x20, \offset + 5]
	ldr	x10, [x20, \offset]
	MIX	x10
	.endr
	ldr	x0, =values
	ldr	w1, values_literal
	ldrsw	x2, values_literal
	ret
values_literal:
	.long	0x87654321
END widths

FUNCTION addressing
	mov	x9, 3
	mov	w10, -2
	add	x11, x19, 16
	ldr	x0, [x11], 8
	ldr	x1, [x11, 8]!
	ldr	w2, [x11], -3
	ldrb	w3, [x11, -1]!
	ldrsh	x4, [x11], 4
	ldr	x5, [x19, x9]
	ldr	x5, [x19, x9, lsl 3]
	ldr	w6, [x11, w10, sxtw 2]
	ldrh	w6, [x11, w9, uxtw 1]
	ldrb	w6, [x11, x9, sxtx]
	ldrsw	x7, [x11, w10, sxtw]
	ldur	x7, [x11, -7]
	ldurb	w7, [x11, 1]
	ldursw	x7, [x11, 3]
	add	x12, x20, 200
	str	x0, [x12], 16
	str	w1, [x12, -8]!
	strh	w2, [x12], 1
	strb	w3, [x12, 3]!
	str	x5, [x12, x9, lsl 3]
	str	w6, [x12, w10, sxtw 2]
	stur	x7, [x12, -9]
	sturh	w7, [x12, 5]
	str	x12, [x12, 8]
	/* The stack pointer as base. */
	str	x0, [sp, -16]!
	ldr	x1, [sp, 8]
	ldr	x2, [sp], 16
	MIX	x2
	MIX	x11
	ret
END addressing

/* The page's end lies between 4096 - 7 and 4096. */
FUNCTION misaligned
	mov	x9, 8
	add	x10, x20, 4096
	sub	x10, x10, 7
1:	ldr	x0, [x19, 3]
	str	x0, [x10]
	ldr	w1, [x10, 1]
	ldrh	w2, [x10, 3]
	str	w1, [x10, 5]
	strh	w2, [x10, 2]
	ldp	x3, x4, [x10]
	stp	x4, x3, [x10, -8]
	ldr	q0, [x10]
	str	q0, [x10, 16]
	add	x10, x10, 1
	subs	x9, x9, 1
	b.ne	1b
	ldr	x0, [x20, 4088]
	MIX	x0
	ret
END misaligned

FUNCTION pairs
	mov	x9, x19
	mov	x10, x20
	ldp	x0, x1, [x9]
	ldp	w2, w3, [x9], 8
	ldp	x4, x5, [x9, 16]!
	ldpsw	x6, x7, [x9, -8]
	ldpsw	x6, x7, [x9], 4
	ldp	x11, xzr, [x9]
	ldnp	x12, x13, [x9, 16]
	stp	x0, x1, [x10], 32
	stp	w2, w3, [x10, -8]!
	stp	x4, xzr, [x10, 16]
	stnp	w6, w7, [x10, 32]
	ldp	q1, q2, [x9], 16
	ldp	d3, d4, [x9, 8]!
	ldp	s5, s6, [x9]
	ldnp	q7, q16, [x9]
	stp	q2, q1, [x10, 64]!
	stp	d4, d3, [x10], 8
	stp	s6, s5, [x10]
	stnp	d1, d2, [x10, 32]
	stp	x29, x30, [sp, -16]!
	ldp	x29, x30, [sp], 16
	ldp	x0, x1, [x10, -16]
	MIX	x0
	MIX	x1
	ret
END pairs

FUNCTION floating
	mov	x9, 2
	add	x10, x20, 512
	.irp	size, b, h, s, d, q
	ldr	\size\()0, [x19]
	ldr	\size\()1, [x19, 16]
	ldur	\size\()2, [x19, 13]
	ldr	\size\()3, [x19, x9]
	str	\size\()0, [x10], 16
	str	\size\()1, [x10, 16]!
	stur	\size\()2, [x10, 3]
	str	\size\()3, [x10, x9]
	.endr
	ldr	d4, floating_literal
	ldr	q5, floating_literal
	ldr	s6, floating_literal
	ret
	.balign	4
floating_literal:
	.quad	0x3ff123456789abcd, 0x4000000000000001
END floating

FUNCTION ordered
	.irp	suffix, b, h
	ldar\suffix w0, [x19]
	ldapr\suffix w1, [x19]
	stlr\suffix w1, [x20]
	.endr
	ldar	x2, [x19]
	ldar	w3, [x19]
	ldapr	x4, [x19]
	ldlar	x5, [x19]
	stlr	x2, [x20]
	stlr	w3, [x20]
	stllr	x4, [x20]
	ldapur	x6, [x19, 8]
	ldapursw x7, [x19, 4]
	stlur	x6, [x20, -8]
	/* An exclusive store with nothing to keep it. */
	clrex
	stxr	w9, x2, [x20]
	stlxr	w10, w3, [x20]
	stxp	w11, x2, x4, [x20]
	stlxrb	w12, w3, [x20]
	add	x9, x9, x10
	add	x9, x9, x11
	MIX	x9
	ret
END ordered

.macro ATOMIC op
	ldr	x0, [x19, 24]
	str	x0, [x20]
	ldr	x1, [x19, 32]
	ld\op	x1, x2, [x20]
	ld\op\()a x2, x3, [x20]
	ld\op\()l w3, w4, [x20]
	ld\op\()al w1, w5, [x20]
	ld\op\()b w1, w6, [x20]
	ld\op\()alh w1, w7, [x20]
	st\op	x1, [x20]
	st\op\()lb w1, [x20]
	ld\op	x1, x1, [x20]
	ldr	x9, [x20]
	MIX	x9
	MIX	x5
.endm

FUNCTION atomics
	.irp	op, add, clr, eor, set, smax, smin, umax, umin
	ATOMIC	\op
	.endr
	ldr	x0, [x19]
	swp	x0, x1, [x20]
	swpal	w1, w2, [x20]
	swpab	w1, w2, [x20]
	swplh	w0, w0, [x20]
	swp	x0, xzr, [x20]
	/* Compare and swap: equal, then not. */
	.irp	what, x, w
	ldr	\what\()0, [x20]
	mov	\what\()1, 77
	cas	\what\()0, \what\()1, [x20]
	casal	\what\()0, \what\()1, [x20]
	cas	\what\()0, \what\()1, [x20]
	.endr
	casb	w0, w1, [x20]
	casalh	w0, w1, [x20]
	ldp	x2, x3, [x20]
	mov	x4, 5
	mov	x5, 6
	casp	x2, x3, x4, x5, [x20]
	caspal	x2, x3, x4, x5, [x20]
	casp	w2, w3, w4, w5, [x20]
	caspa	w2, w3, w4, w5, [x20]
	MIX	x0
	MIX	x2
	ret
END atomics

FUNCTION others
	prfm	pldl1keep, [x19]
	prfum	pstl1strm, [x19, -3]
	dc	zva, x20
	dc	cvau, x20
	dc	civac, x20
	mrs	x0, dczid_el0
	mrs	x1, tpidr_el0
	msr	tpidr_el0, x19
	mrs	x2, tpidr_el0
	ret
END others

GUEST_DATA
