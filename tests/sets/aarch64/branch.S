/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every conditional branch, taken and not, forwards and backwards; compare and
 * test branches; jumps and calls by registers, through tables, out of the middle; deep calls.
 */
#include "guest.inc"

START
	ldr	x19, =values
	mov	x20, PAIRS
1:	ldp	x0, x1, [x19], 16
	bl	conditions
	bl	tests
	subs	x20, x20, 1
	b.ne	1b
	bl	backwards
	bl	table
	bl	links
	mov	x0, 40
	bl	deep
	MIX	x0
	mov	x0, 6
	bl	tree
	MIX	x0
	bl	tails
	bl	far
	FINISH

FUNCTION conditions
	mov	x2, 0
	cmp	x0, x1
	.irp	condition, eq, ne, cs, cc, mi, pl, vs, vc, hi, ls, ge, lt, gt, le, al
	b.\condition 1f
	add	x2, x2, 1
1:	lsl	x2, x2, 1
	b.\condition .+4		/* where it goes anyway */
	.endr
	MIX	x2
	ret
END conditions

FUNCTION tests
	cbz	x0, 1f
	add	x2, x2, 1
1:	cbz	w0, 1f
	add	x2, x2, 2
1:	cbnz	x1, 1f
	add	x2, x2, 3
1:	cbnz	w1, 1f
	add	x2, x2, 4
1:
	.irp	bit, 0, 5, 31, 63
	tbz	x0, \bit, 1f
	add	x2, x2, 5
1:	tbnz	x1, \bit, 1f
	add	x2, x2, 6
1:
	.endr
	tbz	w0, 7, 1f
	add	x2, x2, 7
1:	cbz	xzr, 1f
	add	x2, x2, 8
1:	MIX	x2
	ret
END tests

FUNCTION backwards
	mov	x0, 5
	b	2f
1:	add	x1, x1, 3
	sub	x0, x0, 1
2:	cbnz	x0, 1b
	mov	x0, -3
3:	adds	x0, x0, 1
	b.mi	3b
	mov	x0, 64
4:	lsr	x0, x0, 1
	tbz	x0, 0, 4b
	ret
END backwards

FUNCTION table
	mov	x9, 9
1:	and	x0, x9, 3
	ldr	x1, =places
	ldr	x1, [x1, x0, lsl 3]
	br	x1
place_a:
	add	x2, x2, 1
	b	2f
place_b:
	add	x2, x2, 2
	b	2f
place_c:
	add	x2, x2, 4
place_d:
	add	x2, x2, 8
2:	subs	x9, x9, 1
	b.ne	1b
	ret
END table

FUNCTION leaf
	add	x0, x0, 1
	ret
END leaf

FUNCTION leaf_by_x9
	add	x0, x0, 2
	ret	x9
END leaf_by_x9

FUNCTION links
	stp	x29, x30, [sp, -16]!
	mov	x29, sp
	bl	leaf
	ldr	x1, =leaf
	blr	x1
	ldr	x30, =leaf
	blr	x30
	adr	x9, 1f
	b	leaf_by_x9
1:	adr	x9, 2f
	ldr	x1, =leaf_by_x9
	br	x1
2:	bl	3f			/* no function, but where one begins all the same */
	b	4f
3:	add	x0, x0, 5
	ret
4:	ldp	x29, x30, [sp], 16
	MIX	x0
	ret
END links

FUNCTION deep
	stp	x29, x30, [sp, -16]!
	cbz	x0, 1f
	sub	x0, x0, 1
	bl	deep
	add	x0, x0, 3
1:	ldp	x29, x30, [sp], 16
	ret
END deep

FUNCTION tree
	stp	x29, x30, [sp, -32]!
	stp	x19, x20, [sp, 16]
	mov	x20, 1
	mov	x19, x0
	cmp	x0, 0
	b.le	1f
	sub	x0, x19, 1
	bl	tree
	add	x20, x20, x0
	sub	x0, x19, 2
	bl	tree
	add	x20, x20, x0
1:	mov	x0, x20
	ldp	x19, x20, [sp, 16]
	ldp	x29, x30, [sp], 32
	ret
END tree

/* A jump instead of a call; a return over two frames. */
FUNCTION tails
	str	x30, [sp, -16]!
	bl	first_tail
	mov	x19, sp
	bl	leaves_two
	ldr	x30, [sp], 16
	ret
END tails

FUNCTION first_tail
	add	x0, x0, 1
	b	second_tail
END first_tail

FUNCTION second_tail
	ldr	x1, =leaf
	br	x1
END second_tail

FUNCTION leaves_two
	mov	x20, x30
	sub	sp, sp, 16
	bl	leaves
	ret
END leaves_two

FUNCTION leaves
	mov	sp, x19
	ret	x20
END leaves

FUNCTION far
	mov	x19, x30
	bl	distant
	mov	x30, x19
	ret
	.ltorg
END far

	.balign	4096
	.skip	2 << 20
FUNCTION distant
	ret
END distant

GUEST_DATA
	.data
	.balign	8
places:
	.quad	place_a, place_b, place_c, place_d
