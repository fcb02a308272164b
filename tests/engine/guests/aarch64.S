/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For AArch64: what test_gdb_aarch64.c has worked out by hand.  Ends with status 12, if it may. */
	.globl	_start
_start:
	mov	x0, #3
	mov	x1, #0
again:
	add	x1, x1, x0		// 2, 5, 8: 3, 5, 6
	subs	x0, x0, #1
	b.ne	again
	scvtf	d0, x1			// 11: 6.0
	fadd	d1, d0, d0		// 12.0
	fcvtzs	x2, d1
	str	x2, [sp, #-16]!		// 14
	ldr	x3, [sp], #16
	ldr	x4, [sp]		// 16: arguments; the program's name alone
	cmp	x4, #1
	b.ne	exclusive
	mov	x0, x3
	mov	x8, #93
	svc	#0			// 21
exclusive:
	ldxr	x0, [sp]
	stxr	w1, x0, [sp]
	cbnz	w1, exclusive
