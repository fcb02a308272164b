/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freestanding guest: SSE integers, moves, shuffles, strings, AES and the like. */
#include "guest.inc"

START
	mov	esi, offset random
	mov	edi, offset scratch
	mov	ebp, 3
1:	movups	xmm0, [esi]
	movups	xmm1, [esi + 16]
	pxor	xmm7, xmm7
	call	two_registers
	call	shifted
	call	moved
	call	special
	add	esi, 32
	dec	ebp
	jnz	1b
	FINISH

.macro FOLD
	paddq	xmm7, xmm2
	movd	eax, xmm7
	MIX	eax
.endm

.macro EACH op
	movdqa	xmm2, xmm0
	\op	xmm2, xmm1
	\op	xmm2, [esi]
	paddb	xmm7, xmm2
.endm

FUNCTION two_registers
	.irp	size, b, w, d, q
	EACH	padd\size
	EACH	psub\size
	EACH	pcmpeq\size
	EACH	pcmpgt\size
	.endr
	.irp	op, addsb, addsw, addusb, addusw, subsb, subsw, subusb, subusw
	EACH	p\op
	.endr
	.irp	op, mullw, mulhw, mulhuw, muludq, maddwd, mulld, muldq, maddubsw, mulhrsw, avgb, avgw, sadbw
	EACH	p\op
	.endr
	.irp	op, minub, maxub, minsw, maxsw, minsb, maxsb, minuw, maxuw, minsd, maxsd, minud, maxud
	EACH	p\op
	.endr
	.irp	op, and, andn, or, xor, ackssdw, acksswb, ackuswb, ackusdw, signb, signd, haddw, haddsw, hsubd, shufb
	EACH	p\op
	.endr
	.irp	op, unpcklbw, unpcklwd, unpckldq, unpcklqdq, unpckhbw, unpckhwd, unpckhdq, unpckhqdq
	EACH	p\op
	.endr
	FOLD
	ret
END two_registers

FUNCTION shifted
	movdqa	xmm2, xmm0
	.irp	size, w, d, q
	psll\size xmm2, 3
	psrl\size xmm2, 1
	psll\size xmm2, xmm1
	.endr
	movdqa	xmm2, xmm0
	psraw	xmm2, 5
	psrad	xmm2, 40
	pslldq	xmm2, 3
	psrldq	xmm2, 1
	palignr	xmm2, xmm1, 5
	FOLD
	pabsb	xmm2, xmm0
	pabsd	xmm2, xmm1
	pmovsxbw xmm2, xmm0
	pmovzxwd xmm3, xmm2
	pmovsxdq xmm2, [esi + 3]
	FOLD
	ret
END shifted

FUNCTION moved
	pshufd	xmm2, xmm0, 0x1b
	pshuflw	xmm2, xmm2, 0x4e
	pshufhw	xmm2, [esi], 0x93
	FOLD
	movd	xmm2, ecx
	movd	ecx, xmm0
	movd	[edi], xmm0
	movq	xmm3, [esi + 4]
	movq	[edi + 8], xmm3
	movq	xmm2, xmm3
	movdqa	[edi + 16], xmm0
	movdqu	[edi + 4096 - 7], xmm1
	movdqu	xmm2, [edi + 4096 - 9]
	lddqu	xmm3, [esi + 1]
	movntdq	[edi + 32], xmm3
	movntdqa xmm4, [edi + 32]
	FOLD
	pinsrb	xmm2, ecx, 3
	pinsrw	xmm2, ecx, 5
	pinsrd	xmm2, [esi], 1
	pextrb	eax, xmm2, 9
	pextrw	edx, xmm2, 3
	pextrd	[edi], xmm2, 2
	MIX	eax
	MIX	edx
	pmovmskb eax, xmm1
	MIX	eax
	pblendw	xmm2, xmm1, 0x5a
	pblendvb xmm2, xmm1, xmm0
	FOLD
	ptest	xmm0, xmm1
	setz	al
	setc	ah
	MIX	eax
	ret
END moved

FUNCTION special
	movdqa	xmm2, xmm0
	aesenc	xmm2, xmm1
	aesenclast xmm2, xmm1
	aesdec	xmm2, xmm1
	aesdeclast xmm2, [esi]
	aesimc	xmm3, xmm2
	aeskeygenassist xmm4, xmm3, 7
	pclmulqdq xmm2, xmm1, 0x10
	FOLD
	mpsadbw	xmm2, xmm1, 3
	phminposuw xmm3, xmm2
	FOLD
	mov	eax, 5
	mov	edx, 7
	pcmpestri xmm0, xmm1, 0x0c
	setc	bl
	MIX	ecx
	pcmpistri xmm0, [esi], 0x18
	seto	bh
	MIX	ecx
	MIX	ebx
	pcmpistrm xmm0, xmm1, 0x40
	/* 256 bits, of which the upper half cannot be told by stubs, are not here. */
	ret
END special

GUEST_DATA
