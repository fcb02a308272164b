/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: integer instructions of 64 and 32 bits on pairs of numbers: arithmetic and
 * logic with shifts and extensions, flags and what depends on them, bit fields, multiplication,
 * division (by zero, and the one that overflows), checksums.
 */
#include "guest.inc"

START
	ldr	x19, =values
	mov	x20, PAIRS
1:	ldp	x0, x1, [x19], 16
	bl	two_registers
	bl	immediates
	bl	with_flags
	bl	conditional
	bl	multiplied
	bl	fields
	subs	x20, x20, 1
	b.ne	1b
	bl	constants
	FINISH

FUNCTION two_registers
	.irp	op, add, sub, and, orr, eor, bic, orn, eon
	\op	x2, x0, x1
	\op	w3, w0, w1
	\op	x4, x0, x1, lsl 13
	\op	w5, w0, w1, lsr 7
	\op	x6, x2, x1, asr 63
	add	x7, x7, x6
	.endr
	.irp	op, and, orr, eor, bic, orn, eon
	\op	x2, x0, x1, ror 21
	\op	w3, w0, w1, ror 31
	.endr
	.irp	op, add, sub
	.irp	extension, uxtb, uxth, uxtw, sxtb, sxth, sxtw
	\op	x2, x0, w1, \extension
	\op	w3, w0, w1, \extension 2
	.endr
	\op	x4, x0, x1, uxtx 3
	\op	x4, x0, x1, sxtx 4
	.endr
	.irp	op, lsl, lsr, asr, ror
	\op	x2, x0, x1
	\op	w3, w0, w1
	\op	x4, x0, 33
	\op	w5, w0, 9
	add	x7, x7, x4
	.endr
	.irp	op, clz, cls, rbit, rev, rev16
	\op	x2, x0
	\op	w3, w1
	add	x7, x7, x3
	.endr
	rev32	x2, x0
	mvn	x2, x0
	neg	x3, x1
	mov	x4, x0
	mov	w5, w1
	mov	x6, xzr
	add	xzr, x0, x1
	MIX	x7
	ret
END two_registers

FUNCTION immediates
	.irp	op, add, sub, adds, subs
	\op	x2, x0, 0
	\op	w3, w0, 4095
	\op	x4, x0, 4095, lsl 12
	.endr
	.irp	op, and, orr, eor, ands
	\op	x2, x0, 0x5555555555555555
	\op	w3, w0, 0xff00
	\op	x4, x1, 0x8000000000000001
	.endr
	add	x5, sp, 16
	sub	sp, sp, 64
	and	sp, x5, -16
	add	sp, sp, 48
	mov	x5, sp
	ldr	x6, =stack_top
	mov	sp, x6
	MIX	x4
	ret
END immediates

FUNCTION with_flags
	.irp	op, adds, subs, ands, bics
	\op	x2, x0, x1
	MIX_FLAGS
	\op	w3, w0, w1
	MIX_FLAGS
	\op	x4, x0, x1, asr 5
	.endr
	.irp	op, adc, adcs, sbc, sbcs
	\op	x2, x0, x1
	\op	w3, w2, w1
	\op	x4, xzr, x1
	MIX	x3
	.endr
	ngc	x2, x0
	ngcs	w3, w1
	negs	x4, x0
	cmp	x0, x1
	cmn	w0, w1
	tst	x0, x1
	cmp	x0, w1, sxtw 1
	cmp	sp, x1, uxtx
	MIX_FLAGS
	/* 128 bits by the carry. */
	adds	x2, x0, x1
	adc	x3, x1, x0
	subs	x2, x2, x0
	sbc	x3, x3, x1
	MIX	x3
	/* Of ARMv8.4: flags from a register, and the carry inverted. */
	rmif	x0, 5, 15
	MIX_FLAGS
	setf8	w1
	setf16	w0
	cfinv
	MIX_FLAGS
	msr	nzcv, x0
	MIX_FLAGS
	ret
END with_flags

.macro SELECT condition
	csel	x2, x0, x1, \condition
	csinc	w3, w0, w1, \condition
	csinv	x4, x0, x1, \condition
	csneg	w5, w0, w1, \condition
	ccmp	x0, x1, 5, \condition
	cset	w6, \condition
	ccmn	w0, 17, 10, \condition
	csetm	x7, \condition
	add	x2, x2, x3
	add	x4, x4, x5
	add	x2, x2, x4
	MIX	x2
	cmp	x0, x1
.endm

FUNCTION conditional
	cmp	x0, x1
	.irp	condition, eq, ne, cs, cc, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
	SELECT	\condition
	.endr
	csel	x2, x0, x1, al
	ccmp	w0, 3, 0, al
	cinc	x3, x0, ne
	ret
END conditional

FUNCTION multiplied
	mul	x2, x0, x1
	mul	w3, w0, w1
	mneg	x4, x0, x1
	madd	x5, x0, x1, x2
	madd	w5, w0, w1, w5
	msub	x6, x0, x1, x2
	smull	x7, w0, w1
	umull	x9, w0, w1
	smaddl	x9, w0, w1, x9
	umaddl	x9, w0, w1, x9
	smsubl	x9, w0, w1, x9
	umsubl	x9, w0, w1, x9
	smulh	x10, x0, x1
	umulh	x11, x0, x1
	sdiv	x12, x0, x1
	udiv	x13, x0, x1
	sdiv	w14, w0, w1
	udiv	w15, w0, w1
	sdiv	x2, x1, xzr
	.irp	r, x5, x9, x10, x11, x12, x13, x14, x15
	MIX	\r
	.endr
	crc32b	w2, w0, w1
	crc32h	w2, w2, w1
	crc32w	w2, w2, w1
	crc32x	w2, w2, x1
	crc32cb	w2, w2, w1
	crc32ch	w2, w2, w1
	crc32cw	w2, w2, w1
	crc32cx	w2, w2, x1
	MIX	x2
	ret
END multiplied

FUNCTION fields
	bfi	x2, x0, 7, 20
	bfxil	x2, x1, 40, 24
	bfc	x2, 3, 5
	sbfx	x3, x0, 9, 30
	sbfiz	x4, x0, 9, 30
	ubfx	x5, x0, 60, 4
	ubfiz	w6, w0, 30, 2
	bfi	w2, w1, 0, 32
	extr	x7, x0, x1, 17
	extr	w9, w0, w1, 31
	ror	w9, w9, 3
	sxtb	x10, w0
	sxth	w11, w0
	sxtw	x12, w1
	uxtb	w13, w0
	uxth	w14, w1
	add	x2, x2, x3
	add	x2, x2, x4
	add	x2, x2, x7
	MIX	x2
	ret
END fields

FUNCTION constants
	mov	x0, 0x1234
	movz	x0, 0xffff, lsl 48
	movn	x1, 0x7777, lsl 16
	movn	w1, 0
	movk	x0, 0xabcd, lsl 32
	movk	w1, 0x5555
	adr	x2, constants
	adrp	x3, constants
	nop
	yield
	sev
	dmb	ish
	dsb	sy
	hint	40
	MIX	x0
	ret
END constants

GUEST_DATA
