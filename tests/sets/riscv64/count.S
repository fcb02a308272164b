/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: a loop, a call, memory, floating point.  What must be counted: count.csv. */
	.globl	_start
_start:
	li	t0, 3
1:	addi	t0, t0, -1
	bnez	t0, 1b
	call	add
	li	a7, 94
	ecall
add:	lui	t1, 0x402
	li	a0, 6
	sw	a0, 8(t1)
	lw	a1, 8(t1)
	fcvt.d.w ft0, a1
	fdiv.d	ft1, ft0, ft0
	fdiv.d	ft1, ft1, ft0
	sub	a0, a0, a1
	amoadd.w a2, a1, (t1)
	ret
	.bss
	.zero	16
	.section .note.GNU-stack, "", @progbits
