/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every way to address, segments, misaligned and across a page; locked
 * instructions of every width.
 */
#include "guest.inc"

START
	mov	ebp, 3
1:	call	addressing
	call	misaligned
	call	locked
	dec	ebp
	jnz	1b
	FINISH

FUNCTION addressing
	push	ebp
	mov	esi, offset random
	mov	edi, offset scratch
	mov	ebx, 5
	mov	ebp, esi
	mov	eax, [esi]
	add	eax, [esi + 4]
	add	eax, [esi + ebx]
	add	eax, [esi + ebx * 2]
	add	eax, [esi + ebx * 4 + 8]
	add	eax, [esi + ebx * 8 - 16]
	add	eax, [random]
	add	eax, [random + ebx * 8]
	add	eax, [ebp]
	add	eax, [ebp + ebx * 4]
	add	eax, [esp]
	add	eax, ds:[ebp + 12]
	add	eax, es:[esi + 16]
	add	eax, ss:[esi + 20]
	add	eax, cs:[_start]
	mov	[edi + ebx * 4], eax
	mov	[edi], ax
	mov	[edi + 9], ah
	mov	[scratch + 100], eax
	mov	eax, [scratch + 7]
	.byte	0x67, 0xe8, 0, 0, 0, 0	/* addr16 call to the next: the stack is as wide as ever */
	pop	ecx
	sub	ecx, offset _start
	MIX	ecx
	MIX	eax
	pop	ebp
	ret
END addressing

/* The page's end lies between 4096 - 7 and 4096. */
FUNCTION misaligned
	mov	ecx, 8
	mov	edi, offset scratch + 4096 - 7
1:	mov	eax, [random + 3]
	mov	[edi], eax
	mov	edx, [edi + 1]
	mov	[edi + 3], dx
	add	[edi + 2], edx
	movups	xmm0, [edi - 4]
	movups	[edi + 2], xmm0
	fld	tbyte ptr [random]
	fstp	tbyte ptr [edi]
	push	dword ptr [edi]
	pop	dword ptr [edi + 1]
	inc	edi
	dec	ecx
	jnz	1b
	MIX	edx
	ret
END misaligned

FUNCTION locked
	mov	edi, offset scratch
	mov	eax, [random]
	mov	ecx, [random + 8]
	mov	edx, [random + 12]
	.irp	op, add, adc, sub, sbb, and, or, xor
	lock \op [edi], ecx
	lock \op word ptr [edi + 4], 77
	lock \op [edi + 7], dl
	.endr
	.irp	op, inc, dec, neg, not
	lock \op dword ptr [edi]
	lock \op byte ptr [edi + 3]
	.endr
	lock bts dword ptr [edi], 9
	and	ecx, 127
	lock btc [edi], ecx
	lock xadd [edi], ecx
	lock xadd [edi + 4], dx
	xchg	[edi], ecx
	xchg	[edi + 5], dl
	MIX	ecx
	/* Not equal, then equal. */
	mov	ecx, 77
	mov	edx, 78
	mov	eax, [edi]
	not	eax
	lock cmpxchg [edi], ecx
	MIX_FLAGS
	mov	eax, [edi]
	lock cmpxchg [edi], ecx
	MIX_FLAGS
	cmpxchg	[edi + 4], dl
	cmpxchg	ebx, ecx
	mov	eax, [edi + 8]
	mov	edx, [edi + 12]
	mov	ebx, [random + 16]
	mov	ecx, [random + 20]
	lock cmpxchg8b [edi + 8]
	cmpxchg8b [edi + 8]
	setz	bl
	MIX	eax
	MIX	edx
	MIX	ebx
	ret
END locked

GUEST_DATA
