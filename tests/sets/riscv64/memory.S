/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: loads and stores of every width, signed and not, compressed and not,
 * misaligned and across a page; atomic instructions of both widths and every order; reservations
 * that hold, that are lost, and that there never were.
 */
#include "guest.inc"

START
	li	s11, 4
1:	la	s0, random
	slli	a0, s11, 6
	add	s0, s0, a0
	la	s1, scratch
	call	widths
	call	misaligned
	call	compressed
	call	floating
	call	atomics
	call	reservations
	addi	s11, s11, -1
	bnez	s11, 1b
	FINISH

FUNCTION widths
	.irp	offset, 0, 8, 24, 48
	lb	a0, \offset(s0)
	lbu	a1, \offset + 1(s0)
	lh	a2, \offset + 2(s0)
	lhu	a3, \offset + 4(s0)
	lw	a4, \offset(s0)
	lwu	a5, \offset + 4(s0)
	ld	a6, \offset(s0)
	ld	x0, \offset(s0)
	sb	a0, \offset(s1)
	sh	a2, \offset + 2(s1)
	sw	a4, \offset + 4(s1)
	sd	a6, \offset + 64(s1)
	sd	x0, \offset + 128(s1)
	sb	a6, \offset + 128(s1)
	ld	a7, \offset(s1)
	MIX	a7
	.endr
	lw	s0, (s0)
	la	s0, random
	ret
END widths

/* The page's end lies between 4096 - 7 and 4096. */
FUNCTION misaligned
	li	a0, 4096 - 7
	add	a0, s1, a0
	li	a1, 8
1:	ld	a2, 3(s0)
	sd	a2, (a0)
	lw	a3, 1(a0)
	lhu	a4, 3(a0)
	sw	a3, 5(a0)
	sh	a4, 2(a0)
	ld	a5, (a0)
	lb	a6, 7(a0)
	addi	a0, a0, 1
	addi	a1, a1, -1
	bnez	a1, 1b
	li	a0, -2048
	sub	a0, s1, a0
	sd	a5, -2048(a0)
	ld	a6, -2048(a0)
	MIX	a6
	ret
END misaligned

FUNCTION compressed
	.option	push
	.option	rvc
	mv	a0, s0
	mv	a1, s1
	c.lw	a2, 4(a0)
	c.ld	a3, 8(a0)
	c.sw	a2, 12(a1)
	c.sd	a3, 16(a1)
	c.fld	fa0, 24(a0)
	c.fsd	fa0, 24(a1)
	c.addi16sp sp, -64
	c.sdsp	a3, 8(sp)
	c.swsp	a2, 16(sp)
	c.fsdsp	fa0, 24(sp)
	c.ldsp	a4, 8(sp)
	c.lwsp	a5, 16(sp)
	c.fldsp	fa1, 24(sp)
	c.addi16sp sp, 64
	/* c.lbu, c.lhu, c.lh, c.sb, c.sh: a2 and a0 or a1 */
	.2byte	0x8110, 0x8510, 0x8550, 0x8990, 0x8d90
	.option	pop
	MIX	a4
	ret
END compressed

FUNCTION floating
	fld	ft0, 8(s0)
	flw	ft1, 20(s0)
	fsd	ft0, 8(s1)
	fsw	ft0, 16(s1)
	fsw	ft1, 21(s1)
	fsd	ft1, -9(sp)
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	fld	ft\n, \n * 8(s0)
	fsd	ft\n, \n * 8 + 64(s1)
	.endr
	ret
END floating

.macro ATOMIC op
	ld	a0, 32(s0)
	ld	a1, 40(s0)
	sd	a0, (s1)
	\op	a2, a1, (s1)
	\op\().aq a3, a2, (s1)
	\op\().rl a3, a3, (s1)
	\op\().aqrl a1, a1, (s1)
	\op	x0, a0, (s1)
	\op	a4, x0, (s1)
	ld	a5, (s1)
	MIX	a5
.endm

FUNCTION atomics
	.irp	op, amoswap, amoadd, amoxor, amoand, amoor, amomin, amomax, amominu, amomaxu
	ATOMIC	\op\().w
	ATOMIC	\op\().d
	.endr
	mv	a0, s1
	amoadd.d a0, a0, (a0)
	mv	a0, s1
	amoswap.w a1, a0, (a0)
	ret
END atomics

.macro RESERVATION width
	li	a4, 3
1:	lr.\width a0, (s1)
	addi	a0, a0, 5
	sc.\width a1, a0, (s1)
	bnez	a1, 1b
	addi	a4, a4, -1
	bnez	a4, 1b
	/* None; of another address; lost by the store of another value; twice. */
	sc.\width a1, a0, (s1)
	lr.\width\().aq a0, (s1)
	sc.\width\().rl a2, a0, (a6)
	lr.\width\().aqrl a0, (s1)
	not	a5, a0
	sd	a5, (s1)
	sc.\width\().aqrl a3, a0, (s1)
	lr.\width x0, (s1)
	sc.\width x0, a0, (s1)
	sc.\width x0, a0, (s1)
	add	a1, a1, a2
	add	a1, a1, a3
	MIX	a1
.endm

FUNCTION reservations
	addi	a6, s1, 8
	RESERVATION w
	RESERVATION d
	ret
END reservations

GUEST_DATA
