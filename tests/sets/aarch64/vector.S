/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: Advanced SIMD of every arrangement; lanes, tables, permutations, saturation
 * and its flag, structures of memory; AES and SHA.
 */
#include "guest.inc"

START
	mov	x28, 3
	ldr	x19, =random
	ldr	x20, =scratch
1:	bl	load_all
	bl	integers
	bl	saturated
	bl	widened
	bl	shifted
	bl	across
	bl	lanes
	bl	permuted
	bl	floating
	bl	structures
	bl	secret
	add	x19, x19, 64
	subs	x28, x28, 1
	b.ne	1b
	FINISH

FUNCTION load_all
	ldp	q0, q1, [x19]
	ldp	q2, q3, [x19, 32]
	ldp	q4, q5, [x19, 64]
	ldp	q6, q7, [x19, 96]
	msr	fpsr, xzr
	ret
END load_all

.macro MIX_VECTOR number
	fmov	x0, d\number
	MIX	x0
	mov	x0, v\number\().d[1]
	MIX	x0
	mrs	x0, fpsr
	MIX	x0
.endm

FUNCTION integers
	.irp	of, 8b, 16b, 4h, 8h, 2s, 4s
	.irp	op, add, sub, mul, mla, mls, sabd, uabd, saba, uaba, smax, umax, smin, umin, shadd, uhadd, shsub, uhsub, srhadd, urhadd, cmeq, cmgt, cmge, cmhi, cmhs, cmtst, addp, smaxp, uminp, sshl, ushl, srshl, urshl
	\op	v16.\of, v0.\of, v1.\of
	.endr
	.irp	op, abs, neg, cls, clz
	\op	v17.\of, v2.\of
	.endr
	cmlt	v18.\of, v3.\of, 0
	cmge	v18.\of, v3.\of, 0
	.endr
	MIX_VECTOR 16
	.irp	op, add, sub, cmeq, cmgt, cmhi, addp, sshl, ushl
	\op	v16.2d, v0.2d, v1.2d
	.endr
	add	d16, d0, d1
	cmgt	d17, d0, d1
	neg	d18, d1
	.irp	of, 8b, 16b
	.irp	op, and, orr, eor, bic, orn, bsl, bit, bif, pmul
	\op	v19.\of, v2.\of, v3.\of
	.endr
	mvn	v20.\of, v4.\of
	cnt	v21.\of, v4.\of
	rbit	v22.\of, v5.\of
	rev16	v23.\of, v5.\of
	rev32	v23.\of, v5.\of
	rev64	v23.\of, v5.\of
	.endr
	movi	v24.16b, 0x5a
	movi	v24.4s, 0x77, lsl 8
	mvni	v24.8h, 0x12
	movi	v24.2d, 0xff00ff00ff00ff00
	orr	v24.4s, 0x11, lsl 24
	bic	v24.8h, 0x80
	fmov	v24.2d, 1.0
	mul	v25.8h, v0.8h, v1.h[3]
	mla	v25.4s, v0.4s, v1.s[1]
	mls	v25.4h, v0.4h, v1.h[7]
	sdot	v25.4s, v0.16b, v1.16b
	udot	v25.4s, v0.16b, v1.4b[2]
	MIX_VECTOR 19
	MIX_VECTOR 25
	ret
END integers

FUNCTION saturated
	.irp	of, 8b, 16b, 4h, 8h, 2s, 4s
	.irp	op, sqadd, uqadd, sqsub, uqsub, sqshl, uqshl, sqrshl, uqrshl
	\op	v16.\of, v0.\of, v1.\of
	.endr
	suqadd	v17.\of, v2.\of
	usqadd	v17.\of, v3.\of
	sqabs	v18.\of, v4.\of
	sqneg	v18.\of, v4.\of
	.endr
	MIX_VECTOR 16
	msr	fpsr, xzr
	sqdmulh	v19.8h, v0.8h, v1.8h
	sqrdmulh v19.4s, v0.4s, v1.s[2]
	sqdmull	v20.4s, v0.4h, v1.4h
	sqdmlal	v20.4s, v0.4h, v1.4h
	sqdmlsl2 v20.2d, v0.4s, v1.4s
	sqxtn	v21.8b, v0.8h
	sqxtn2	v21.16b, v1.8h
	uqxtn	v21.4h, v1.4s
	sqxtun	v21.2s, v0.2d
	sqshrn	v22.8b, v0.8h, 3
	uqrshrn	v22.4h, v0.4s, 9
	sqrshrun2 v22.4s, v0.2d, 17
	MIX_VECTOR 22
	msr	fpsr, xzr
	movi	v23.16b, 1
	sqadd	v23.16b, v23.16b, v23.16b
	mrs	x0, fpsr
	MIX	x0
	sqadd	b23, b0, b1
	uqsub	s23, s0, s1
	sqdmulh	h23, h0, h1
	sqshlu	v24.4s, v0.4s, 5
	MIX_VECTOR 24
	ret
END saturated

FUNCTION widened
	.irp	op, saddl, uaddl, ssubl, usubl, smull, umull, smlal, umlal, smlsl, sabdl, uabal
	\op	v16.8h, v0.8b, v1.8b
	\op	v17.2d, v0.2s, v1.2s
	\op\()2	v18.4s, v0.8h, v1.8h
	.endr
	.irp	op, saddw, uaddw, ssubw, usubw
	\op	v16.4s, v0.4s, v1.4h
	\op\()2	v17.2d, v0.2d, v1.4s
	.endr
	.irp	op, addhn, raddhn, subhn, rsubhn
	\op	v19.8b, v0.8h, v1.8h
	\op\()2	v19.4s, v0.2d, v1.2d
	.endr
	pmull	v20.8h, v0.8b, v1.8b
	pmull2	v20.1q, v0.2d, v1.2d
	xtn	v21.4h, v0.4s
	xtn2	v21.8h, v1.4s
	saddlp	v22.4h, v0.8b
	uadalp	v22.2d, v0.4s
	sxtl	v23.8h, v0.8b
	uxtl2	v23.2d, v0.4s
	shll	v24.4s, v0.4h, 16
	MIX_VECTOR 18
	MIX_VECTOR 20
	ret
END widened

FUNCTION shifted
	.irp	op, sshr, ushr, srshr, urshr, ssra, usra, srsra, ursra, sri
	\op	v16.16b, v0.16b, 3
	\op	v16.4h, v0.4h, 16
	\op	v17.4s, v0.4s, 1
	\op	v18.2d, v0.2d, 63
	\op	d19, d1, 40
	.endr
	shl	v20.8b, v0.8b, 7
	shl	v20.2d, v0.2d, 0
	sli	v21.4s, v0.4s, 12
	sqshl	v22.8h, v0.8h, 2
	shrn	v23.8b, v0.8h, 8
	rshrn2	v23.4s, v0.2d, 30
	sshll	v24.2d, v0.2s, 11
	ushll2	v24.8h, v0.16b, 1
	MIX_VECTOR 18
	MIX_VECTOR 24
	ret
END shifted

FUNCTION across
	.irp	op, addv, smaxv, sminv, umaxv, uminv
	\op	b16, v0.16b
	\op	h17, v0.4h
	\op	s18, v0.4s
	.endr
	saddlv	h19, v0.8b
	uaddlv	d20, v0.4s
	addp	d21, v0.2d
	fmaxnmv	s22, v0.4s
	fminv	s22, v0.4s
	faddp	d23, v0.2d
	MIX_VECTOR 20
	ret
END across

FUNCTION lanes
	mov	x1, v0.d[1]
	mov	w2, v0.s[3]
	umov	w3, v0.h[5]
	umov	w4, v0.b[15]
	smov	x5, v0.b[7]
	smov	w6, v0.h[2]
	mov	v16.b[3], w1
	mov	v16.h[7], w2
	mov	v16.s[1], w3
	mov	v16.d[0], x1
	mov	v17.b[0], v0.b[15]
	mov	v17.s[3], v1.s[0]
	mov	v17.d[1], v1.d[0]
	dup	v18.16b, w1
	dup	v18.2d, x1
	dup	v18.4h, v0.h[6]
	mov	b19, v0.b[9]
	mov	d19, v0.d[1]
	mov	v20.16b, v0.16b
	ins	v20.h[2], wzr
	MIX	x5
	MIX_VECTOR 16
	MIX_VECTOR 17
	ret
END lanes

FUNCTION permuted
	.irp	of, 8b, 16b, 8h, 2s, 4s, 2d
	.irp	op, zip1, zip2, uzp1, uzp2, trn1, trn2
	\op	v16.\of, v0.\of, v1.\of
	.endr
	.endr
	ext	v17.16b, v0.16b, v1.16b, 5
	ext	v17.8b, v0.8b, v1.8b, 7
	movi	v18.16b, 0x1f
	and	v18.16b, v18.16b, v3.16b
	tbl	v19.16b, {v0.16b}, v18.16b
	tbl	v19.8b, {v0.16b, v1.16b}, v18.8b
	tbl	v20.16b, {v0.16b, v1.16b, v2.16b}, v3.16b
	tbl	v20.16b, {v0.16b, v1.16b, v2.16b, v3.16b}, v18.16b
	tbx	v20.16b, {v0.16b}, v18.16b
	tbx	v21.16b, {v0.16b, v1.16b, v2.16b, v3.16b}, v4.16b
	MIX_VECTOR 19
	MIX_VECTOR 21
	ret
END permuted

FUNCTION floating
	.irp	of, 2s, 4s, 2d
	.irp	op, fadd, fsub, fmul, fdiv, fmla, fmls, fmax, fminnm, fabd, faddp, fmaxp, fcmeq, fcmge, facgt, fmulx, frecps, frsqrts
	\op	v16.\of, v0.\of, v1.\of
	.endr
	.irp	op, fabs, fneg, fsqrt, frintn, frintx, frecpe, frsqrte, fcvtzs, fcvtnu, scvtf, ucvtf
	\op	v17.\of, v2.\of
	.endr
	fcmgt	v18.\of, v3.\of, 0
	.endr
	fmul	v19.4s, v0.4s, v1.s[2]
	fmla	v19.2d, v0.2d, v1.d[1]
	fmls	s19, s0, v1.s[3]
	fcvtl	v20.2d, v0.2s
	fcvtl2	v20.4s, v0.8h
	fcvtn	v21.2s, v0.2d
	fcvtn2	v21.8h, v0.4s
	fcvtxn	v22.2s, v0.2d
	fcvtzs	v23.4s, v0.4s, 8
	ucvtf	v23.2d, v0.2d, 60
	urecpe	v24.4s, v0.4s
	ursqrte	v24.2s, v0.2s
	fcadd	v25.4s, v0.4s, v1.4s, 90
	fcmla	v25.2d, v0.2d, v1.2d, 180
	fadd	v26.8h, v0.8h, v1.8h
	fmlal	v26.4s, v0.4h, v1.4h
	MIX_VECTOR 16
	MIX_VECTOR 19
	MIX_VECTOR 26
	ret
END floating

FUNCTION structures
	mov	x9, x19
	mov	x10, x20
	mov	x11, 5
	.irp	of, 8b, 16b, 4h, 4s, 2d
	ld1	{v16.\of}, [x9]
	ld1	{v16.\of, v17.\of, v18.\of, v19.\of}, [x9]
	ld2	{v16.\of, v17.\of}, [x9]
	ld3	{v16.\of, v17.\of, v18.\of}, [x9]
	ld4	{v16.\of, v17.\of, v18.\of, v19.\of}, [x9]
	st1	{v16.\of, v17.\of, v18.\of}, [x10]
	st2	{v16.\of, v17.\of}, [x10], x11
	st3	{v16.\of, v17.\of, v18.\of}, [x10]
	st4	{v16.\of, v17.\of, v18.\of, v19.\of}, [x10], x11
	ld1r	{v20.\of}, [x9]
	ld2r	{v20.\of, v21.\of}, [x9]
	ld4r	{v20.\of, v21.\of, v22.\of, v23.\of}, [x9]
	.endr
	ld1	{v31.16b, v0.16b}, [x9], 32
	ld1	{v24.b}[7], [x9], 1
	ld1	{v24.d}[1], [x9], x11
	ld2	{v24.h, v25.h}[3], [x9]
	ld3	{v24.s, v25.s, v26.s}[2], [x9]
	ld4	{v24.b, v25.b, v26.b, v27.b}[15], [x9]
	st1	{v24.s}[1], [x10], 4
	st2	{v24.d, v25.d}[0], [x10]
	st3	{v24.h, v25.h, v26.h}[6], [x10]
	st4	{v24.s, v25.s, v26.s, v27.s}[3], [x10]
	/* Over the end of a page. */
	add	x10, x20, 4096
	sub	x10, x10, 13
	st4	{v24.16b, v25.16b, v26.16b, v27.16b}, [x10]
	ld2	{v28.8h, v29.8h}, [x10]
	MIX	x9
	MIX_VECTOR 28
	ret
END structures

FUNCTION secret
	aese	v0.16b, v1.16b
	aesmc	v0.16b, v0.16b
	aesd	v2.16b, v3.16b
	aesimc	v2.16b, v2.16b
	sha1c	q0, s1, v2.4s
	sha1h	s3, s0
	sha1m	q0, s1, v2.4s
	sha1p	q0, s1, v2.4s
	sha1su0	v4.4s, v5.4s, v6.4s
	sha1su1	v4.4s, v5.4s
	sha256h	q0, q1, v2.4s
	sha256h2 q1, q0, v2.4s
	sha256su0 v5.4s, v6.4s
	sha256su1 v5.4s, v6.4s, v7.4s
	sha512h	q0, q1, v2.2d
	sha512h2 q0, q1, v2.2d
	sha512su0 v3.2d, v4.2d
	sha512su1 v3.2d, v4.2d, v5.2d
	eor3	v6.16b, v0.16b, v1.16b, v2.16b
	rax1	v6.2d, v6.2d, v3.2d
	xar	v6.2d, v6.2d, v4.2d, 19
	bcax	v7.16b, v6.16b, v1.16b, v2.16b
	MIX_VECTOR 0
	MIX_VECTOR 7
	ret
END secret

GUEST_DATA
