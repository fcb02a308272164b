/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tiny program: a loop, a call, memory, floating point.  What must be counted: count.csv. */
	.globl	_start
_start:
	mov	w0, #3
1:	subs	w0, w0, #1
	b.ne	1b
	bl	add
	mov	x8, #94
	mov	w0, wzr
	svc	#0
add:	movz	x1, #0x40, lsl #16
	mov	w0, #6
	mov	w2, #0x2000
	add	x1, x1, w2, uxth
	str	w0, [x1, #8]!
	ldrb	w2, [x1], #-8
	scvtf	d0, w2
	fdiv	d1, d0, d0
	fdiv	d1, d1, d0
	mov	v0.s[3], w2
	adds	x0, x0, x2, lsl #1
	ret
	.bss
	.zero	16
	.section .note.GNU-stack, "", @progbits
