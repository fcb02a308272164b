/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For 64-bit RISC-V: what test_gdb_riscv64.c has worked out by hand.  Ends with status 12. */
	.option	norvc
	.option	norelax
	.globl	_start
_start:
	li	t0, 3
	li	a0, 0
again:
	add	a0, a0, t0		# 2, 5, 8: 3, 5, 6
	addi	t0, t0, -1
	bnez	t0, again
	lla	a1, cell		# two instructions
	sd	a0, 8(a1)		# 13
	lw	a2, 8(a1)
	fcvt.d.l ft0, a0		# 15: 6.0
	li	a3, 4
	fcvt.d.l ft1, a3		# 4.0
	fdiv.d	ft2, ft0, ft1		# 18: 1.5
	fdiv.d	ft3, ft1, ft0		# 19: 2/3, inexact
	frflags	a4			# 20
	lla	a5, cell + 8
	amoadd.d a6, a2, (a5)		# 23: 6 + 6
	jal	ra, double		# 24
	li	a7, 93			# exit
	ecall				# 28
double:
	slli	a0, a0, 1		# 25
	ret

	.bss
	.balign	4096
cell:
	.space	16
