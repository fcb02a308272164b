/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: floating point in SSE registers, with SSE3, AVX, FMA and
 * F16C.  Operands are ordinary numbers, so that no NaN's sign can differ, and
 * the approximations (RCPPS, RSQRTPS) are left out.  Nothing denormal comes up.
 */
#include "guest.inc"
#include "vector.inc"

	.set	ROUNDS, 6

/* ymm0 .. ymm3: floats between -32768 and 32768, none zero; the same at rdi. */
.macro LOAD_SINGLES
	LOAD_VECTORS
	.irp	n, 0, 1, 2, 3
	vpsrad	ymm\n, ymm\n, 12
	vpor	ymm\n, ymm\n, [odd_doublewords]
	vcvtdq2ps ymm\n, ymm\n
	vmulps	ymm\n, ymm\n, [sixteenths]
	.endr
	vmovaps	[rdi], ymm2
	vmovaps	[rdi + 32], ymm3
.endm

.macro LOAD_DOUBLES
	LOAD_VECTORS
	.irp	n, 0, 1, 2, 3
	vpor	ymm\n, ymm\n, [odd_doublewords]
	vcvtdq2pd ymm\n, xmm\n
	.endr
	vmovapd	[rdi], ymm2
	vmovapd	[rdi + 32], ymm3
.endm

.macro LOAD which
	.ifc	\which, s
	LOAD_SINGLES
	.else
	LOAD_DOUBLES
	.endif
.endm

.macro MIX_ALL numbers:vararg
	.irp	n, \numbers
	MIX_VECTOR \n
	.endr
.endm

/* A packed operation on singles or doubles (@which is s or d). */
.macro PACKED op, which
	LOAD	\which
	\op\()p\which xmm0, xmm1
	\op\()p\which xmm1, [rdi]
	v\op\()p\which xmm4, xmm2, xmm3
	v\op\()p\which ymm5, ymm2, ymm3
	v\op\()p\which ymm6, ymm3, [rdi + 8]
	MIX_ALL	0, 1, 4, 5, 6
.endm

.macro SCALAR op, which
	LOAD	\which
	\op\()s\which xmm0, xmm1
	\op\()s\which xmm1, [rdi + 8]
	v\op\()s\which xmm4, xmm2, xmm3
	v\op\()s\which xmm5, xmm2, [rdi + 16]
	MIX_ALL	0, 1, 4, 5
.endm

.macro FUSED op, which
	LOAD	\which
	v\op\()132p\which ymm0, ymm1, ymm2
	v\op\()213p\which xmm1, xmm2, [rdi]
	v\op\()231p\which ymm2, ymm3, [rdi + 32]
	v\op\()132s\which xmm3, xmm0, xmm1
	v\op\()213s\which xmm1, xmm0, xmm2
	v\op\()231s\which xmm2, xmm3, [rdi + 8]
	MIX_ALL	0, 1, 2, 3
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	arithmetic
	call	compare
	call	convert
	call	rounding
	call	horizontal
	call	fused
	call	half
	dec	r12d
	jnz	round
	stmxcsr	[rdi + 64]
	mov	eax, [rdi + 64]
	MIX	rax
	MIX_VECTORS_DONE
	FINISH
END _start

FUNCTION arithmetic
	.irp	which, s, d
	.irp	op, add, sub, mul, div, min, max
	PACKED	\op, \which
	SCALAR	\op, \which
	.endr
	.irp	op, and, andn, or, xor, unpckl, unpckh
	PACKED	\op, \which
	.endr
	LOAD	\which
	andp\which xmm1, [positive_\which]
	vandp\which ymm2, ymm2, [positive_\which]
	sqrtp\which xmm4, xmm1
	vsqrtp\which ymm5, ymm2
	sqrts\which xmm6, xmm2
	vsqrts\which xmm7, xmm3, xmm1
	MIX_ALL	4, 5, 6, 7
	.endr
	ret
END arithmetic

FUNCTION compare
	.irp	which, s, d
	.irp	predicate, 0, 1, 2, 3, 4, 5, 6, 7
	LOAD	\which
	cmpp\which xmm0, xmm1, \predicate
	cmps\which xmm1, [rdi], \predicate
	vcmpp\which ymm4, ymm2, ymm3, \predicate + 16
	vcmps\which xmm5, xmm2, xmm3, \predicate + 8
	MIX_ALL	0, 1, 4, 5
	.endr
	LOAD	\which
	comis\which xmm0, xmm1
	MIX_FLAGS
	ucomis\which xmm2, [rdi]
	MIX_FLAGS
	vcomis\which xmm2, xmm3
	MIX_FLAGS
	vucomis\which xmm1, [rdi + 32]
	ja	1f
	MIX_VECTOR 0
1:
	.endr
	ret
END compare

FUNCTION convert
	mov	rbx, [rsi + 48]
	LOAD_SINGLES
	cvtps2pd xmm4, xmm0
	vcvtps2pd ymm5, xmm1
	vcvtps2pd ymm6, [rdi]
	cvtps2dq xmm7, xmm0
	vcvtps2dq ymm8, ymm1
	cvttps2dq xmm9, xmm2
	vcvttps2dq ymm10, [rdi]
	cvtss2sd xmm11, xmm1
	cvtss2si eax, xmm0
	cvttss2si rcx, xmm1
	vcvtss2si rdx, dword ptr [rdi + 4]
	cvtsi2ss xmm12, ebx
	cvtsi2ss xmm13, rbx
	vcvtsi2ss xmm14, xmm2, dword ptr [rsi]
	MIX	rax
	MIX	rcx
	MIX	rdx
	MIX_ALL	4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	LOAD_DOUBLES
	cvtpd2ps xmm4, xmm0
	vcvtpd2ps xmm5, ymm1
	cvtpd2dq xmm6, xmm0
	vcvtpd2dq xmm7, ymm1
	cvttpd2dq xmm8, [rdi]
	vcvttpd2dq xmm9, ymm3
	cvtsd2ss xmm10, xmm1
	cvtsd2si eax, xmm0
	cvttsd2si rcx, xmm1
	vcvttsd2si edx, qword ptr [rdi + 8]
	cvtsi2sd xmm11, ebx
	cvtsi2sd xmm12, rbx
	vcvtsi2sd xmm13, xmm2, qword ptr [rsi]
	cvtdq2pd xmm14, [rsi + 8]
	MIX	rax
	MIX	rcx
	MIX	rdx
	MIX_ALL	4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	cvtdq2ps xmm0, [rsi + 16]
	vcvtdq2ps ymm1, [rsi + 32]
	vcvtdq2pd ymm2, [rsi + 64]
	MIX_ALL	0, 1, 2
	ret
END convert

/* ROUNDxx by its own mode, and conversions in each mode of MXCSR. */
FUNCTION rounding
	LOAD_SINGLES
	.irp	mode, 0, 1, 2, 3, 4, 12
	roundps	xmm4, xmm0, \mode
	roundss	xmm5, xmm1, \mode
	vroundps ymm6, ymm2, \mode
	MIX_ALL	4, 5, 6
	.endr
	LOAD_DOUBLES
	vmulpd	ymm0, ymm0, [thirds]
	vmulpd	ymm1, ymm1, [thirds]
	.irp	mode, 0, 1, 2, 3
	roundpd	xmm4, xmm0, \mode
	roundsd	xmm5, xmm1, \mode
	vroundpd ymm6, ymm1, \mode + 8
	MIX_ALL	4, 5, 6
	.endr
	.irp	mode, 0x3f80, 0x5f80, 0x7f80, 0x1f80
	mov	dword ptr [rdi + 64], \mode
	ldmxcsr	[rdi + 64]
	cvtsd2si rax, xmm0
	MIX	rax
	vcvtpd2ps xmm4, ymm1
	vdivpd	ymm5, ymm0, ymm1
	vsqrtpd	ymm6, [thirds]
	roundsd	xmm7, xmm1, 4
	MIX_ALL	4, 5, 6, 7
	.endr
	ret
END rounding

FUNCTION horizontal
	.irp	which, s, d
	.irp	op, hadd, hsub, addsub
	PACKED	\op, \which
	.endr
	.endr
	LOAD_SINGLES
	dpps	xmm0, xmm1, 0xf1
	vdpps	ymm4, ymm2, ymm3, 0x7e
	MIX_ALL	0, 4
	LOAD_DOUBLES
	dppd	xmm0, xmm1, 0x33
	vdppd	xmm4, xmm2, [rdi], 0x31
	MIX_ALL	0, 4
	ret
END horizontal

FUNCTION fused
	.irp	which, s, d
	.irp	op, fmadd, fmsub, fnmadd, fnmsub
	FUSED	\op, \which
	.endr
	LOAD	\which
	vfmaddsub132p\which ymm0, ymm1, ymm2
	vfmsubadd213p\which ymm1, ymm2, [rdi]
	MIX_ALL	0, 1
	.endr
	ret
END fused

FUNCTION half
	LOAD_SINGLES
	vcvtps2ph xmm4, ymm0, 4
	vcvtps2ph [rdi + 64], xmm1, 0
	vcvtph2ps ymm5, xmm4
	vcvtph2ps xmm6, qword ptr [rdi + 64]
	MIX_ALL	4, 5, 6
	ret
END half

	GUEST_DATA

	.section .rodata
	.balign	32
odd_doublewords:
	.fill	8, 4, 1
sixteenths:
	.fill	8, 4, 0x3d800000
positive_s:
	.fill	8, 4, 0x7fffffff
positive_d:
	.quad	0x7fffffffffffffff, 0x7fffffffffffffff, 0x7fffffffffffffff, 0x7fffffffffffffff
thirds:
	.quad	0x3fd5555555555555, 0x3fd5555555555555, 0x3fd5555555555555, 0x3fd5555555555555
