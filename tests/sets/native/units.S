/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every unit of a processor in 32-bit mode: what 64-bit mode does not have, segments, strings,
 * x87, MMX, SSE and AVX.
 */
#include "guest.inc"

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	call	short_ones
	call	stack
	call	addresses
	call	segments
	call	far_ways
	call	strings
	call	x87
	call	mmx
	call	vectors
	FINISH
END _start

/* What has no encoding in 64-bit mode. */
FUNCTION short_ones
	mov	eax, 0x0f38
	mov	ebx, 0x4a
	stc
	aaa
	MIX	eax
	clc
	aas
	MIX	eax
	mov	al, 0x79
	add	al, 0x35
	daa
	MIX	eax
	sub	al, 0x47
	das
	MIX	eax
	aam
	MIX	eax
	aad
	MIX	eax
	add	eax, 1
	into	/* no overflow, so nothing happens */
	inc	ebx
	dec	ecx
	MIX	ebx
	mov	ecx, 5
	bound	ecx, qword ptr [limits]
	cmp	ecx, 9
	.byte	0xd6 /* salc: al is -cf */
	MIX	eax
	mov	ecx, 3
1:	add	ebx, ecx
	loop	1b
	jecxz	2f
	ud2
2:	mov	cx, 2
3:	.byte	0x67
	loop	4f /* counts cx */
	jmp	5f
4:	add	ebx, 7
	jmp	3b
5:	MIX	ebx
	mov	eax, [numbers]
	mov	edx, [numbers + 4]
	mov	ebx, 1
	mov	ecx, 2
	mov	[scratch], eax
	mov	[scratch + 4], edx
	lock cmpxchg8b [scratch]
	setz	al
	MIX	eax
	MIX	[scratch]
	ret
END short_ones

FUNCTION stack
	mov	eax, 0x11111111
	mov	ebx, 0x22222222
	mov	esi, 0x33333333
	mov	edi, 0x44444444
	pushad
	mov	eax, 0
	mov	esi, 0
	popad
	MIX	esi
	pusha
	mov	bx, 0
	popa
	MIX	ebx
	push	bx
	pop	dx
	push	dword ptr [numbers]
	pop	dword ptr [esp + scratch - stack_top]
	push	-5
	pop	ecx
	MIX	ecx
	mov	ebp, offset scratch + 4000
	enter	24, 3
	mov	[ebp - 8], eax
	leave
	cmp	eax, ebx
	pushfd
	popfd
	setb	cl
	pushfw
	popfw
	sets	ch
	MIX	ecx
	push	0x202 | 0x40 | 1
	popfd
	setz	cl
	setc	ch
	MIX	ecx
	ret
END stack

/* Addresses of each form; those of 16 bits point at the program's first 64 KiB, see native.sh. */
FUNCTION addresses
	mov	esi, offset numbers
	mov	edx, 2
	mov	eax, [esi + edx * 4 + 4]
	add	eax, [numbers + edx * 8]
	add	eax, [esi - 0x7fffffff + 0x7fffffff]
	mov	ecx, 0xfffffffe
	add	eax, [esi + ecx * 4 + 8] /* wraps */
	MIX	eax
	mov	ebx, 100
	bts	[scratch + 64], ebx
	mov	ebx, -35
	btc	[scratch + 64], ebx
	setc	al
	MIX	eax
	MIX	[scratch + 76]
	mov	ebx, offset table
	mov	al, 3
	xlatb
	MIX	eax
	lea	eax, [esi + edx * 8 - 5]
	MIX	eax
	mov	si, 0x1234
	lea	ax, [bx + si + 7]
	mov	di, ax
	MIX	edi
	ret
END addresses

FUNCTION segments
	mov	eax, 0
	mov	ax, ds
	push	ds
	pop	es
	mov	es, ax
	mov	dword ptr [scratch], offset numbers
	mov	[scratch + 4], ax
	les	edi, [scratch]
	lds	esi, [scratch]
	MIX	es:[edi + 4]
	MIX	ss:[esi + 8]
	push	ss
	pop	ss
	mov	eax, 77 /* under the shadow of what loads ss */
	mov	cx, ss
	mov	ss, cx
	add	eax, 5
	push	ds
	pop	ss
	push	eax
	pop	ebx
	MIX	ebx
	MIX	ecx
	lsl	eax, cx
	call	kernel_segment
	MIX	gs:[0]
	mov	ebx, 4
	mov	eax, fs:[ebx * 2]
	add	gs:[ebx + 4], eax
	inc	byte ptr fs:[1]
	MIX	gs:[8]
	mov	esi, 0
	mov	edi, offset scratch + 128
	mov	ecx, 3
	rep movs dword ptr es:[edi], gs:[esi]
	MIX	[scratch + 132]
	mov	ax, 0
	mov	gs, ax
	mov	fs, ax
	ret
END segments

/* A descriptor whose base is numbers, in gs and fs; its number is the kernel's choice. */
FUNCTION kernel_segment
	mov	ebx, offset descriptor
	CALL_KERNEL 243 /* set_thread_area */
	mov	eax, [descriptor]
	lea	eax, [eax * 8 + 3]
	mov	gs, ax
	push	eax
	pop	fs
	mov	eax, 0
	ret
END kernel_segment

FUNCTION far_ways
	mov	eax, 0
	push	cs
	call	1f
	mov	[scratch + 4], cs
	mov	dword ptr [scratch], offset 2f
	call	fword ptr [scratch]
	push	cs
	push	offset 3f
	retf
1:	add	eax, 1
	retf
2:	add	eax, 2
	retf
3:	mov	dword ptr [scratch], offset 4f
	jmp	fword ptr [scratch]
	ud2
4:	pushfd
	push	cs
	push	offset 5f
	iretd
	ud2
5:	MIX	eax
	ret
END far_ways

FUNCTION strings
	cld
	.irp	body, "rep movsb", "rep movsw", "rep movsd", "rep stosb", "rep stosd", "rep lodsw", "repe cmpsb", "repne cmpsd", "repne scasb", "repe scasd", "movsd", "stosw", "lodsb", "cmpsw", "scasd"
	mov	esi, offset numbers
	mov	edi, offset scratch + 64
	mov	ecx, 9
	mov	eax, 0x12345678
	test	eax, eax
	\body
	setz	dl
	.irp	r, eax, ecx, edx, esi, edi
	MIX	\r
	.endr
	mov	ecx, 0
	\body
	MIX	edi
	.endr
	std
	mov	esi, offset numbers + 28
	mov	edi, offset scratch + 96
	mov	ecx, 5
	rep movsd
	cld
	MIX	esi
	MIX	[scratch + 92]
	ret
END strings

FUNCTION x87
	fld1
	fldpi
	fldl2e
	fld	qword ptr [numbers + 32]
	fld	dword ptr [numbers + 64]
	fild	word ptr [numbers + 16]
	fild	dword ptr [numbers + 20]
	fild	qword ptr [numbers]
	fxch	st(3)
	faddp	st(1), st
	fmul	st, st(2)
	fsubr	dword ptr [numbers + 68]
	fidiv	dword ptr [numbers + 24]
	fsqrt
	fabs
	fchs
	frndint
	fcom	st(1)
	fnstsw	ax
	and	eax, 0x4500
	MIX	eax
	fstp	tbyte ptr [scratch]
	MIX	[scratch]
	MIX	[scratch + 4]
	fbstp	tbyte ptr [scratch]
	fld	tbyte ptr [scratch]
	fincstp
	fdecstp
	ffree	st(5)
	fstp	st
	fist	dword ptr [scratch + 12]
	fistp	qword ptr [scratch + 16]
	MIX	[scratch + 16]
	fxam
	fnstsw	ax
	and	eax, 0x4700
	MIX	eax
	fnsave	[scratch + 256]
	frstor	[scratch + 256]
	fstp	qword ptr [scratch]
	MIX	[scratch + 4]
	fninit
	ret
END x87

FUNCTION mmx
	movq	mm0, [numbers]
	movq	mm3, [numbers + 8]
	paddsw	mm0, mm3
	pmaddwd	mm3, mm0
	punpcklbw mm0, mm3
	movq	mm7, mm0
	psrlq	mm7, 5
	movd	eax, mm7
	movq	[scratch], mm3
	emms
	MIX	eax
	MIX	[scratch]
	ret
END mmx

FUNCTION vectors
	movaps	xmm0, [numbers]
	movups	xmm7, [numbers + 5]
	paddd	xmm0, xmm7
	pshufd	xmm1, xmm0, 0x1b
	pxor	xmm7, xmm1
	movsd	xmm2, [numbers + 32]
	cvtsi2sd xmm3, dword ptr [numbers + 20]
	mulsd	xmm2, xmm3
	sqrtsd	xmm4, [numbers + 56]
	addsd	xmm2, xmm4
	cvttsd2si eax, xmm2
	MIX	eax
	ucomisd	xmm2, xmm3
	seta	al
	MIX	eax
	movaps	xmm5, [numbers + 64]
	divps	xmm5, [numbers + 64]
	addps	xmm5, xmm5
	movmskps eax, xmm5
	MIX	eax
	pmovmskb eax, xmm7
	MIX	eax
	movd	ebx, xmm1
	MIX	ebx
	movdqu	[scratch + 3], xmm7
	vmovdqu	ymm1, [numbers]
	vpaddd	ymm3, ymm1, [numbers + 32]
	vextracti128 xmm6, ymm3, 1
	vmovq	[scratch + 32], xmm6
	vzeroupper
	MIX	[scratch + 32]
	fxsave	[scratch + 512]
	fxrstor	[scratch + 512]
	crc32	eax, dword ptr [numbers]
	popcnt	ecx, eax
	bsr	edx, eax
	MIX	ecx
	MIX	edx
	ret
END vectors

	.data
limits:	.long	-1, 9
table:	.byte	9, 8, 7, 6, 5
	.balign	4
stack_pointer:
	.long	stack_top - 8 /* below which _start's call has put where it was called from */
	.long	0x2b
/* struct user_desc: 32 bits, all of memory */
descriptor:
	.long	-1, numbers, 0xfffff, 0x51
	GUEST_DATA
