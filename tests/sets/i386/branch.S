/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every conditional branch, taken and not, short and long; loops; jumps and
 * calls by registers, memory and tables; returns that take arguments; deep calls.
 */
#include "guest.inc"

START
	mov	esi, offset values
	mov	ebp, PAIRS
1:	call	conditions
	add	esi, 8
	dec	ebp
	jnz	1b
	call	loops
	call	table
	call	links
	mov	eax, 40
	call	deep
	MIX	eax
	mov	eax, 6
	call	tree
	MIX	eax
	call	tails
	call	distant
	FINISH

FUNCTION conditions
	mov	eax, [esi]
	mov	ecx, 0
	cmp	eax, [esi + 4]
	.irp	cc, o, no, c, nc, z, nz, na, a, s, ns, p, np, l, nl, ng, g
	j\cc	1f
	lea	ecx, [ecx + 1]
1:	lea	ecx, [ecx * 2]
	.endr
	{disp32} jz 1f
	inc	ecx
1:	cmp	eax, [esi + 4]
	.byte	0x0f, 0x8f, 0, 0, 0, 0	/* jg to where it goes anyway */
	MIX	ecx
	ret
END conditions

FUNCTION loops
	mov	ecx, 5
1:	add	edx, ecx
	loop	1b
	mov	ecx, 6
2:	cmp	ecx, 3
	loopne	2b
	mov	ecx, 4
3:	cmp	ecx, 9
	loope	3b
	MIX	ecx
	mov	ecx, 0
	jecxz	4f
	ud2
4:	mov	ecx, 0x10000
	jecxz	5f
	.byte	0x67, 0xe3, 1		/* jcxz over the nop */
	nop
5:	mov	ecx, 2
6:	addr16 loop 6b
	MIX	edx
	ret
END loops

FUNCTION table
	mov	ebx, 9
1:	mov	eax, ebx
	and	eax, 3
	jmp	[places + eax * 4]
place_a:
	add	edx, 1
	jmp	2f
place_b:
	add	edx, 2
	{disp32} jmp 2f
place_c:
	add	edx, 4
place_d:
	add	edx, 8
2:	dec	ebx
	jnz	1b
	mov	eax, offset 3f
	jmp	eax
	ud2
3:	MIX	edx
	ret
END table

FUNCTION leaf
	inc	eax
	ret
END leaf

/* Takes its argument with it. */
FUNCTION taker
	mov	eax, [esp + 4]
	ret	4
END taker

FUNCTION links
	call	leaf
	mov	ecx, offset leaf
	call	ecx
	call	[leaf_place]
	push	77
	call	taker
	push	78
	mov	ecx, offset taker
	call	ecx
	/* Where it is, as position independent code asks. */
	call	1f
1:	pop	ecx
	MIX	ecx
	push	offset 2f
	ret
	ud2
2:	call	thunk
	MIX	ebx
	MIX	eax
	ret
END links

FUNCTION thunk
	mov	ebx, [esp]
	ret
END thunk

FUNCTION deep
	push	ebp
	mov	ebp, esp
	test	eax, eax
	jz	1f
	dec	eax
	call	deep
	add	eax, 3
1:	pop	ebp
	ret
END deep

FUNCTION tree
	push	ebx
	push	esi
	mov	esi, 1
	mov	ebx, eax
	cmp	eax, 0
	jle	1f
	lea	eax, [ebx - 1]
	call	tree
	add	esi, eax
	lea	eax, [ebx - 2]
	call	tree
	add	esi, eax
1:	mov	eax, esi
	pop	esi
	pop	ebx
	ret
END tree

/* A jump instead of a call; a return over two frames. */
FUNCTION tails
	call	first_tail
	mov	ebx, esp
	call	leaves_two
	ret
END tails

FUNCTION first_tail
	inc	eax
	jmp	second_tail
END first_tail

FUNCTION second_tail
	mov	ecx, offset leaf
	jmp	ecx
END second_tail

FUNCTION leaves_two
	mov	edi, [esp]
	call	leaves
	ret
END leaves_two

FUNCTION leaves
	mov	esp, ebx
	jmp	edi
END leaves

	.balign	4096
	.skip	2 << 20
FUNCTION distant
	ret
END distant

GUEST_DATA
	.data
	.balign	8
places:
	.long	place_a, place_b, place_c, place_d
leaf_place:
	.long	leaf
