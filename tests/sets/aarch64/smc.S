/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: code that it writes, and the caches that it flushes: another instruction at
 * the same place each time, another one in its own block, a page that was data and becomes code.
 */
#include "guest.inc"

	.set	ADD_X0, 0x91000000	/* add x0, x0, 0 */
	.set	RET, 0xd65f03c0

/* Let the instruction at @register be seen. */
.macro FLUSH register
	dc	cvau, \register
	dsb	ish
	ic	ivau, \register
	dsb	ish
	isb
.endm

START
	ldr	x0, =patched
	mov	x1, 4096
	mov	x2, 7
	CALL_KERNEL SYS_mprotect
	bl	rewritten
	bl	own_block
	bl	mapped
	FINISH

/* add x0, x0, 1 .. 6; each is another instruction at one address. */
FUNCTION rewritten
	mov	x19, x30
	mov	x20, 6
	mov	x0, 100
	ldr	x21, =patched
1:	ldr	w2, =ADD_X0
	orr	w2, w2, w20, lsl 10
	str	w2, [x21]
	FLUSH	x21
	bl	patched
	blr	x21
	subs	x20, x20, 1
	b.ne	1b
	MIX	x0
	ret	x19
END rewritten

FUNCTION own_block
	mov	x19, x30
	ldr	x21, =patched_loop
	blr	x21
	MIX	x0
	ret	x19
END own_block

FUNCTION mapped
	mov	x19, x30
	mov	x20, 3
	mov	x21, 0x20000000
1:	mov	x0, x21
	mov	x1, 8192
	mov	x2, 3
	mov	x3, 0x32
	mov	x4, -1
	mov	x5, 0
	CALL_KERNEL SYS_mmap
	ldr	w1, =ADD_X0
	orr	w1, w1, w20, lsl 10
	ldr	w2, =RET
	stp	w1, w2, [x21]
	FLUSH	x21
	mov	x0, x21
	mov	x1, 4096
	mov	x2, 5
	CALL_KERNEL SYS_mprotect
	blr	x21
	mov	x0, x21
	mov	x1, 8192
	CALL_KERNEL SYS_munmap
	subs	x20, x20, 1
	b.ne	1b
	ret	x19
	.ltorg
END mapped

	.balign	4096
FUNCTION patched
	add	x0, x0, 0
	ret
END patched

	.balign	64
FUNCTION patched_loop
	mov	x4, 4
	adr	x1, 2f
	ldr	w2, =ADD_X0
1:	orr	w3, w2, w4, lsl 10
	str	w3, [x1]
	FLUSH	x1
2:	add	x0, x0, 0
	subs	x4, x4, 1
	b.ne	1b
	ret
	.ltorg
END patched_loop
	.balign	4096

GUEST_DATA
