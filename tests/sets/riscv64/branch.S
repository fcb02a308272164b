/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every conditional branch, taken and not, forwards and backwards; jumps and
 * calls by every register that links, through tables, out of the middle, into oneself; deep calls.
 */
#include "guest.inc"

START
	la	s0, values
	li	s1, PAIRS
1:	ld	a0, (s0)
	ld	a1, 8(s0)
	call	conditions
	addi	s0, s0, 16
	addi	s1, s1, -1
	bnez	s1, 1b
	call	backwards
	call	table
	call	links
	li	a0, 40
	call	deep
	MIX	a0
	li	a0, 6
	call	tree
	MIX	a0
	call	tails
	call	far
	FINISH

FUNCTION conditions
	li	a2, 0
	.irp	op, beq, bne, blt, bge, bltu, bgeu
	\op	a0, a1, 1f
	addi	a2, a2, 1
1:	slli	a2, a2, 1
	\op	a0, x0, 1f
	addi	a2, a2, 1
1:	slli	a2, a2, 1
	\op	a1, a1, 1f
	addi	a2, a2, 1
1:	\op	a0, a1, .+4		/* where it goes anyway */
	.endr
	c.beqz	a0, 1f
	addi	a2, a2, 7
1:	c.bnez	a1, 1f
	addi	a2, a2, 9
1:	MIX	a2
	ret
END conditions

FUNCTION backwards
	li	a0, 5
	j	2f
1:	addi	a1, a1, 3
	addi	a0, a0, -1
2:	bgtz	a0, 1b
	li	a0, -3
3:	addi	a0, a0, 1
	bltz	a0, 3b
	li	a0, 3
4:	c.addi	a0, -1
	c.bnez	a0, 4b
	ret
END backwards

FUNCTION table
	li	s2, 9
1:	andi	a0, s2, 3
	slli	a0, a0, 3
	la	a1, places
	add	a1, a1, a0
	ld	a1, (a1)
	jr	a1
place_a:
	addi	a2, a2, 1
	j	2f
place_b:
	addi	a2, a2, 2
	j	2f
place_c:
	addi	a2, a2, 4
place_d:
	addi	a2, a2, 8
2:	addi	s2, s2, -1
	bnez	s2, 1b
	ret
END table

FUNCTION leaf
	addi	a0, a0, 1
	ret
END leaf

/* t0 links too. */
FUNCTION leaf_by_t0
	addi	a0, a0, 2
	jr	t0
END leaf_by_t0

FUNCTION links
	addi	sp, sp, -16
	sd	ra, 8(sp)
	jal	leaf
	jal	t0, leaf_by_t0
	la	a1, leaf
	jalr	a1
	jalr	ra, 0(a1)
	.option	push
	.option	rvc
	c.jalr	a1
	.option	pop
	la	a1, leaf_by_t0 - 8
	jalr	t0, 8(a1)
	la	ra, leaf
	jalr	ra, ra
	/* Another register, which does not: a jump and back. */
	la	a1, 1f
	jalr	a3, a1
	addi	a0, a0, 5
	j	2f
1:	addi	a0, a0, 3
	jr	a3
2:	ld	ra, 8(sp)
	addi	sp, sp, 16
	MIX	a0
	ret
END links

FUNCTION deep
	addi	sp, sp, -16
	sd	ra, 8(sp)
	beqz	a0, 1f
	addi	a0, a0, -1
	call	deep
	addi	a0, a0, 3
1:	ld	ra, 8(sp)
	addi	sp, sp, 16
	ret
END deep

FUNCTION tree
	addi	sp, sp, -32
	sd	ra, 8(sp)
	sd	s0, 16(sp)
	sd	s1, 24(sp)
	li	s1, 1
	mv	s0, a0
	blez	a0, 1f
	addi	a0, s0, -1
	call	tree
	add	s1, s1, a0
	addi	a0, s0, -2
	call	tree
	add	s1, s1, a0
1:	mv	a0, s1
	ld	ra, 8(sp)
	ld	s0, 16(sp)
	ld	s1, 24(sp)
	addi	sp, sp, 32
	ret
END tree

/* A jump instead of a call; a return over two frames. */
FUNCTION tails
	addi	sp, sp, -16
	sd	ra, 8(sp)
	call	first_tail
	mv	s2, sp
	call	leaves_two
	ld	ra, 8(sp)
	addi	sp, sp, 16
	ret
END tails

FUNCTION first_tail
	addi	a0, a0, 1
	tail	second_tail
END first_tail

FUNCTION second_tail
	addi	a0, a0, 1
	j	leaf
END second_tail

FUNCTION leaves_two
	mv	s3, ra
	addi	sp, sp, -16
	call	leaves
	ret
END leaves_two

FUNCTION leaves
	mv	sp, s2
	jr	s3
END leaves

FUNCTION far
	mv	s2, ra
	call	distant
	mv	ra, s2
	ret
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
