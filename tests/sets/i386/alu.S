/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: integer instructions in 8, 16 and 32 bits on pairs of numbers, with registers,
 * memory and constants; carries, shifts by 0 and more, bits, multiplication and division, decimal
 * and flag instructions, conditions.
 */
#include "guest.inc"

START
	mov	esi, offset values
	mov	edi, offset scratch
	mov	ebp, PAIRS
1:	call	two_operands
	call	one_operand
	call	conditions
	call	shifts
	call	bits
	call	multiplied
	call	decimal
	add	esi, 8
	dec	ebp
	jnz	1b
	call	flag_forms
	call	stack_forms
	call	moves
	FINISH

.macro LOAD
	mov	eax, [esi]
	mov	ebx, [esi + 4]
	mov	ecx, [esi]
	mov	edx, [esi + 4]
	mov	[edi], eax
	mov	[edi + 4], edx
.endm

.macro BINARY op
	LOAD
	\op	eax, ebx
	{load} \op ecx, edx
	\op	ax, bx
	\op	al, bl
	\op	ah, dl
	\op	bh, ch
	\op	ebx, 0x12345678
	\op	eax, 0x7edcba98
	\op	cx, -3
	\op	dl, 0x5a
	\op	edx, [edi]
	\op	[edi + 3], ecx
	\op	word ptr [edi + 1], 0x1234
	\op	byte ptr [edi], 7
	\op	dword ptr [edi], -9
.endm

FUNCTION two_operands
	.irp	op, add, adc, sub, sbb
	BINARY	\op
	MIX_FLAGS
	LOAD
	\op	eax, ebx
	MIX_FLAGS
	MIX	ebx
	.endr
	BINARY	cmp
	MIX_FLAGS
	.irp	op, and, or, xor
	BINARY	\op
	MIX_LOGIC_FLAGS
	.endr
	LOAD
	test	eax, ebx
	test	al, 0x11
	test	byte ptr [edi], 3
	test	[edi], ecx
	MIX_LOGIC_FLAGS
	xor	eax, eax
	sub	ecx, ecx
	or	edx, -1
	MIX	edx
	ret
END two_operands

.macro UNARY op
	LOAD
	\op	eax
	\op	bx
	\op	cl
	\op	dh
	\op	dword ptr [edi]
	\op	byte ptr [edi + 2]
.endm

FUNCTION one_operand
	.irp	op, inc, dec, neg
	UNARY	\op
	MIX_FLAGS
	LOAD
	cmp	eax, ebx
	\op	ecx
	MIX_FLAGS
	MIX	ecx
	.endr
	UNARY	not
	LOAD
	bswap	eax
	xchg	eax, ebx
	xchg	cl, dh
	xchg	[edi], edx
	xadd	eax, ebx
	xadd	[edi], ecx
	MIX	ebx
	lea	eax, [ebx + ecx * 4 + 0x1234]
	lea	ax, [edx + 3]
	lea	ecx, [ecx * 8]
	MIX	eax
	movzx	eax, bl
	movzx	ecx, word ptr [edi + 1]
	movsx	edx, bh
	movsx	ax, bl
	movsx	ecx, bx
	cbw
	cwde
	MIX	eax
	mov	eax, [esi]
	cwd
	cdq
	MIX	edx
	ret
END one_operand

FUNCTION conditions
	LOAD
	cmp	eax, edx
	.irp	cc, o, no, c, nc, z, nz, na, a, s, ns, p, np, l, nl, ng, g
	set\cc	bl
	set\cc	[edi + 8]
	cmov\cc	ecx, eax
	cmov\cc	cx, [edi]
	cmov\cc	ecx, [edi + 4]
	.endr
	MIX	ecx
	ret
END conditions

/* By constants, by cl (0 and above 31, too); then only what is defined is read. */
FUNCTION shifts
	.irp	op, shl, shr, sar, rol, ror
	LOAD
	\op	eax, 1
	\op	ebx, 7
	\op	bx, 3
	\op	dh, 2
	\op	dword ptr [edi], 13
	\op	eax, 0
	mov	ecx, [esi + 4]
	\op	eax, cl
	\op	edx, cl
	\op	byte ptr [edi], cl
	MIX	eax
	MIX	edx
	.endr
	LOAD
	cmp	eax, ebx
	mov	cl, 0
	shl	eax, cl
	sar	ebx, cl
	rol	edx, cl
	MIX_FLAGS
	LOAD
	cmp	eax, ebx
	rcl	eax, 1
	rcr	ebx, 5
	rcl	dx, cl
	rcr	dl, 9
	rcl	dword ptr [edi], 1
	MIX	eax
	MIX	ebx
	LOAD
	shld	eax, ebx, 5
	shrd	ebx, edx, 30
	and	cl, 31
	shld	[edi], edx, cl
	shrd	eax, ebx, cl
	shld	eax, ebx, 0
	MIX	eax
	LOAD
	shl	eax, 1
	setc	cl
	seto	ch
	sets	dl
	setz	dh
	MIX	ecx
	ret
END shifts

/* The destination of bsf and bsr of zero is not defined: not read. */
FUNCTION bits
	LOAD
	bsf	ebx, eax
	setz	cl
	cmovnz	edx, ebx
	bsr	ebx, eax
	cmovnz	edx, ebx
	MIX	edx
	LOAD
	.irp	op, bt, bts, btr, btc
	\op	eax, 5
	setc	cl
	\op	eax, ebx
	setc	ch
	\op	dword ptr [edi], 31
	adc	edx, ecx
	.endr
	and	ebx, 127
	btc	[edi], ebx
	neg	ebx
	bts	[edi + 32], ebx
	MIX	edx
	MIX	eax
	LOAD
	popcnt	ebx, eax
	lzcnt	ecx, eax
	tzcnt	edx, eax
	add	ebx, ecx
	andn	ecx, eax, ebx
	blsi	edx, eax
	bextr	ebx, eax, ebx
	pdep	ebx, eax, ecx
	pext	ecx, eax, ebx
	bzhi	edx, eax, ecx
	rorx	eax, eax, 7
	shlx	eax, eax, ebx
	movbe	eax, [edi]
	crc32	eax, ebx
	crc32	eax, byte ptr [edi]
	MIX	eax
	MIX	edx
	ret
END bits

FUNCTION multiplied
	LOAD
	mul	ebx
	MIX	edx
	mul	byte ptr [edi]
	imul	bx
	setc	cl
	MIX	ecx
	LOAD
	imul	ebx
	MIX	edx
	LOAD
	imul	eax, ebx
	imul	ebx, ecx, 1000
	imul	cx, dx, -3
	imul	edx, [edi]
	MIX	ebx
	mulx	ecx, ebx, eax
	MIX	ecx
	LOAD
	or	ebx, 1
	mov	edx, 0
	div	ebx
	MIX	edx
	mov	eax, [esi]
	sar	eax, 1			/* not the one that overflows */
	cdq
	idiv	ebx
	MIX	eax
	MIX	edx
	mov	eax, 0x1234
	mov	bl, 0x37
	div	bl
	MIX	eax
	mov	eax, 0x123
	idiv	bl
	mov	edx, 5
	mov	bx, 321
	div	bx
	MIX	eax
	ret
END multiplied

FUNCTION decimal
	LOAD
	cmp	al, bl
	aaa
	MIX	eax
	LOAD
	cmp	al, bl
	aas
	MIX	eax
	LOAD
	add	al, bl
	daa
	setc	cl
	MIX	eax
	LOAD
	sub	al, bl
	das
	setc	ch
	MIX	eax
	MIX	ecx
	mov	eax, [esi]
	aam
	MIX	eax
	mov	eax, [esi]
	aad
	MIX	eax
	mov	eax, [esi]
	aam	7
	aad	3
	MIX	eax
	ret
END decimal

FUNCTION flag_forms
	mov	eax, [random]
	mov	ebx, [random + 4]
	.irp	op, stc, clc, cmc, std, cld
	cmp	eax, ebx
	\op
	pushfd
	cld
	pop	ecx
	and	ecx, 0xcd5
	MIX	ecx
	.endr
	cmp	eax, ebx
	lahf
	MIX	eax
	mov	eax, [random + 8]
	sahf
	setc	cl
	setp	ch
	MIX	ecx
	push	0x8d7
	popfd
	setg	cl
	mov	ax, 0x8d5
	push	ax
	popfw
	MIX_FLAGS
	stc
	.byte	0xd6			/* salc */
	MIX	eax
	ret
END flag_forms

FUNCTION stack_forms
	mov	eax, [random]
	push	eax
	push	0x12
	push	-0x12345678
	push	word ptr [random]
	push	dword ptr [random + 4]
	push	esp
	push	[esp + 4]
	pop	[esp + 4]
	pop	ecx
	sub	ecx, esp
	MIX	ecx
	pop	edx
	pop	word ptr [scratch]
	pop	dword ptr [scratch + 4]
	pop	ecx
	pop	eax
	MIX	eax
	pushad
	mov	eax, 0
	mov	edi, 1
	popad
	pushaw
	popaw
	push	ebp
	mov	ebp, 0x5555
	enter	48, 0
	mov	[ebp - 8], eax
	push	ecx
	leave
	enter	16, 1
	leave
	MIX	ebp
	pop	ebp
	push	ds
	pop	ecx
	push	cs
	pop	edx
	mov	eax, ds
	ret
END stack_forms

FUNCTION moves
	mov	eax, [random]
	mov	al, [random + 9]
	mov	[scratch], al
	mov	[scratch + 1], ax
	mov	[scratch + 4093], eax
	mov	ecx, [scratch + 4091]
	mov	byte ptr [scratch], 0x12
	mov	word ptr [scratch + 2], 0x1234
	mov	dword ptr [scratch + 4], 0x12345678
	movnti	[scratch + 8], eax
	MIX	ecx
	mov	ebx, offset random
	xlatb
	MIX	eax
	.byte	0x67, 0x8d, 0x40, 0x05	/* lea eax, [bx + si + 5] */
	MIX	eax
	nop
	nop	dword ptr [eax]
	prefetcht0 [random]
	lfence
	mfence
	pause
	ret
END moves

GUEST_DATA
