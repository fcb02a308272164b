/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every integer instruction of 64 and 32 bits, multiplication, division
 * (by zero, and the one that overflows), and bits, on pairs of numbers.
 */
#include "guest.inc"

START
	la	s0, values
	li	s1, PAIRS
1:	ld	a0, (s0)
	ld	a1, 8(s0)
	call	two_registers
	call	one_register
	call	immediates
	call	overlapping
	addi	s0, s0, 16
	addi	s1, s1, -1
	bnez	s1, 1b
	call	constants
	FINISH

.macro EACH_TO_NEXT instruction
	\instruction a2, a0, a1
	add	a3, a3, a2
.endm

FUNCTION two_registers
	li	a3, 0
	.irp	op, add, sub, sll, slt, sltu, xor, srl, sra, or, and, addw, subw, sllw, srlw, sraw
	EACH_TO_NEXT \op
	.endr
	.irp	op, mul, mulh, mulhsu, mulhu, div, divu, rem, remu, mulw, divw, divuw, remw, remuw
	EACH_TO_NEXT \op
	.endr
	.irp	op, sh1add, sh2add, sh3add, add.uw, sh1add.uw, sh2add.uw, sh3add.uw, andn, orn, xnor
	EACH_TO_NEXT \op
	.endr
	.irp	op, rol, ror, rolw, rorw, max, maxu, min, minu, clmul, clmulh, clmulr, bclr, bext, binv
	EACH_TO_NEXT \op
	.endr
	bset	a2, a0, a1
	/* czero.eqz, czero.nez */
	.insn	r 0x33, 5, 7, a4, a0, a1
	.insn	r 0x33, 7, 7, a5, a0, a1
	add	a3, a3, a2
	MIX	a3
	ret
END two_registers

FUNCTION one_register
	.irp	op, clz, ctz, cpop, clzw, ctzw, cpopw, sext.b, sext.h, zext.h, orc.b, rev8, neg, negw
	\op	a2, a0
	add	a3, a3, a2
	.endr
	.irp	op, not, sext.w, zext.w, zext.b, seqz, snez, sltz, sgtz
	\op	a2, a1
	add	a3, a3, a2
	.endr
	MIX	a3
	ret
END one_register

FUNCTION immediates
	.irp	immediate, -2048, -1, 0, 1, 2047
	.irp	op, addi, slti, sltiu, xori, ori, andi, addiw
	\op	a2, a0, \immediate
	.endr
	.endr
	.irp	amount, 0, 1, 7, 31
	.irp	op, slli, srli, srai, slliw, srliw, sraiw, rori, roriw, slli.uw, bclri, bexti, binvi, bseti
	\op	a2, a0, \amount
	.endr
	.endr
	.irp	op, slli, srli, srai, rori, slli.uw, bclri, bexti, binvi, bseti
	\op	a2, a0, 63
	\op	a4, a1, 32
	.endr
	MIX	a4
	ret
END immediates

/* A register that is read and written, one read twice, and x0 on either side. */
FUNCTION overlapping
	mv	a2, a0
	mv	a4, a1
	add	a2, a2, a2
	sub	a4, a4, a2
	add	a2, a2, x0
	add	a2, x0, a4
	xor	a2, a2, a4
	add	x0, a0, a1
	sub	a5, x0, a1
	sub	a5, a5, a5
	mul	a4, a4, a4
	div	a4, a4, a4
	sh2add	a4, a4, x0
	sh2add	a4, x0, a4
	and	a2, a2, x0
	addiw	x0, a0, 7
	ret
END overlapping

FUNCTION constants
	lui	a0, 0x80000
	lui	a1, 0x7ffff
	lui	x0, 1
	auipc	a2, 0
	auipc	a3, 0xfffff
	li	a4, 0x123456789abcdef0
	la	a5, constants
	MIX	a4
	nop
	fence
	fence	r, w
	fence.tso
	.4byte	0x0100000f	/* pause */
	ret
END constants

GUEST_DATA
