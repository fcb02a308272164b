/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: integer SSE to SSE4.2, AVX and AVX2, AES, carry-less
 * multiplication, and every way to move vectors.  Floating point: sse_float.S.
 */
#include "guest.inc"
#include "vector.inc"

	.set	ROUNDS, 6

/* @op in its SSE and VEX forms, register and memory, 128 and 256 bits. */
.macro PACKED op
	LOAD_VECTORS
	\op	xmm0, xmm1
	\op	xmm2, [rdi]
	v\op	xmm4, xmm0, xmm1
	v\op	xmm5, xmm1, [rdi + 5]
	v\op	ymm6, ymm3, ymm1
	v\op	ymm7, ymm3, [rdi + 7]
	MIX_VECTOR 0
	MIX_VECTOR 2
	MIX_VECTOR 6
	MIX_VECTOR 7
.endm

.macro PACKED_ONE op
	LOAD_VECTORS
	\op	xmm0, xmm1
	\op	xmm2, [rdi]
	v\op	xmm4, xmm1
	v\op	ymm6, ymm3
	v\op	ymm7, [rdi + 7]
	MIX_VECTOR 0
	MIX_VECTOR 2
	MIX_VECTOR 6
	MIX_VECTOR 7
.endm

.macro WIDEN op
	LOAD_VECTORS
	\op	xmm0, xmm1
	\op	xmm2, [rdi + 1]
	v\op	xmm4, xmm1
	v\op	ymm6, xmm3
	v\op	ymm7, [rdi + 7]
	MIX_VECTOR 0
	MIX_VECTOR 2
	MIX_VECTOR 4
	MIX_VECTOR 6
	MIX_VECTOR 7
.endm

.macro WITH_IMMEDIATE op, value
	LOAD_VECTORS
	\op	xmm0, xmm1, \value
	\op	xmm2, [rdi], \value
	MIX_VECTOR 0
	MIX_VECTOR 2
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	arithmetic
	call	arithmetic_new
	call	rearrange
	call	shifts
	call	widen
	call	moves
	call	partial_moves
	call	masked
	call	gathers
	call	text
	call	ciphers
	dec	r12d
	jnz	round
	MIX_VECTORS_DONE
	FINISH
END _start

FUNCTION arithmetic
	.irp	op, addb, addw, addd, addq, addsb, addsw, addusb, addusw, subb, subw, subd, subq, subsb, subsw, subusb, subusw
	PACKED	p\op
	.endr
	.irp	op, mullw, mulhw, mulhuw, muludq, maddwd, avgb, avgw, minub, minsw, maxub, maxsw, sadbw, and, andn, or, xor
	PACKED	p\op
	.endr
	.irp	op, cmpeqb, cmpeqw, cmpeqd, cmpgtb, cmpgtw, cmpgtd
	PACKED	p\op
	.endr
	ret
END arithmetic

FUNCTION arithmetic_new
	.irp	op, haddw, haddd, haddsw, hsubw, hsubd, hsubsw, maddubsw, mulhrsw, signb, signw, signd
	PACKED	p\op
	.endr
	.irp	op, mulld, muldq, minsb, minsd, minuw, minud, maxsb, maxsd, maxuw, maxud, cmpeqq, cmpgtq
	PACKED	p\op
	.endr
	.irp	op, pabsb, pabsw, pabsd
	PACKED_ONE \op
	.endr
	LOAD_VECTORS
	phminposuw xmm0, xmm1
	vphminposuw xmm4, [rdi]
	mpsadbw	xmm1, xmm2, 5
	vmpsadbw ymm3, ymm1, [rdi], 0x2a
	MIX_VECTOR 0
	MIX_VECTOR 1
	MIX_VECTOR 3
	MIX_VECTOR 4
	ret
END arithmetic_new

FUNCTION rearrange
	.irp	op, ackssdw, acksswb, ackuswb, ackusdw, unpcklbw, unpcklwd, unpckldq, unpcklqdq, unpckhbw, unpckhwd, unpckhdq, unpckhqdq, shufb
	PACKED	p\op
	.endr
	.irp	op, pshufd, pshuflw, pshufhw
	WITH_IMMEDIATE \op, 0xb1
	WITH_IMMEDIATE v\op, 0x4e
	.endr
	.irp	op, shufps, shufpd, palignr, pblendw, blendps, blendpd
	WITH_IMMEDIATE \op, 11
	vpaddd	ymm1, ymm1, ymm3
	v\op	ymm4, ymm1, ymm2, 0x4e
	v\op	ymm5, ymm1, [rdi], 9
	MIX_VECTOR 4
	MIX_VECTOR 5
	.endr
	ret
END rearrange

FUNCTION shifts
	mov	eax, 5
	vmovd	xmm8, eax
	.irp	op, psllw, pslld, psllq, psrlw, psrld, psrlq, psraw, psrad
	LOAD_VECTORS
	\op	xmm0, 3
	\op	xmm1, xmm8
	v\op	xmm4, xmm2, 7
	v\op	ymm5, ymm3, 9
	v\op	ymm6, ymm3, xmm8
	v\op	ymm7, ymm2, xmm1
	MIX_VECTOR 0
	MIX_VECTOR 1
	MIX_VECTOR 5
	MIX_VECTOR 6
	MIX_VECTOR 7
	.endr
	.irp	op, pslldq, psrldq
	LOAD_VECTORS
	\op	xmm0, 5
	v\op	ymm4, ymm3, 3
	MIX_VECTOR 0
	MIX_VECTOR 4
	.endr
	LOAD_VECTORS
	vpsrld	ymm1, ymm1, 27
	vpsrlq	ymm9, ymm2, 58
	vpsllvd	ymm4, ymm3, ymm1
	vpsrlvd	ymm5, ymm3, [rdi]
	vpsravd	ymm6, ymm3, ymm1
	vpsllvq	ymm7, ymm3, ymm9
	vpsrlvq	xmm8, xmm3, xmm9
	.irp	n, 4, 5, 6, 7, 8
	MIX_VECTOR \n
	.endr
	ret
END shifts

FUNCTION widen
	.irp	op, sxbw, sxbd, sxbq, sxwd, sxwq, sxdq, zxbw, zxbd, zxbq, zxwd, zxwq, zxdq
	WIDEN	pmov\op
	.endr
	ret
END widen

/* Whole vectors: aligned, not aligned, across a cache line and a page. */
FUNCTION moves
	LOAD_VECTORS
	.irp	op, movaps, movapd, movdqa
	\op	xmm4, xmm0
	\op	[rdi + 64], xmm4
	\op	xmm5, [rdi + 64]
	v\op	ymm6, ymm1
	v\op	[rdi + 96], ymm6
	v\op	ymm7, [rdi + 96]
	{store} v\op xmm8, xmm6
	MIX_VECTOR 5
	MIX_VECTOR 7
	MIX_VECTOR 8
	.endr
	.irp	op, movups, movupd, movdqu
	\op	[rdi + 59], xmm4
	\op	xmm5, [rdi + 57]
	v\op	[rdi + 91], ymm6
	v\op	ymm7, [rdi + 93]
	\op	[rdi + 4096 - 5], xmm1
	\op	xmm8, [rdi + 4096 - 7]
	v\op	[rdi + 4096 - 17], ymm3
	v\op	ymm9, [rdi + 4096 - 16]
	v\op	xmm10, [rdi + 4096 - 15]
	.irp	n, 5, 7, 8, 9, 10
	MIX_VECTOR \n
	.endr
	.endr
	lddqu	xmm4, [rdi + 4096 - 3]
	vlddqu	ymm5, [rdi + 4096 - 31]
	movntdq	[rdi + 64], xmm4
	vmovntdq [rdi + 96], ymm5
	movntps	[rdi + 64], xmm4
	vmovntpd [rdi + 96], ymm5
	movntdqa xmm6, [rdi + 64]
	vmovntdqa ymm7, [rdi + 96]
	MIX_VECTOR 6
	MIX_VECTOR 7
	/* A legacy instruction keeps the upper half, a VEX one clears it. */
	LOAD_VECTORS
	paddd	xmm0, xmm1
	vpaddd	xmm2, xmm1, xmm3
	movaps	xmm3, xmm1
	vmovaps	xmm1, xmm1
	.irp	n, 0, 1, 2, 3
	MIX_VECTOR \n
	.endr
	vmovdqa	ymm0, ymm15
	vmovdqu	[rdi + 160], ymm15
	vzeroupper
	MIX_VECTOR 0
	vmovdqu	ymm15, [rdi + 160]
	ret
END moves

/* Parts of vectors, to and from memory and general registers. */
FUNCTION partial_moves
	LOAD_VECTORS
	mov	rbx, [rsi + 40]
	movd	xmm0, ebx
	movq	xmm4, rbx
	vmovd	xmm5, dword ptr [rdi + 3]
	vmovq	xmm6, qword ptr [rdi + 9]
	movq	xmm7, xmm1
	movd	eax, xmm2
	movq	rcx, xmm3
	MIX	rax
	MIX	rcx
	movd	[rdi + 64], xmm1
	movq	[rdi + 68], xmm2
	vmovq	[rdi + 76], xmm3
	.irp	n, 0, 4, 5, 6, 7
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	movss	xmm0, xmm1
	movss	xmm1, [rdi + 64]
	movss	[rdi + 70], xmm2
	movsd	xmm2, xmm3
	movsd	xmm3, qword ptr [rdi + 66]
	movsd	qword ptr [rdi + 75], xmm0
	vmovss	xmm4, xmm2, xmm1
	vmovsd	xmm5, xmm0, xmm3
	.irp	n, 0, 1, 2, 3, 4, 5
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	movhlps	xmm0, xmm1
	movlhps	xmm2, xmm3
	movhps	xmm1, [rdi + 3]
	movlps	xmm3, [rdi + 6]
	movhpd	[rdi + 64], xmm0
	movlpd	[rdi + 72], xmm2
	vmovhpd	xmm4, xmm1, [rdi + 64]
	vmovlps	xmm5, xmm2, [rdi + 69]
	movshdup xmm6, xmm0
	movsldup xmm7, [rdi]
	movddup	xmm8, [rdi + 3]
	vmovddup ymm9, ymm1
	vmovshdup ymm10, [rdi + 1]
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	pinsrb	xmm0, ebx, 11
	pinsrb	xmm0, byte ptr [rdi + 5], 3
	pinsrw	xmm0, ebx, 5
	pinsrw	xmm0, word ptr [rdi + 7], 2
	pinsrd	xmm1, ebx, 3
	pinsrd	xmm1, dword ptr [rdi + 9], 0
	pinsrq	xmm2, rbx, 1
	vpinsrq	xmm3, xmm2, qword ptr [rdi + 11], 0
	vpinsrw	xmm4, xmm2, ebx, 7
	insertps xmm5, xmm1, 0x9a
	insertps xmm5, dword ptr [rdi + 1], 0x31
	.irp	n, 0, 1, 2, 3, 4, 5
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	pextrb	eax, xmm0, 13
	pextrb	byte ptr [rdi + 64], xmm0, 2
	pextrw	ecx, xmm1, 6
	pextrw	word ptr [rdi + 65], xmm1, 1
	pextrd	edx, xmm2, 2
	pextrd	dword ptr [rdi + 67], xmm2, 3
	MIX	rax
	MIX	rcx
	MIX	rdx
	pextrq	rax, xmm3, 1
	pextrq	qword ptr [rdi + 71], xmm3, 0
	extractps ecx, xmm0, 2
	vextractps [rdi + 79], xmm0, 1
	vpextrq	rdx, xmm3, 0
	MIX	rax
	MIX	rcx
	MIX	rdx
	vmovdqu	ymm4, [rdi + 64]
	MIX_VECTOR 4
	movmskps eax, xmm0
	movmskpd ecx, xmm1
	pmovmskb edx, xmm2
	vmovmskps r8d, ymm0
	vmovmskpd r9d, ymm1
	vpmovmskb r10d, ymm3
	MIX	rax
	.irp	r, rcx, rdx, r8, r9, r10
	MIX	\r
	.endr
	LOAD_VECTORS
	vinsertf128 ymm4, ymm0, xmm1, 1
	vinserti128 ymm5, ymm0, [rdi + 5], 0
	vextractf128 xmm6, ymm1, 1
	vextracti128 [rdi + 64], ymm2, 1
	vbroadcastss ymm7, [rdi + 3]
	vbroadcastsd ymm8, xmm1
	vbroadcastf128 ymm9, [rdi + 7]
	vpbroadcastb ymm10, xmm2
	vpbroadcastw xmm11, [rdi + 9]
	vpbroadcastd ymm12, xmm3
	vpbroadcastq ymm13, [rdi + 1]
	vbroadcasti128 ymm14, [rdi + 64]
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	vperm2f128 ymm4, ymm0, ymm1, 0x21
	vperm2i128 ymm5, ymm0, [rdi], 0x83
	vpermilps ymm6, ymm1, 0x1b
	vpermilps ymm7, ymm1, ymm2
	vpermilpd ymm8, ymm1, 6
	vpermilpd xmm9, xmm1, [rdi]
	vpermd	ymm10, ymm2, ymm3
	vpermps	ymm11, ymm2, [rdi]
	vpermq	ymm12, ymm3, 0x6c
	vpermpd	ymm13, [rdi], 0x1b
	vpblendd ymm14, ymm0, ymm1, 0x5a
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	MIX_VECTOR \n
	.endr
	ret
END partial_moves

FUNCTION masked
	LOAD_VECTORS
	pblendvb xmm1, xmm2, xmm0
	blendvps xmm2, [rdi], xmm0
	blendvpd xmm3, xmm1, xmm0
	vpblendvb ymm4, ymm0, ymm1, ymm2
	vblendvps ymm5, ymm0, ymm1, ymm3
	vblendvpd ymm6, ymm0, [rdi], ymm3
	.irp	n, 1, 2, 3, 4, 5, 6
	MIX_VECTOR \n
	.endr
	LOAD_VECTORS
	vmaskmovps ymm4, ymm0, [rdi + 3]
	vmaskmovpd xmm5, xmm0, [rdi + 5]
	vpmaskmovd xmm6, xmm1, [rdi + 7]
	vpmaskmovq ymm7, ymm1, [rdi + 9]
	vmaskmovps [rdi + 64], ymm0, ymm2
	vmaskmovpd [rdi + 65], ymm1, ymm3
	vpmaskmovd [rdi + 70], xmm2, xmm0
	vpmaskmovq [rdi + 77], ymm3, ymm0
	push	rdi
	lea	rdi, [rdi + 66]
	maskmovdqu xmm0, xmm1
	pop	rdi
	vmovdqu	ymm8, [rdi + 64]
	vmovdqu	ymm9, [rdi + 80]
	.irp	n, 4, 5, 6, 7, 8, 9
	MIX_VECTOR \n
	.endr
	/* No element of the page that the mask leaves out is touched. */
	vpxor	ymm0, ymm0, ymm0
	vpmaskmovd ymm1, ymm0, [rdi]
	vpmaskmovd [rdi], ymm0, ymm1
	MIX_VECTOR 1
	LOAD_VECTORS
	ptest	xmm0, xmm1
	setz	al
	setc	ah
	vptest	ymm2, [rdi]
	setz	cl
	setc	ch
	vtestps	ymm1, ymm3
	setz	bl
	setc	bh
	vtestpd	xmm2, xmm2
	setz	dl
	setc	dh
	.irp	r, rax, rcx, rbx, rdx
	MIX	\r
	.endr
	vpxor	xmm4, xmm4, xmm4
	vptest	ymm4, ymm4
	MIX_FLAGS
	ret
END masked

/* Indices within 64 elements; the mask lets about half of them through. */
FUNCTION gathers
	LOAD_VECTORS
	vpsrld	ymm4, ymm1, 27
	vpsrlq	ymm5, ymm2, 60
	vmovdqa	ymm6, ymm0
	vpgatherdd ymm7, [rsi + ymm4 * 4], ymm6
	vmovdqa	ymm6, ymm0
	vpgatherdq ymm8, [rsi + xmm4 * 8], ymm6
	vmovdqa	ymm6, ymm0
	vpgatherqd xmm9, [rsi + ymm5 * 4 + 3], xmm6
	vmovdqa	ymm6, ymm0
	vpgatherqq ymm10, [rsi + ymm5 * 8 + 5], ymm6
	vmovdqa	ymm6, ymm3
	vgatherdps xmm11, [rsi + xmm4 * 2], xmm6
	vpcmpeqd ymm12, ymm12, ymm12
	vgatherqpd ymm13, [rsi + ymm5], ymm12
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13
	MIX_VECTOR \n
	.endr
	ret
END gathers

FUNCTION text
	LOAD_VECTORS
	mov	eax, 11
	mov	edx, 14
	pcmpestri xmm0, xmm1, 0x0c
	MIX_FLAGS
	MIX	rcx
	mov	eax, 16
	pcmpestrm xmm1, [rdi + 2], 0x40
	MIX_VECTOR 0
	pcmpistri xmm2, xmm3, 0x18
	MIX	rcx
	pcmpistrm xmm2, xmm3, 0x01
	MIX_FLAGS
	MIX_VECTOR 0
	vpcmpistri xmm3, [rdi], 0x44
	MIX	rcx
	ret
END text

FUNCTION ciphers
	LOAD_VECTORS
	aesenc	xmm0, xmm1
	aesenclast xmm1, [rdi]
	aesdec	xmm2, xmm3
	aesdeclast xmm3, xmm0
	aesimc	xmm4, xmm1
	aeskeygenassist xmm5, xmm2, 0x1b
	vaesenc	xmm6, xmm3, xmm4
	vaesdeclast xmm7, xmm6, [rdi]
	pclmulqdq xmm0, xmm1, 0x11
	pclmulqdq xmm1, [rdi], 0x01
	vpclmulqdq xmm8, xmm2, xmm3, 0x10
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8
	MIX_VECTOR \n
	.endr
	ret
END ciphers

	GUEST_DATA
