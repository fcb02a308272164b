/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: SSE floating point, scalar and packed, in every rounding mode, with zeros for
 * what is denormal, and the exceptions that it notes; comparisons and conversions.
 */
#include "guest.inc"

	.set	NUMBERS, 9

START
	.irp	mode, 0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9fc0
	mov	dword ptr [control], \mode
	ldmxcsr	[control]
	call	doubles
	call	singles
	.endr
	mov	dword ptr [control], 0x1f80
	ldmxcsr	[control]
	call	compared
	call	packed
	FINISH

.macro MIX_CONTROL
	stmxcsr	[control]
	mov	eax, [control]
	MIX	eax
.endm

.macro ARITHMETIC width
	.irp	op, add\width, sub\width, mul\width, div\width, min\width, max\width
	movaps	xmm2, xmm0
	\op	xmm2, xmm1
	movd	eax, xmm2
	MIX	eax
	.endr
	sqrt\width xmm3, xmm0
	movmskps eax, xmm3
	MIX	eax
	MIX_CONTROL
.endm

FUNCTION doubles
	mov	esi, offset numbers
	mov	ebp, NUMBERS
1:	movsd	xmm0, [esi]
	movhpd	xmm0, [esi + 8]
	movups	xmm1, [esi + 8]
	ARITHMETIC sd
	ARITHMETIC pd
	cvtsd2si eax, xmm0
	cvttsd2si edx, [esi]
	cvtsd2ss xmm4, xmm0
	cvtpd2ps xmm5, xmm1
	cvtpd2dq xmm6, xmm0
	cvttpd2dq xmm6, xmm0
	roundsd	xmm7, xmm0, 4
	MIX	eax
	MIX	edx
	add	esi, 8
	sub	ebp, 2
	jg	1b
	ret
END doubles

FUNCTION singles
	mov	esi, offset single_numbers
	mov	ebp, NUMBERS
1:	movss	xmm0, [esi]
	movss	xmm1, [esi + 4]
	ARITHMETIC ss
	movups	xmm0, [esi]
	movups	xmm1, [esi + 4]
	ARITHMETIC ps
	cvtss2si eax, xmm0
	cvttss2si edx, [esi]
	cvtss2sd xmm4, xmm0
	cvtps2pd xmm5, xmm0
	cvtps2dq xmm6, xmm1
	cvttps2dq xmm6, xmm1
	cvtsi2ss xmm7, eax
	cvtsi2sd xmm7, dword ptr [esi]
	cvtdq2ps xmm6, xmm0
	cvtdq2pd xmm6, xmm0
	MIX	eax
	MIX	edx
	add	esi, 4
	sub	ebp, 3
	jg	1b
	ret
END singles

FUNCTION compared
	mov	esi, offset numbers
	mov	ebp, NUMBERS
1:	movsd	xmm0, [esi]
	comisd	xmm0, [esi + 8]
	seta	al
	setp	ah
	ucomisd	xmm0, [esi + 8]
	setb	cl
	setz	ch
	MIX	eax
	MIX	ecx
	.irp	predicate, 0, 1, 2, 3, 4, 5, 6, 7
	movaps	xmm1, xmm0
	cmpsd	xmm1, [esi + 8], \predicate
	.endr
	cvtsd2ss xmm2, xmm0
	comiss	xmm2, xmm2
	cmpss	xmm2, xmm2, 3
	movmskpd eax, xmm1
	MIX	eax
	add	esi, 8
	dec	ebp
	jnz	1b
	ret
END compared

FUNCTION packed
	movups	xmm0, [single_numbers]
	movups	xmm1, [single_numbers + 16]
	cmpps	xmm0, xmm1, 1
	cmppd	xmm1, xmm0, 4
	shufps	xmm0, xmm1, 0x1b
	shufpd	xmm1, xmm0, 1
	unpcklps xmm0, xmm1
	unpckhpd xmm1, xmm0
	andps	xmm0, xmm1
	andnpd	xmm0, xmm1
	orps	xmm0, xmm1
	xorpd	xmm1, xmm0
	movups	xmm2, [single_numbers]
	haddps	xmm2, xmm2
	addsubpd xmm2, xmm1
	dpps	xmm2, xmm2, 0x71
	blendps	xmm2, xmm1, 5
	movlps	xmm2, [numbers]
	movhps	[scratch], xmm2
	movlhps	xmm3, xmm2
	movhlps	xmm4, xmm2
	movsldup xmm5, xmm2
	movddup	xmm6, [numbers]
	insertps xmm6, xmm2, 0x9a
	extractps eax, xmm6, 2
	MIX	eax
	movss	xmm7, xmm6
	movaps	[scratch + 16], xmm7
	movntps	[scratch + 32], xmm7
	mov	eax, [scratch + 20]
	MIX	eax
	MIX_CONTROL
	ret
END packed

GUEST_DATA
	.data
	.balign	16
numbers:
	.double	1, 3, -0.0, 1e308, 1e-308, 12345.5
	.quad	0x7ff0000000000000, 0x7ff4000000000000, 0xfff8000000000000, 1
	.double	-2.5, 7
single_numbers:
	.float	1, 3, 1e38, 1e-38, -7.25
	.long	0xff800000, 0x7fa00000, 1, 0x80000000, 0x7f7fffff
	.float	2, 3, 4, 5, 6
control:
	.long	0
